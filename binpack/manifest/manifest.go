package manifest

import (
	"errors"
	"fmt"
	"io"

	"github.com/stowage/stowage/binpack/manifest/internal/documents"
)

// DefaultMaxBytes is the most that the zero Reader reads of a source: 64 MiB.
const DefaultMaxBytes = 64 << 20

// A Source is a text, and what it is called in notes and errors.
type Source struct {
	Name   string
	Reader io.Reader
}

// A Reader holds settings. The zero value is ready.
type Reader struct {
	MaxBytes int64 // most of one source, in bytes; more is an error; 0: DefaultMaxBytes
}

// Objects are what some sources hold: what was understood, and notes of what
// was not.
type Objects struct {
	found []object
	notes []Note
	noted map[Note]bool
}

// Read is Reader{}.Read.
func Read(sources ...Source) (*Objects, error) { return Reader{}.Read(sources...) }

// Read reads the sources in their order. Where they have an object twice, the
// one that comes last counts, as if all had been applied; a Note names the
// others.
//
// Faults are *Error values that are joined. The Objects have all that could be
// read, also where there are faults. Of each source its text is held in memory,
// and what YAML aliases add to a document is bounded by its size.
func (r Reader) Read(sources ...Source) (*Objects, error) {
	most := r.MaxBytes
	if most <= 0 {
		most = DefaultMaxBytes
	}
	objects := &Objects{}
	var faults []error
	for _, source := range sources {
		text, err := documents.ReadAll(source.Reader, most)
		if err != nil {
			faults = append(faults, &Error{Origin: Origin{File: source.Name}, Err: err})
			continue
		}
		for doc, err := range documents.Read(text) {
			d := decoder{objects: objects, doc: doc, file: source.Name}
			if err == nil {
				err = d.document()
			}
			if err != nil {
				faults = append(faults, d.fault(err))
			}
			faults = append(faults, d.faults...)
		}
	}
	objects.dropEarlier()
	return objects, errors.Join(faults...)
}

// Notes returns what was not understood or has no say in what is launched, in
// the order of the sources.
func (o *Objects) Notes() []Note { return o.notes }

// An Origin is where an object comes from.
type Origin struct {
	File      string `json:"file"`
	Document  int    `json:"document"` // in the file, from 1; 0: the file as a whole
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"` // "": it states none
	Name      string `json:"name"`
}

// String returns kind, namespace and name as the object states them, like
// "Deployment shop/cart".
func (o Origin) String() string {
	switch {
	case o.Name == "":
		return o.Kind
	case o.Namespace == "":
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// A Note is something that was read and does not count, or not as it stands.
type Note struct {
	Origin
	Path     string `json:"path"`               // within the document; "": all of it
	Why      string `json:"why"`                // as the end of a sentence about what is at Path
	Workload bool   `json:"workload,omitempty"` // it is an object with pods, and they are missing in the Problem
	Whole    bool   `json:"-"`                  // it is about a whole object, which is skipped
}

// String returns the note in one line.
func (n Note) String() string { return where(n.Origin, 0, n.Path) + n.Why }

// An Error is a document, or a value of it, that cannot be read.
type Error struct {
	Origin
	Line int    // in the file, from 1; 0: of the file as a whole
	Path string // within the document; "": all of it
	Err  error
}

func (e *Error) Error() string { return where(e.Origin, e.Line, e.Path) + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// where returns what a line begins with that is about something.
func where(o Origin, line int, path string) string {
	text := o.File
	if line > 0 {
		text += fmt.Sprintf(":%d", line)
	}
	if text != "" {
		text += ": "
	}
	if o.Document > 0 {
		text += fmt.Sprintf("document %d: ", o.Document)
	}
	if s := o.String(); s != "" {
		text += s + ": "
	}
	if path != "" {
		text += path + ": "
	}
	return text
}
