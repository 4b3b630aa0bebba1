package jsonstream_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/internal/jsonstream"
)

type item struct {
	Name string
	N    int64
	In   struct{ Flag bool }
}

const sample = `{
  "Skipped": {"a": [1, 2, {"b": null}]},
  "Items": [
    {"Name": "x", "N": 1, "Other": []},
    {"Name": "y",
     "N": 2, "In": {"Flag": true}}
  ]
}
`

// read reads documents like the sample.
func read(r io.Reader) ([]item, error) {
	var items []item
	d := jsonstream.New(r)
	err := d.Object(func(key string) error {
		if key != "Items" {
			return d.Skip()
		}
		return d.Array(func(int) error {
			var it item
			if err := d.Value(&it); err != nil {
				return err
			}
			if it.Name == "" {
				return d.Fail(errors.New("has no name"))
			}
			items = append(items, it)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return items, d.End()
}

func TestReader(t *testing.T) {
	for _, r := range []io.Reader{strings.NewReader(sample), iotest.OneByteReader(strings.NewReader(sample))} {
		items, err := read(r)
		require.NoError(t, err)
		require.Equal(t, []item{{Name: "x", N: 1}, {Name: "y", N: 2, In: struct{ Flag bool }{true}}}, items)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"type", `"N": 2`, `"N": "2"`, "Items[1].N: there is a string where a whole number is expected"},
		{"nested type", `true`, `"yes"`, "Items[1].In.Flag: there is a string where a boolean is expected"},
		{"fraction", `"N": 1`, `"N": 1.5`, "Items[0].N: there is a number 1.5 where a whole number is expected"},
		{"content", `"y"`, `""`, "line 5, column 5: Items[1]: has no name"},
		{"syntax in a value", `"N": 2`, `"N": 02`, "line 6, column 12: Items[1]: invalid character '2' after object key:value pair"},
		{"syntax between values", `"Items":`, `"Items" `, "line 3, column 12: Items: invalid character"},
		{"not an array", `"Items": [`, `"Items": {"a": [`, "line 3, column 10: Items: there is an object where an array is expected"},
		{"more", "}\n", "}\n{}", "line 8, column 2: there is more behind the end of the document"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, oneByte := range []bool{false, true} {
				i := strings.LastIndex(sample, test.old)
				var r io.Reader = strings.NewReader(sample[:i] + test.new + sample[i+len(test.old):])
				if oneByte {
					r = iotest.OneByteReader(r)
				}
				_, err := read(r)
				require.ErrorContains(t, err, test.want)
			}
		})
	}
	_, err := read(strings.NewReader(""))
	require.EqualError(t, err, "line 1, column 1: the document ends too early")
	_, err = read(iotest.ErrReader(errors.New("the disk is gone")))
	require.ErrorContains(t, err, "the disk is gone")
	_, err = read(strings.NewReader("[]"))
	require.EqualError(t, err, "line 1, column 1: there is an array where an object is expected")
}

// Whatever is cut off or changed, there is an error with a place, or items.
func FuzzReader(f *testing.F) {
	f.Add(sample)
	for i := range len(sample) {
		f.Add(sample[:i])
	}
	f.Add(strings.ReplaceAll(sample, "2", "[]"))
	f.Fuzz(func(t *testing.T, text string) {
		items, err := read(strings.NewReader(text))
		again, errAgain := read(iotest.OneByteReader(strings.NewReader(text)))
		require.Equal(t, items, again)
		if err == nil {
			require.NoError(t, errAgain)
			return
		}
		require.Error(t, errAgain)
		var fault *jsonstream.Error
		require.ErrorAs(t, err, &fault)
		require.Positive(t, fault.Line)
		require.Positive(t, fault.Column)
		require.LessOrEqual(t, fault.Line, 1+strings.Count(text, "\n"))
	})
}
