// Command types lists instance types, EC2's or others: what pods may use of them, their
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

	"github.com/stowage/stowage/examples/internal/cli"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `usage: types [-region REGION] [-types FILE] [-offerings FILE] [-spot FILE]
             [-prices FILE] [-o table|json|explain] [NAME...]

Lists instance types, all or those named, ordered by category, generation,
family and size. CPU, MEMORY, PODS and OTHER are allocatable: what pods may use
of a node, with EC2 one with Amazon Linux 2023 and a root volume of 20 GiB.
USD/HOUR is the on-demand list price, - where it is not known, and SPOT the
lowest of Spot's. JSON has the capacity, all labels and the price in each zone
as well.

  -region REGION   whose prices to show (default us-east-1, which has nearly
                   all; us-west-2 has those of c5, m5 and r5), or the region
                   of the offerings
  -types FILE      types of machines: a catalog file, what aws ec2
                   describe-instance-types prints, or a list of KWOK
  -offerings FILE  what aws ec2 describe-instance-type-offerings
                   --location-type availability-zone prints
  -spot FILE       what aws ec2 describe-spot-price-history prints
  -prices FILE     AWS's offer file, or what aws pricing get-products prints
  -o FORMAT        table (default), json, or explain: where each price is from

Exit status: 0, or 1 with a line that says what is wrong.
`

// run is main with its surroundings as parameters; it returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	err := list(args, stdout, stderr)
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(stdout, usage)
	}
	if err != nil {
		fmt.Fprintln(stderr, "types:", err)
		return 1
	}
	return 0
}

func list(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("types", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var supply cli.Supply
	supply.Flags(flags)
	output := flags.String("o", "table", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	write, ok := map[string]func(io.Writer, listing) error{"table": writeTable, "json": writeJSON, "explain": writeExplained}[*output]
	if !ok {
		return fmt.Errorf("-o: %q is not table, json or explain", *output)
	}
	if !supply.Given() && supply.Region == "" {
		supply.Region = "us-east-1"
	}
	l, err := gather(supply, flags.Args())
	if err != nil {
		return err
	}
	for _, note := range l.notes {
		fmt.Fprintln(stderr, "types:", note)
	}
	return write(stdout, l)
}
