package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/examples/internal/cli"
	"github.com/stowage/stowage/pricing"
)

// An input is a problem, and how to speak of it: as its file does, a problem file
// or manifests.
type input struct {
	problem   binpack.Problem
	name      string           // of it as a whole
	path      string           // of the problem file
	manifests *manifest.Result // nil: it is a problem file
	prices    string           // what the prices are; "": the file's own
	market    cli.Market       // of manifests
	currency  string           // ISO 4217 code; "": US dollars
}

// read reads what the flags name.
func (o *options) read(stdin io.Reader, c *cli.Command, stderr io.Writer) (input, error) {
	var in input
	var err error
	if len(o.manifests.paths) > 0 {
		in, err = o.manifests.read(stdin, &o.supply)
	} else {
		in = input{path: o.path, name: cli.ProblemName(o.path)}
		var settings problemfile.Settings
		in.problem, settings, err = cli.ReadSettings(o.path)
		o.take(settings)
	}
	if err != nil {
		return in, hinted(o.path, err)
	}
	if in.manifests != nil {
		in.currency = in.market.Currency
		in.market.Say(c, stderr)
		return in, nil
	}
	in.currency, err = o.supply.Replace(&in.problem, c, stderr)
	return in, err
}

// hinted returns an error of reading a problem file, with a hint if the file looks
// like manifests.
func hinted(path string, err error) error {
	if ext := filepath.Ext(path); ext == ".yaml" || ext == ".yml" {
		return fmt.Errorf("%w (manifests are read with -f)", err)
	}
	return err
}

// writeProblem writes a problem file.
func writeProblem(path string, p binpack.Problem) error {
	var b bytes.Buffer
	if err := problemfile.Write(&b, p); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// explain returns an error about the problem in the words of its file.
func (in *input) explain(err error) error {
	if in.manifests != nil {
		return in.manifests.Explain(err)
	}
	return fmt.Errorf("%s: %w", in.path, err)
}

// podName returns what a table calls a pod.
func (in *input) podName(pod *corev1.Pod) string {
	switch {
	case in.manifests != nil:
		return in.manifests.Name(pod)
	case pod.Namespace != "":
		return pod.Namespace + "/" + pod.Name
	}
	return pod.Name
}

// reasons returns why no pool takes a pod, in the words of its file.
func (in *input) reasons(u binpack.Unschedulable) []binpack.PoolReason {
	if in.manifests == nil {
		return u.Reasons
	}
	var out []binpack.PoolReason
	for _, r := range u.Reasons {
		out = append(out, in.manifests.Reason(u.Pod, r))
	}
	return out
}

// note returns a note of a plan in one line, in the words of the problem's file.
func (in *input) note(n binpack.Note) string {
	if in.manifests == nil {
		return n.String()
	}
	origin, path := in.manifests.Path(nil, n.Path)
	where := strings.TrimSpace(origin.String() + " " + path)
	return where + ": " + in.manifests.Text(n.Text)
}

// unit returns the currency of the prices.
func (in *input) unit() string { return cmp.Or(in.currency, pricing.USD) }

// maxErrors is how many errors are worth reading.
const maxErrors = 20

// failAll says each of the errors that are joined in a line of its own, if they
// are about manifests, and returns the exit status.
func failAll(c *cli.Command, stderr io.Writer, err error) int {
	var one *manifest.Error
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !errors.As(err, &one) {
		return c.Fail(stderr, err)
	}
	all := joined.Unwrap()
	for i, e := range all {
		if i == maxErrors {
			return c.Fail(stderr, fmt.Errorf("and %d more", len(all)-i))
		}
		c.Fail(stderr, e)
	}
	return cli.BadInput
}
