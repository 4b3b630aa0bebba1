package problemfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/resource"
)

// decode reads one JSON value into what v points to. It does what
// encoding/json does, field names and all, with three differences: names are
// case sensitive, unknown and repeated ones are faults, and a fault has the
// path at which it was found.
func decode(r io.Reader, v any) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if !utf8.Valid(data) { // which encoding/json would change in silence
		bad := 0
		for bad < len(data) {
			r, size := utf8.DecodeRune(data[bad:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			bad += size
		}
		return fmt.Errorf("not UTF-8: line %d", 1+bytes.Count(data[:bad], []byte("\n")))
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
			return fmt.Errorf("not JSON: line %d: %w", line, err)
		}
		return err
	}
	d := decoder{cursor: cursor{text: raw}, fields: map[reflect.Type]map[string][]int{}}
	return d.value(nil, reflect.ValueOf(v).Elem())
}

// decoder walks through a document, and remembers the fields of the struct types that it
// has met.
type decoder struct {
	cursor cursor
	fields map[reflect.Type]map[string][]int // JSON name → index, for FieldByIndex
}

// value decodes what is next into v. A null leaves v as it is.
func (d *decoder) value(p *place, v reflect.Value) error {
	if d.cursor.peek() == 'n' {
		d.cursor.value()
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(p, v.Elem())
	}
	if self, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		return itself(p, d.cursor.value(), self)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(p, v)
	case reflect.Map:
		return d.dict(p, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 { // bytes are a string in JSON
			return d.list(p, v)
		}
	}
	return leaf(p, d.cursor.value(), v)
}

func (d *decoder) object(p *place, v reflect.Value) error {
	fields := d.fieldsOf(v.Type())
	return d.members(p, func(p *place) error {
		index, ok := fields[p.key]
		if !ok {
			return fault(p.String(), "unknown field")
		}
		return d.value(p, v.FieldByIndex(index))
	})
}

func (d *decoder) dict(p *place, v reflect.Value) error {
	v.Set(reflect.MakeMap(v.Type()))
	return d.members(p, func(p *place) error {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(p, elem); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(p.key).Convert(v.Type().Key()), elem)
		return nil
	})
}

func (d *decoder) list(p *place, v reflect.Value) error {
	if d.cursor.peek() != '[' {
		return fault(p.String(), "%s is not a list", short(d.cursor.value()))
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for i := 0; d.cursor.next(']'); i++ {
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		if err := d.value(&place{up: p, index: i, listed: true}, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// members calls f for the place of each member of the object that is next, in order; f reads
// the member.
func (d *decoder) members(p *place, f func(p *place) error) error {
	if d.cursor.peek() != '{' {
		return fault(p.String(), "%s is not an object", short(d.cursor.value()))
	}
	seen := map[string]bool{}
	for d.cursor.next('}') {
		at := &place{up: p, key: d.cursor.key()}
		if seen[at.key] {
			return fault(at.String(), "stated twice")
		}
		seen[at.key] = true
		if err := f(at); err != nil {
			return err
		}
	}
	return nil
}

// fieldsOf returns the fields of t by JSON name, those of embedded structs
// among them.
func (d *decoder) fieldsOf(t reflect.Type) map[string][]int {
	if fields, ok := d.fields[t]; ok {
		return fields
	}
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" {
			fields[name] = f.Index
		}
	}
	d.fields[t] = fields
	return fields
}

// jsonName returns the name of a field in JSON; "": it has none.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name == "-" || !f.IsExported():
		return ""
	case name == "" && !f.Anonymous: // an embedded struct without a name is inlined
		return f.Name
	}
	return name
}

// leaf decodes a value that has no parts.
func leaf(p *place, raw []byte, v reflect.Value) error {
	err := json.Unmarshal(raw, v.Addr().Interface())
	if err == nil {
		return nil
	}
	path := p.String()
	switch {
	case v.Kind() == reflect.String:
		return fault(path, "%s is not a string", short(raw))
	case v.Kind() == reflect.Bool:
		return fault(path, "%s is neither true nor false", short(raw))
	case v.CanInt():
		return fault(path, "%s is not a whole number of %d bits", short(raw), v.Type().Bits())
	}
	return fault(path, "%s is not a number", short(raw))
}

// itself lets a value decode itself from JSON, as quantities and times do.
func itself(p *place, raw []byte, v json.Unmarshaler) error {
	_, isQuantity := v.(*resource.Quantity)
	if isQuantity && absurd(raw) {
		return fault(p.String(), "%s is not a quantity that makes sense", short(raw))
	}
	err := v.UnmarshalJSON(raw)
	switch {
	case err == nil:
		return nil
	case isQuantity:
		return fault(p.String(), "%s is not a quantity", short(raw))
	}
	return fault(p.String(), "%w", err)
}

// absurd reports whether a quantity has more digits than any amount has, or
// an exponent of three: arithmetic with it could take for ever.
func absurd(raw []byte) bool {
	if len(raw) > 64 {
		return true
	}
	text := strings.Trim(string(raw), `"`)
	e := strings.IndexAny(text, "eE")
	exponent, err := strconv.Atoi(text[e+1:])
	return e >= 0 && (errors.Is(err, strconv.ErrRange) || exponent < -99 || exponent > 99)
}

// A place is where a value stands; nil: it is the document.
type place struct {
	up     *place
	key    string
	index  int
	listed bool // it is the element index of a list, and not the member key of an object
}

// String returns the path.
func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.listed:
		return at(p.up.String(), p.index)
	}
	return member(p.up.String(), p.key)
}

// at returns the path of the i-th element of a list.
func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// member returns the path of a member of an object.
func member(path, key string) string {
	switch {
	case key == "" || strings.ContainsFunc(key, punctuation):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// punctuation reports whether a key with r in it is quoted in a path.
func punctuation(r rune) bool {
	return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// short returns raw, cut to what fits into a line.
func short(raw []byte) string {
	const most = 60
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
