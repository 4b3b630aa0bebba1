package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
)

// ReadProblem reads a problem file. An error names it.
func ReadProblem(path string) (binpack.Problem, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return binpack.Problem{}, err // names the path
	}
	p, err := problemfile.Read(bytes.NewReader(data))
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// ReadSettings reads a problem file, and what it asks of the solver.
func ReadSettings(path string) (binpack.Problem, problemfile.Settings, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return binpack.Problem{}, problemfile.Settings{}, err // names the path
	}
	p, s, err := problemfile.ReadSettings(bytes.NewReader(data))
	if err != nil {
		return p, s, fmt.Errorf("%s: %w", path, err)
	}
	return p, s, nil
}

// ProblemName returns the name of a problem: that of its file.
func ProblemName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".json")
}

// WritePlan writes a plan of p to a plan file.
func WritePlan(path string, p binpack.Problem, plan binpack.Plan) error {
	var b bytes.Buffer
	if err := problemfile.WritePlan(&b, p, plan); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
