// Command refresh rewrites the tables of catalog/ec2 and pricing/ec2 from a
// checkout of github.com/aws/karpenter-provider-aws and one of
// github.com/kubernetes-sigs/aws-ebs-csi-driver.
//
// Run it in the root of the module:
//
//	go run ./catalog/ec2/internal/refresh CHECKOUT EBS-CHECKOUT
//
// It reads Karpenter's page of instance types (docs.go), its table of network
// limits (limits.go) and its on-demand prices (prices.go), and the driver's limits of
// volumes (volumes.go). It writes
//
//   - catalog/ec2/types.csv, the raw facts,
//   - catalog/ec2/testdata/documented.csv, the labels and resources of the page
//     as they stand there, which a test compares with those that are computed,
//   - pricing/ec2/prices.csv, the prices.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:], "."); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

func run(args []string, module string) error {
	if len(args) != 2 {
		return errors.New("usage: go run ./catalog/ec2/internal/refresh CHECKOUT EBS-CHECKOUT")
	}
	checkout, driver := os.DirFS(args[0]), os.DirFS(args[1])
	for _, output := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{"catalog/ec2/types.csv", func(w io.Writer) error { return writeTypes(w, checkout, driver) }},
		{"catalog/ec2/testdata/documented.csv", func(w io.Writer) error { return writeDocumented(w, checkout) }},
		{"pricing/ec2/prices.csv", func(w io.Writer) error { return writePrices(w, checkout) }},
	} {
		var text bytes.Buffer
		if err := output.write(&text); err != nil {
			return fmt.Errorf("%s: %w", output.path, err)
		}
		if err := os.WriteFile(filepath.Join(module, filepath.FromSlash(output.path)), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
