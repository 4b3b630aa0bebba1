package jsonstream

import (
	"errors"
	"fmt"
	"io"
)

// List reads a document that is an object with a list under key, as the commands
// of AWS print them, and ignores what else is in it. It calls each for every
// element; each must read it, by one of Reader's methods, or return an error. A
// document without the list is an error that names what the document should be, and
// so is a document that has a next page (a NextToken).
func List(r io.Reader, key, what string, each func(*Reader) error) error {
	d, found := New(r), false
	err := d.Object(func(k string) error {
		switch k {
		case key:
			found = true
			return d.Array(func(int) error { return each(d) })
		case "NextToken":
			var next string
			if err := d.Value(&next); err != nil {
				return err
			}
			if next != "" {
				return d.Fail(errors.New("there is more than this page: print all of it, without --max-items and --no-paginate"))
			}
			return nil
		}
		return d.Skip()
	})
	if err == nil && !found {
		err = d.Fail(fmt.Errorf("there is no %s here: is this what %s prints?", key, what))
	}
	if err == nil {
		err = d.End()
	}
	return err
}
