package problemfile

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// drawJSON draws a JSON value of some depth.
func drawJSON(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 {
		kind %= 4
	}
	switch kind {
	case 0:
		return rapid.SampledFrom([]any{nil, true, false}).Draw(t, "word")
	case 1:
		return rapid.Float64Range(-1e6, 1e6).Draw(t, "number")
	case 2, 3:
		return rapid.StringOf(rapid.SampledFrom([]rune(`ab"\{}[],: é`+"\t"))).Draw(t, "text")
	case 4:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, drawJSON(t, depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "members") {
		object[rapid.StringOf(rapid.SampledFrom([]rune(`ab"\}`))).Draw(t, "key")] = drawJSON(t, depth-1)
	}
	return object
}

// read reads what is next with the cursor, all levels of it.
func read(t *rapid.T, c *cursor) any {
	switch c.peek() {
	case '{':
		object := map[string]any{}
		for c.next('}') {
			key := c.key()
			object[key] = read(t, c)
		}
		return object
	case '[':
		list := []any{}
		for c.next(']') {
			list = append(list, read(t, c))
		}
		return list
	}
	var v any
	require.NoError(t, json.Unmarshal(c.value(), &v))
	return v
}

// TestCursor reads documents as encoding/json does, with and without white space, and finds
// where each value ends.
func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawJSON(t, 3)
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var indented bytes.Buffer
		require.NoError(t, json.Indent(&indented, text, " ", "\t"))
		for _, text := range [][]byte{text, indented.Bytes()} {
			c := &cursor{text: text}
			require.Equal(t, want, read(t, c))
			require.Equal(t, len(text), c.at)
			c = &cursor{text: text}
			require.JSONEq(t, string(text), string(c.value()))
		}
	})
}
