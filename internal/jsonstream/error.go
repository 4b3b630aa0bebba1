package jsonstream

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// An Error is a fault of a document.
type Error struct {
	Line, Column int    // from 1; columns are bytes
	Path         string // like InstanceTypes[3].MemoryInfo.SizeInMiB; "": the document
	Err          error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
	}
	return fmt.Sprintf("line %d, column %d: %s: %v", e.Line, e.Column, e.Path, e.Err)
}

// Unwrap returns what is wrong there.
func (e *Error) Unwrap() error { return e.Err }

// at returns err as a fault at the offset, with the path that is read and more.
func (r *Reader) at(offset int64, more string, err error) error {
	line, column := r.lines.place(offset)
	return &Error{Line: line, Column: column, Path: strings.TrimPrefix(strings.Join(r.path, "")+more, "."), Err: err}
}

// jsonKind says what JSON calls a kind of Go value.
func jsonKind(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "whole number" // floating point is read as text
}

// lines passes on what it reads and remembers where lines begin.
type lines struct {
	r      io.Reader
	offset int64   // of what was read
	line   int     // that the offset `begin` is on
	begin  int64   // of a line, the first that is remembered
	breaks []int64 // offsets behind the line breaks after begin
}

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.breaks = append(l.breaks, l.offset+int64(i)+1)
		}
	}
	l.offset += int64(n)
	return n, err
}

// forget drops the lines that end before the offset.
func (l *lines) forget(offset int64) {
	n, found := slices.BinarySearch(l.breaks, offset)
	if found {
		n++
	}
	if n > 0 {
		l.line += n
		l.begin = l.breaks[n-1]
		l.breaks = slices.Delete(l.breaks, 0, n)
	}
}

// place returns line and column of an offset that is not forgotten.
func (l *lines) place(offset int64) (line, column int) {
	n, found := slices.BinarySearch(l.breaks, offset)
	if found {
		n++
	}
	begin := l.begin
	if n > 0 {
		begin = l.breaks[n-1]
	}
	return l.line + n, int(offset-begin) + 1
}
