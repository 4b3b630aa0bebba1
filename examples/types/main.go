// Command types lists EC2 instance types: what pods may use of them, their
// labels, and what they cost.
//
//	go run ./examples/types m5.large c7g.large
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `usage: types [-region REGION] [-o table|json] [NAME...]

Lists EC2 instance types, all or those named, ordered by category, generation,
family and size. CPU, MEMORY, PODS and OTHER are allocatable: what pods may use
of a node with Amazon Linux 2023 and a root volume of 20 GiB. USD/HOUR is the
on-demand list price, - where it is not known. JSON has the capacity, all
labels and the price in each zone as well.

  -region REGION   whose prices to show (default us-east-1, which has nearly
                   all; us-west-2 has those of c5, m5 and r5)
  -o table|json    how to print (default table)

Exit status: 0, or 1 with a line that says what is wrong.
`

// run is main with its surroundings as parameters; it returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	err := list(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(stdout, usage)
	}
	if err != nil {
		fmt.Fprintln(stderr, "types:", err)
		return 1
	}
	return 0
}

func list(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("types", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	region := flags.String("region", "us-east-1", "")
	output := flags.String("o", "table", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	write, ok := map[string]func(io.Writer, []instanceType) error{"table": writeTable, "json": writeJSON}[*output]
	if !ok {
		return fmt.Errorf("-o: %q is neither table nor json", *output)
	}
	types, err := gather(*region, flags.Args())
	if err != nil {
		return err
	}
	return write(stdout, types)
}
