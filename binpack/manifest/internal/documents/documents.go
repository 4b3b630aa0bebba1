package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// A Document is one YAML document or JSON value of a text.
type Document struct {
	Number int // from 1
	Line   int // of its first line, from 1
	Text   []byte
	isJSON bool
}

// A LineError is a fault at a line of the text.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong at the line.
func (e *LineError) Unwrap() error { return e.Err }

// ReadAll reads a text of at most most bytes.
func ReadAll(r io.Reader, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("larger than %d bytes", most)
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), nil
}

// Read yields the documents of a text. An error is of the document that comes
// with it. Of a JSON text nothing can be read behind an error.
func Read(text []byte) iter.Seq2[Document, error] {
	if start := bytes.TrimLeft(text, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		if err := json.NewDecoder(bytes.NewReader(start)).Decode(new(json.RawMessage)); err == nil || looksLikeJSON(start) {
			return values(text)
		}
	}
	return func(yield func(Document, error) bool) {
		for d := range split(text) {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// looksLikeJSON tells JSON that is broken from a flow mapping of YAML: a key in
// quotes comes first.
func looksLikeJSON(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '{')
}

// values yields the values of a JSON text.
func values(text []byte) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		dec := json.NewDecoder(bytes.NewReader(text))
		for n := 1; ; n++ {
			var raw json.RawMessage
			err := dec.Decode(&raw)
			if err == io.EOF {
				return
			}
			d := Document{Number: n, Line: lineAt(text, dec.InputOffset()-int64(len(raw))), Text: raw, isJSON: true}
			if err != nil {
				d.Line = lineAt(text, dec.InputOffset())
				yield(d, &LineError{errorLine(text, err, d.Line), err})
				return
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// errorLine returns the line of a JSON error in the text.
func errorLine(text []byte, err error, from int) int {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return lineAt(text, syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return lineAt(text, int64(len(text)))
	}
	return from
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

// split yields the YAML documents of a text. What stands before the first
// "---", if it is only comments, is none.
func split(text []byte) iter.Seq[Document] {
	return func(yield func(Document) bool) {
		number, line := 1, 1
		doc := Document{Line: 1}
		start, began := 0, false // of the document; whether a "---" began it
		emit := func(end int) bool {
			doc.Text = text[start:end]
			if !began && empty(doc.Text) {
				return true
			}
			doc.Number = number
			number++
			return yield(doc)
		}
		for at := 0; at < len(text); line++ {
			end := len(text)
			if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
				end = at + i + 1
			}
			switch rest, marks := marker(text[at:end]); {
			case marks == '-':
				if !emit(at) {
					return
				}
				start, doc.Line, began = at+len(text[at:end])-len(rest), line, true
			case marks == '.':
				if !emit(at) {
					return
				}
				start, doc.Line, began = end, line+1, false
			}
			at = end
		}
		emit(len(text))
	}
}

// marker returns '-' for a line that begins a document, and what follows in it;
// '.' for one that ends a document.
func marker(line []byte) (rest []byte, marks byte) {
	for _, m := range []string{"---", "..."} {
		rest, ok := bytes.CutPrefix(line, []byte(m))
		if ok && (len(rest) == 0 || strings.IndexByte(" \t\r\n", rest[0]) >= 0) {
			return rest, m[0]
		}
	}
	return nil, 0
}

// empty reports whether a text has only comments and directives.
func empty(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line[0] == '%' {
			continue
		}
		if s := bytes.TrimSpace(line); len(s) > 0 && s[0] != '#' {
			return false
		}
	}
	return true
}
