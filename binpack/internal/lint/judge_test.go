package lint

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// judgeMayUse are the packages of this module that package verify may be built
// from, so that nothing that compiles or searches for the solver judges its plans.
// bound, and what it stands on, is arithmetic: what a certificate proves; lp solves the relaxation by which
// it guesses multipliers, which it then proves in integers.
func judgeMayUse() []string {
	return []string{
		"binpack", "binpack/verify", "binpack/verify/internal/reading", "catalog",
		"binpack/internal/bound", "binpack/internal/ilp", "binpack/internal/cover", "binpack/internal/fill", "binpack/internal/lowering", "binpack/internal/packing", "binpack/internal/branchcut",
		"binpack/internal/arith", "binpack/internal/dominance", "binpack/internal/lp", "binpack/internal/spread", "binpack/internal/ties",
		"binpack/internal/check", "binpack/internal/describe", "binpack/internal/naive", "binpack/internal/claims",
		"binpack/internal/nodelabel", "binpack/internal/quantity",
	}
}

// TestJudgeIsBuiltApart holds the imports of package verify, and theirs.
func TestJudgeIsBuiltApart(t *testing.T) {
	require.Greater(t, len(strangers(t, "binpack/solver")), 1, "the rule finds what the solver is built from")
	require.Empty(t, strangers(t, "binpack/verify"))
}

// strangers returns the packages of this module that pkg is built from and that
// the judge may not use.
func strangers(t *testing.T, pkg string) []string {
	list := exec.Command("go", "list", "-deps", "./"+pkg)
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	var found []string
	for _, dep := range strings.Fields(string(out)) {
		if short, own := strings.CutPrefix(dep, module); own && !slices.Contains(judgeMayUse(), short) {
			found = append(found, short)
		}
	}
	return found
}
