package problemfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"

	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/stowage/stowage/binpack"
)

// Read reads a problem file. A fault is a *binpack.InvalidError with its JSON
// path; text that is no JSON at all is an error that names the line.
//
// The file's notes (name, source, known) are accepted and dropped: a Problem
// has no place for them.
func Read(r io.Reader) (binpack.Problem, error) {
	var f file
	if err := decode(r, &f); err != nil {
		return binpack.Problem{}, err
	}
	return f.problem()
}

// Write writes p so that Read returns an equal Problem, with two exceptions.
// An Availability is code: Write asks it once per offering and writes the
// answers as limits. And what the limit of an Unavailable offering was is not
// kept.
//
// A Problem that Read would refuse (a nil pointer, two instance types of one
// name) is an error, and nothing is written.
func Write(w io.Writer, p binpack.Problem) error {
	f, err := newFile(p)
	if err != nil {
		return err
	}
	if _, err := f.problem(); err != nil {
		return err
	}
	return encode(w, f)
}

// encode writes v as indented JSON.
func encode(w io.Writer, v any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	if at := replaced.FindIndex(out.Bytes()); at != nil {
		return fmt.Errorf("line %d: a name or text is not UTF-8", 1+bytes.Count(out.Bytes()[:at[0]], []byte("\n")))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// replaced finds what encoding/json writes, in silence, in place of bytes that are no
// UTF-8; the character of that name it writes as it is.
var replaced = regexp.MustCompile(`(^|[^\\])(\\\\)*\\ufffd`)

// equal reports whether a and b mean the same: quantities by value, nil like
// empty.
func equal(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

// fault is an error at a path.
func fault(path, format string, args ...any) error {
	return &binpack.InvalidError{Path: path, Err: fmt.Errorf(format, args...)}
}
