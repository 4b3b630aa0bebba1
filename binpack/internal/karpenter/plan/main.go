// Command plan reads a problem file and writes Karpenter's plan as a plan file.
//
//	go run ./plan <PROBLEM.json >PLAN.json
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/problemfile"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "plan:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	p, err := problemfile.Read(in)
	if err != nil {
		return err
	}
	result, err := karpenter.Solve(context.Background(), p, 1)
	if err != nil {
		return err
	}
	return problemfile.WritePlan(out, p, result.Plan)
}
