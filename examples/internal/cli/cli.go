// Package cli is what the examples' commands share: the -o flag, help, one
// line per error, and exit codes.
package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Exit codes of the examples.
const (
	OK       = 0
	BadInput = 1 // a flag, an argument or a file is wrong: one line on stderr
	Refuted  = 2 // the answer did not stand up to verification
)

// Format is the value of -o.
type Format string

// The formats: for people, and for programs.
const (
	Table Format = "table"
	JSON  Format = "json"
)

// String returns the format's name.
func (f *Format) String() string { return string(*f) }

// Set is how package flag sets f.
func (f *Format) Set(name string) error {
	if name != string(Table) && name != string(JSON) {
		return errors.New("is neither table nor json")
	}
	*f = Format(name)
	return nil
}

// A Command is a flag set with what -h says above the flags.
type Command struct {
	Flags  *flag.FlagSet
	Format Format // of -o
	about  string
}

// New returns a command with the flag -o.
func New(name, about string) *Command {
	c := &Command{Flags: flag.NewFlagSet(name, flag.ContinueOnError), Format: Table, about: about}
	c.Flags.SetOutput(io.Discard) // Parse prints, in one line
	c.Flags.Var(&c.Format, "o", "print a `table` or json")
	return c
}

// Parse parses args, which may have arguments after the flags, as many as
// given. Where it returns done, the command is to exit with code: help was
// asked for, or something was wrong, and has been said.
func (c *Command) Parse(args []string, arguments int, stdout, stderr io.Writer) (done bool, code int) {
	err := c.Flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(stdout, strings.TrimSpace(c.about)+"\n")
		c.Flags.SetOutput(stdout)
		c.Flags.PrintDefaults()
		return true, OK
	}
	if err == nil && c.Flags.NArg() != arguments {
		err = fmt.Errorf("wants %d arguments after the flags, not %d", arguments, c.Flags.NArg())
	}
	if err != nil {
		return true, c.Fail(stderr, err)
	}
	return false, OK
}

// Fail says err in one line and returns BadInput. Of several faults that are
// joined it says the first, and how many there are.
func (c *Command) Fail(stderr io.Writer, err error) int {
	lines := strings.Split(err.Error(), "\n")
	text := lines[0]
	if more := len(lines) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	fmt.Fprintf(stderr, "%s: %s\n", c.Flags.Name(), text)
	return BadInput
}

// WriteJSON writes v as indented JSON.
func WriteJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
