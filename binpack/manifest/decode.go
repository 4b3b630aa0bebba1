package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"

	"github.com/stowage/stowage/binpack/manifest/internal/documents"
)

// An object is one that was understood.
type object struct {
	origin Origin
	group  string
	value  any    // a pointer to its type
	within string // the list that holds it, from the document: "items[3]."; "": none
}

// path returns a path of the object from its document.
func (o object) path(path string) string { return strings.TrimSuffix(o.within+path, ".") }

// A decoder reads one document.
type decoder struct {
	objects *Objects
	file    string
	doc     documents.Document
	faults  []error
	lines   *documents.Lines // nil: not asked for yet
}

// A header is what tells what an object is.
type header struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name         string `json:"name"`
		GenerateName string `json:"generateName"`
		Namespace    string `json:"namespace"`
	} `json:"metadata"`
	Items json.RawMessage `json:"items"` // of a list
}

// A list is what is read of a list of objects.
type list struct {
	Items []json.RawMessage `json:"items"`
}

// maxNested bounds lists in lists; each is two steps of a path.
const maxNested = 2 * 8

var errNoObject = errors.New("is no Kubernetes object")

func (d *decoder) document() error {
	text, twice, err := d.doc.JSON()
	if err != nil {
		return err
	}
	if text == nil || string(text) == "null" {
		return nil
	}
	o := object{origin: Origin{File: d.file, Document: d.doc.Number}}
	switch text[0] {
	case '{':
	case '[': // a patch, or values of some tool
		d.objects.skip(o, "is a list: it is no Kubernetes object", false)
		return nil
	default: // what is left of something that is broken
		return &documents.LineError{Line: d.doc.Line, Err: errNoObject}
	}
	d.object(o, nil, text, header{})
	if twice != nil {
		last := Note{Origin: o.origin, Why: fmt.Sprintf("%v; the last one counts", twice)}
		if n := len(d.objects.found); n > 0 && d.objects.found[n-1].origin.Document == d.doc.Number && d.objects.found[n-1].origin.File == d.file {
			last.Origin = d.objects.found[n-1].origin
		}
		d.objects.add(last)
	}
	return nil
}

// object reads an object, which is at a place in the document. Of what it does
// not say of itself its list may know.
func (d *decoder) object(o object, at []any, text []byte, within header) {
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		var kind struct{ Kind string }
		if json.Unmarshal(text, &kind) == nil {
			o.origin.Kind = kind.Kind
		}
		d.wrong(o, at, text, func() any { return new(header) })
		return
	}
	if h.APIVersion == "" && h.Kind == "" {
		h.APIVersion, h.Kind = within.APIVersion, strings.TrimSuffix(within.Kind, "List")
	}
	o.origin.Kind, o.origin.Namespace, o.origin.Name = h.Kind, h.Metadata.Namespace, h.Metadata.Name
	if h.Metadata.Name == "" {
		o.origin.Name = h.Metadata.GenerateName
	}
	version := h.APIVersion
	if i := strings.LastIndexByte(version, '/'); i >= 0 {
		o.group, version = version[:i], version[i+1:]
	}
	if strings.HasSuffix(h.Kind, "List") && len(h.Items) > 0 {
		d.items(o, at, text, h)
		return
	}
	fresh := known(o.group, version, h.Kind)
	if fresh == nil {
		d.unknown(o, text)
		return
	}
	o.value = fresh()
	strict, err := kjson.UnmarshalStrict(text, o.value)
	if err != nil {
		d.wrong(o, at, text, fresh)
		return
	}
	d.objects.found = append(d.objects.found, o)
	for _, err := range strict {
		d.note(o, err)
	}
}

// items reads the objects of a list.
func (d *decoder) items(o object, at []any, text []byte, h header) {
	var l list
	if err := json.Unmarshal(text, &l); err != nil {
		d.wrong(o, at, text, func() any { return new(list) })
		return
	}
	if len(at) > maxNested {
		d.faults = append(d.faults, &Error{Origin: o.origin, Line: d.doc.Line, Path: o.path(""), Err: errors.New("is a list in too many lists")})
		return
	}
	for i, item := range l.Items {
		within := object{origin: Origin{File: o.origin.File, Document: o.origin.Document}, within: o.path(fmt.Sprintf("items[%d].", i)) + "."}
		d.object(within, append(slices.Clip(at), "items", i), item, h)
	}
}

// note notes a field that an object has too many.
func (d *decoder) note(o object, err error) {
	path, why := "", err.Error()
	if field, ok := err.(kjson.FieldError); ok {
		path = field.FieldPath()
		why, _, _ = strings.Cut(why, " \"")
		why = "is an " + why
		if strings.Contains(why, "duplicate") {
			why = "is there twice; the last one counts"
		}
	}
	d.objects.note(o, path, why)
}

// note notes something at a path of an object.
func (o *Objects) note(about object, path, why string) {
	o.add(Note{Origin: about.origin, Path: about.path(path), Why: why})
}

// add adds a note, if it is not there yet.
func (o *Objects) add(n Note) {
	if o.noted == nil {
		o.noted = map[Note]bool{}
	}
	if !o.noted[n] {
		o.noted[n] = true
		o.notes = append(o.notes, n)
	}
}

// skip notes an object that is not read.
func (o *Objects) skip(about object, why string, workload bool) {
	o.add(Note{Origin: about.origin, Path: about.path(""), Why: why, Workload: workload, Whole: true})
}

// wrong adds the fault of an object that does not decode.
func (d *decoder) wrong(o object, at []any, text []byte, fresh func() any) {
	if d.lines == nil {
		d.lines = d.doc.Lines()
	}
	path, err := locate(text, fresh, len(d.faults) < maxLocated)
	d.faults = append(d.faults, &Error{
		Origin: o.origin, Line: d.lines.Of(append(slices.Clip(at), path...)...), Path: o.path(pathString(path)), Err: err,
	})
}

// fault is an error of the document as a whole.
func (d *decoder) fault(err error) error {
	e := &Error{Origin: Origin{File: d.file, Document: d.doc.Number}, Err: err}
	var at *documents.LineError
	if errors.As(err, &at) {
		e.Line, e.Err = at.Line, at.Err
	}
	return e
}

// dropEarlier drops objects that are there again later.
func (o *Objects) dropEarlier() {
	type identity struct{ group, kind, namespace, name string }
	last := map[identity]int{}
	again := map[int]int{}
	for i, f := range o.found {
		id := identity{f.group, f.origin.Kind, namespaceOf(f.origin.Namespace), f.origin.Name}
		if named(f) {
			if earlier, ok := last[id]; ok {
				again[earlier] = i
			}
			last[id] = i
		}
	}
	var kept []object
	for i, f := range o.found {
		later, again := again[i]
		switch {
		case !again:
			kept = append(kept, f)
		case reflect.DeepEqual(f.value, o.found[later].value):
			o.skip(f, "is there again later", false)
		default:
			o.note(f, "", "is there again later, and that one counts")
		}
	}
	o.found = kept
}
