package manifest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/manifest"
)

// laughs is a document of n levels of ten aliases each.
func laughs(n int) string {
	text := "a0: &a0 ha\n"
	for i := range n {
		text += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return text
}

// FuzzRead reads anything. What can be read makes a problem, or an error that
// says where it is; every error has its file, and its document and line.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"shop", "cluster", "pools"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
		require.NoError(f, err)
		f.Add(text)
		f.Add(text[:len(text)/2])
		for _, doc := range bytes.Split(text, []byte("\n---\n")) {
			f.Add(doc)
		}
	}
	f.Add([]byte(small))
	f.Add([]byte(laughs(9)))
	f.Add([]byte(`{"apiVersion": "v1", "kind": "PodList", "items": [{"spec": {"containers": [{}]}}, 5]}`))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems: {}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := 1 + bytes.Count(text, []byte("\n"))
		objects, err := manifest.Read(manifest.Source{Name: "fuzz.yaml", Reader: bytes.NewReader(text)})
		for _, e := range split(err) {
			var at *manifest.Error
			require.ErrorAs(t, e, &at)
			require.Equal(t, "fuzz.yaml", at.File)
			require.Positive(t, at.Document)
			require.Positive(t, at.Line)
			require.LessOrEqual(t, at.Line, lines)
		}
		for _, n := range objects.Notes() {
			require.Equal(t, "fuzz.yaml", n.File)
			require.NotEmpty(t, n.Why)
		}
		r, err := objects.Problem(manifest.Options{Catalog: types})
		if err != nil {
			return
		}
		for _, e := range split(r.Explain(r.Problem.Validate())) {
			require.NotEmpty(t, e.Error())
		}
	})
}

// split returns errors that are joined.
func split(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// TestBounds reads what is made to take time and memory.
func TestBounds(t *testing.T) {
	const mib = 1 << 20
	list := "apiVersion: v1\nkind: List\nitems:\n- &p {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: " + strings.Repeat("x", 1000) + "}]}}\n"
	for name, tt := range map[string]struct{ text, want string }{
		"billion laughs": {laughs(9), "its aliases make it larger than"},
		"aliased pods":   {list + strings.Repeat("- *p\n", 100_000), "its aliases make it larger than"},
		"brackets":       {strings.Repeat("[", mib), "exceeded max depth"},
		"braces":         {"a: " + strings.Repeat("{a: ", mib/4), "exceeded max depth"},
		"indents":        {strings.Repeat("- ", mib/2), "exceeded max depth"},
		"JSON":           {`{"a":` + strings.Repeat("[", mib), "exceeded max depth"},
		"lists in lists": {strings.Repeat(`{"kind":"List","items":[`, 4000) + strings.Repeat("]}", 4000), "in too many lists"},
		"one long line":  {"a: " + strings.Repeat("x", 4*mib), ""},
		"no documents":   {strings.Repeat("---\n", mib/4), ""},
		"commas":         {"a: [" + strings.Repeat("1,", mib/2) + "]", ""},
		"many values":    {"a: [" + strings.Repeat("1,", 4*mib) + "]", "lines and commas"},
		"keys":           {"? " + strings.Repeat("? ", mib/4), "exceeded max depth"},
		"tags":           {strings.Repeat("!", mib), ""},
		"anchors":        {"a: [" + strings.Repeat("&a *a,", mib/8) + "]", "."},
		"comments":       {strings.Repeat("#\n", mib/2), ""},
		"quotes":         {"a: \"" + strings.Repeat("\\u0041", mib/6) + "\"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := manifest.Read(manifest.Source{Name: "a.yaml", Reader: strings.NewReader(tt.text)})
			if tt.want != "" {
				require.ErrorContains(t, err, tt.want)
			}
			var at *manifest.Error
			require.True(t, err == nil || errors.As(err, &at))
		})
	}
}
