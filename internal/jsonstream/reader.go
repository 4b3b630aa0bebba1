package jsonstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A Reader reads one JSON document.
type Reader struct {
	dec   *json.Decoder
	lines *lines
	path  []string
	raw   json.RawMessage // of the last value, kept for its room
	start int64           // offset of the last value, or of the key or array that is read
}

// New returns a Reader of the document that r holds.
func New(r io.Reader) *Reader {
	l := &lines{r: r, line: 1}
	return &Reader{dec: json.NewDecoder(l), lines: l}
}

// Object reads the object that is next. It calls f with each key; f must read
// the value, by one of Reader's methods, or return an error.
func (r *Reader) Object(f func(key string) error) error {
	if err := r.open('{'); err != nil {
		return err
	}
	for r.dec.More() {
		token, err := r.token()
		if err != nil {
			return err
		}
		key := token.(string) // nothing else stands where a key may be
		r.path = append(r.path, "."+key)
		if err := f(key); err != nil {
			return err
		}
		r.path = r.path[:len(r.path)-1]
	}
	_, err := r.token()
	return err
}

// Array reads the array that is next. It calls f with the index of each
// element; f must read it, by one of Reader's methods, or return an error.
func (r *Reader) Array(f func(i int) error) error {
	if err := r.open('['); err != nil {
		return err
	}
	for i := 0; r.dec.More(); i++ {
		r.path = append(r.path, "["+strconv.Itoa(i)+"]")
		if err := f(i); err != nil {
			return err
		}
		r.path = r.path[:len(r.path)-1]
	}
	_, err := r.token()
	return err
}

// open reads the bracket that an object or an array begins with.
func (r *Reader) open(bracket json.Delim) error {
	token, err := r.token()
	if err != nil {
		return err
	}
	if token != bracket {
		return r.Fail(fmt.Errorf("there is %s where %s is expected", kind(token), map[json.Delim]string{'{': "an object", '[': "an array"}[bracket]))
	}
	return nil
}

func kind(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "an array"}[token]
	case nil:
		return "null"
	}
	return fmt.Sprintf("%v", token)
}

func (r *Reader) token() (json.Token, error) {
	r.mark(r.dec.InputOffset())
	token, err := r.dec.Token()
	if err != nil {
		return nil, r.syntax(err)
	}
	return token, nil
}

// Value decodes the value that is next into v, as json.Unmarshal does: fields
// that v does not have are ignored, a value of another type is an error.
func (r *Reader) Value(v any) error {
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return r.decodeError(err)
	}
	return nil
}

// Raw returns the text of the value that is next. It is valid until the next
// call.
func (r *Reader) Raw() ([]byte, error) {
	r.mark(r.dec.InputOffset())
	r.raw = r.raw[:0]
	if err := r.dec.Decode(&r.raw); err != nil {
		return nil, r.syntax(err)
	}
	r.start = r.dec.InputOffset() - int64(len(r.raw))
	return r.raw, nil
}

// Skip reads the value that is next, whatever it is, and forgets it.
func (r *Reader) Skip() error {
	for depth := 0; ; {
		token, err := r.token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// End reports an error unless the document ends here.
func (r *Reader) End() error {
	r.mark(r.dec.InputOffset())
	_, err := r.dec.Token()
	switch {
	case err == nil:
		return r.Fail(errors.New("there is more behind the end of the document"))
	case !errors.Is(err, io.EOF):
		return r.syntax(err)
	}
	return nil
}

// Fail returns err as a fault of the value that was read last, or of the object
// or array that is read.
func (r *Reader) Fail(err error) error {
	return r.at(r.start, "", err)
}

// mark remembers where the next value begins, and forgets the lines before.
func (r *Reader) mark(offset int64) {
	r.start = offset
	r.lines.forget(offset)
}

// syntax returns an error of the decoder with its place: that of the first
// character which cannot be there, or the end of a document that is cut off.
func (r *Reader) syntax(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.at(r.lines.offset, "", errors.New("the document ends too early"))
	}
	var s *json.SyntaxError
	if !errors.As(err, &s) {
		return r.at(r.lines.offset, "", err)
	}
	// The decoder's own offsets do not count what was read as tokens.
	offset := r.dec.InputOffset()
	if rest, readErr := io.ReadAll(r.dec.Buffered()); readErr == nil {
		var again *json.SyntaxError
		if errors.As(json.Unmarshal(rest, new(json.RawMessage)), &again) && again.Error() == s.Error() {
			offset += max(again.Offset-1, 0)
		} else {
			offset += int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n")))
		}
	}
	return r.at(offset, "", errors.New(s.Error()))
}

// decodeError returns an error of json.Unmarshal with its place in the document.
func (r *Reader) decodeError(err error) error {
	var t *json.UnmarshalTypeError
	if !errors.As(err, &t) {
		return r.Fail(err)
	}
	path := t.Field
	if path != "" {
		path = "." + path
	}
	return r.at(r.start+max(t.Offset-1, 0), path, fmt.Errorf("there is a %s where a %s is expected", t.Value, jsonKind(t.Type.Kind())))
}
