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
	d := decoder{fields: map[reflect.Type]map[string][]int{}}
	return d.value("", raw, reflect.ValueOf(v).Elem())
}

// decoder remembers the fields of the struct types that it has met.
type decoder struct {
	fields map[reflect.Type]map[string][]int // JSON name → index, for FieldByIndex
}

// value decodes raw, which is valid JSON, into v. A null leaves v as it is.
func (d *decoder) value(path string, raw []byte, v reflect.Value) error {
	if string(raw) == "null" {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(path, raw, v.Elem())
	}
	if readsItself(v) {
		return leaf(path, raw, v)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(path, raw, v)
	case reflect.Map:
		return d.dict(path, raw, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 { // bytes are a string in JSON
			return d.list(path, raw, v)
		}
	}
	return leaf(path, raw, v)
}

func (d *decoder) object(path string, raw []byte, v reflect.Value) error {
	fields := d.fieldsOf(v.Type())
	return members(path, raw, func(path, key string, raw []byte) error {
		index, ok := fields[key]
		if !ok {
			return fault(path, "unknown field")
		}
		return d.value(path, raw, v.FieldByIndex(index))
	})
}

func (d *decoder) dict(path string, raw []byte, v reflect.Value) error {
	v.Set(reflect.MakeMap(v.Type()))
	return members(path, raw, func(path, key string, raw []byte) error {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(path, raw, elem); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
		return nil
	})
}

func (d *decoder) list(path string, raw []byte, v reflect.Value) error {
	if raw[0] != '[' {
		return fault(path, "%s is not a list", short(raw))
	}
	var elems []json.RawMessage
	if err := json.Unmarshal(raw, &elems); err != nil {
		return fault(path, "%w", err)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(elems), len(elems)))
	for i, elem := range elems {
		if err := d.value(at(path, i), elem, v.Index(i)); err != nil {
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

// members calls f for each member of a JSON object, in order, with its path.
func members(path string, raw []byte, f func(path, key string, raw []byte) error) error {
	if raw[0] != '{' {
		return fault(path, "%s is not an object", short(raw))
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil { // the brace
		return fault(path, "%w", err)
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return fault(path, "%w", err)
		}
		key, _ := token.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fault(path, "%w", err)
		}
		path := member(path, key)
		if seen[key] {
			return fault(path, "stated twice")
		}
		seen[key] = true
		if err := f(path, key, value); err != nil {
			return err
		}
	}
	return nil
}

// leaf decodes a value that has no parts, or reads itself.
func leaf(path string, raw []byte, v reflect.Value) error {
	_, isQuantity := v.Addr().Interface().(*resource.Quantity)
	if isQuantity && absurd(raw) {
		return fault(path, "%s is not a quantity that makes sense", short(raw))
	}
	err := json.Unmarshal(raw, v.Addr().Interface())
	if err == nil {
		return nil
	}
	switch {
	case isQuantity:
		return fault(path, "%s is not a quantity", short(raw))
	case readsItself(v):
		return fault(path, "%w", err)
	case v.Kind() == reflect.String:
		return fault(path, "%s is not a string", short(raw))
	case v.Kind() == reflect.Bool:
		return fault(path, "%s is neither true nor false", short(raw))
	case v.CanInt():
		return fault(path, "%s is not a whole number of %d bits", short(raw), v.Type().Bits())
	}
	return fault(path, "%s is not a number", short(raw))
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

// readsItself reports whether v decodes itself from JSON, as quantities and
// times do.
func readsItself(v reflect.Value) bool {
	return v.Addr().Type().Implements(reflect.TypeFor[json.Unmarshaler]())
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
