package documents

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read returns "number@line: JSON" of each document, and its errors.
func read(text string) []string {
	var out []string
	for d, err := range Read([]byte(text)) {
		got := ""
		if err == nil {
			var json []byte
			var twice *LineError
			json, twice, err = d.JSON()
			got = string(json)
			if twice != nil {
				got += " twice: " + twice.Error()
			}
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		out = append(out, fmt.Sprintf("%d@%d: %s", d.Number, d.Line, strings.TrimSpace(got)))
	}
	return out
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		about, text string
		want        []string
	}{
		{"nothing", "", nil},
		{"comments", "# a\n\n# b\n", nil},
		{"one", "a: 1\n", []string{`1@1: {"a":1}`}},
		{"comments before the first mark are no document", "# note\n---\na: 1\n---\nb: 2", []string{`1@2: {"a":1}`, `2@4: {"b":2}`}},
		{"an empty one counts", "a: 1\n---\n# only this\n---\nb: 2\n", []string{`1@1: {"a":1}`, `2@2: `, `3@4: {"b":2}`}},
		{"text behind a mark", "--- # first\na: 1\n--- {b: 2}\n", []string{`1@1: {"a":1}`, `2@3: {"b":2}`}},
		{"end mark", "a: 1\n...\n---\nb: 2\n...\n", []string{`1@1: {"a":1}`, `2@3: {"b":2}`}},
		{"no mark", "a: |\n  ---\n  x\n----: 1\n", []string{`1@1: {"----":1,"a":"---\nx\n"}`}},
		{"Windows", "a: 1\r\n---\r\nb: 2\r\n", []string{`1@1: {"a":1}`, `2@2: {"b":2}`}},
		{"directive", "%YAML 1.1\n---\na: yes\n", []string{`1@2: {"a":true}`}},
		{"a fault hides no other", "a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n", []string{`1@1: {"a":1}`, "2@2: error: line 4: did not find expected ',' or ']'", `3@5: {"d":3}`}},
		{"twice", "a: 1\nb: 2\na: 3\n", []string{`1@1: {"a":3,"b":2} twice: line 3: key "a" already set in map`}},
		{"anchors", "a: &x {b: 1}\nc: *x\n", []string{`1@1: {"a":{"b":1},"c":{"b":1}}`}},
		{"unknown anchor", "a: *x # &\n", []string{`1@1: error: line 1: unknown anchor 'x' referenced`}},
		{"own anchor", "a: 1\n---\na: &x [*x]\n", []string{`1@1: {"a":1}`, `2@2: error: line 3: anchor "x" contains itself`}},
		{"JSON", `{"a": 1}` + "\n" + ` {"b": [2]}`, []string{`1@1: {"a": 1}`, `2@2: {"b": [2]}`}},
		{"broken JSON", "{\"a\": 1}\n{\"b\":\n", []string{`1@1: {"a": 1}`, "2@1: error: line 3: unexpected EOF"}},
		{"a wrong sign in JSON", "{\"a\": 1,\n 2}\n", []string{"1@1: error: line 2: invalid character '2' looking for beginning of object key string"}},
		{"a flow mapping", "{a: 1}\n---\n{b: 2}\n", []string{`1@1: {"a":1}`, `2@2: {"b":2}`}},
		{"a template", "a: {{ .Values.a }}\n", []string{"1@1: error: line 1: invalid map key: map[interface {}]interface {}{\".Values.a\":interface {}(nil)}"}},
	} {
		t.Run(tt.about, func(t *testing.T) { require.Equal(t, tt.want, read(tt.text)) })
	}
}

// laughs is n levels of ten aliases each.
func laughs(n int, leaf string) string {
	text := "a0: &a0 " + leaf + "\n"
	for i := range n {
		text += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return text
}

func TestAliases(t *testing.T) {
	for name, text := range map[string]string{
		"billion laughs": laughs(9, "ha"),
		"long strings":   "a: &a " + strings.Repeat("x", 100_000) + "\nb: [" + strings.Repeat("*a, ", 10_000) + "*a]\n",
		"merges":         "a: &a {x: &b [" + strings.Repeat("1, ", 1000) + "1]}\n" + laughs(6, "[*b]")[:0] + "c: [" + strings.Repeat("{<<: *a}, ", 5000) + "*a]\n",
	} {
		got := read(text)
		require.Len(t, got, 1, name)
		require.Contains(t, got[0], "its aliases make it larger than", name)
	}
	require.NotContains(t, read(laughs(3, "ha"))[0], "error")
}

func TestReadAll(t *testing.T) {
	_, err := ReadAll(strings.NewReader("12345"), 4)
	require.EqualError(t, err, "larger than 4 bytes")
	text, err := ReadAll(strings.NewReader("\xef\xbb\xbfab"), 5)
	require.NoError(t, err)
	require.Equal(t, "ab", string(text))
}

func TestLines(t *testing.T) {
	const text = "a: 0\n---\nspec:\n  list:\n  - x: 1\n  - x: &n 2\n  other: [*n]\n"
	var d Document
	for d = range Read([]byte(text)) {
	}
	require.Equal(t, 6, d.Lines().Of("spec", "list", 1, "x"))
	require.Equal(t, 7, d.Lines().Of("spec", "other", 0, "none"))
	require.Equal(t, 3, d.Lines().Of("none"))
	require.Equal(t, 1, Document{Line: 1, Text: []byte("[")}.Lines().Of("a"))
}

func TestLineError(t *testing.T) {
	cause := errors.New("cause")
	require.ErrorIs(t, &LineError{3, cause}, cause)
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"a: 1\n---\nb: [1\n", `{"a": 1} {"b"`, laughs(9, "ha"), "a: &x [*x]\n", "a: *x # &", "%YAML\n---\n...\n---", "[[[[", "? ? ?", "- - - &a *a",
		"a: !!binary x\n", "&a : *a", "!!set {a, a}", "<<: [*a, &a {b: *a}]", "\xff\xfe", "---\r\n--- |\n x",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := 1 + strings.Count(string(text), "\n")
		for d, err := range Read(text) {
			if err == nil {
				_, _, err = d.JSON()
			}
			var at *LineError
			if err != nil {
				require.ErrorAs(t, err, &at)
				require.LessOrEqual(t, at.Line, lines)
			}
			require.LessOrEqual(t, d.Lines().Of("a", 0, "b"), lines)
		}
	})
}
