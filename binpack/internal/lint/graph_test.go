package lint

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden file of the import graph")

// floors are the packages of this module from the ground up: a package imports only what
// is below it. Tools of tests and refreshers of tables are not of the house.
func floors() [][]string {
	in := func(names ...string) []string {
		for i := range names {
			names[i] = "binpack/internal/" + names[i]
		}
		return names
	}
	return [][]string{
		append(in("arith", "dominance", "lp", "ties", "work", "lazysort", "quantity", "nodelabel", "technique"), "catalog", "internal/jsonstream", "binpack/manifest/internal/documents", "binpack/manifest/internal/karpenter"),
		append(in("model", "ilp", "branchcut", "cover", "spread", "check", "kube", "naive"), "pricing", "catalog/ec2", "catalog/kwok", "catalog/catalogfile"),
		append(in("fill", "lowering", "exchange", "relax", "claims"), "pricing/ec2", "binpack"),
		in("packing"),
		in("volumes", "bound", "knapsack", "greedy", "deal", "single", "cells"),
		append(in("colgen", "separation", "search", "settling", "tabu", "describe", "fold", "occupancy"), "binpack/verify/internal/reading"),
		append(in("diving", "supply"), "binpack/verify", "binpack/problemfile", "binpack/manifest"),
		in("compile", "integral"),
		in("explain", "primal", "proof"),
		{"binpack/solver"},
		{"binpack/launch", "binpack/handover"},
		{"binpack/launch/launchtest"},
		{"examples/internal/cli"},
		{"examples/..."},
	}
}

// ofTests are packages that only tests, or programs that make tables, import.
func ofTests(dir string) bool {
	return slices.Contains([]string{"binpack/internal/gen", "binpack/internal/brute", "binpack/internal/problemtest", "binpack/internal/podbypod", "binpack/internal/lint", "binpack/internal/model/modeltest", "catalog/ec2/internal/refresh", "internal/seed"}, dir)
}

// TestGraph keeps the import graph as a golden file, and lets no import go up.
func TestGraph(t *testing.T) {
	imports := map[string][]string{}
	for _, f := range goFiles(t) {
		dir := path.Dir(f.name)
		if f.test() || ofTests(dir) {
			continue
		}
		imports[dir] = append(imports[dir], nil...)
		for _, imp := range f.imports() {
			if short, ok := strings.CutPrefix(imp, module); ok {
				imports[dir] = append(imports[dir], short)
			}
		}
	}
	require.NotEmpty(t, climbs(map[string][]string{"binpack/internal/model": {"binpack/solver"}}), "the test does not see an import upward")
	require.Empty(t, climbs(imports))

	golden := filepath.Join("testdata", "graph.txt")
	text := drawn(imports)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "the import graph is another one: go test ./binpack/internal/lint -update")
}

// floorOf returns the floor of a package, from 0 on; -1: it has none.
func floorOf(dir string) int {
	return slices.IndexFunc(floors(), func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			tree, below := strings.CutSuffix(name, "/...")
			return dir == name || below && strings.HasPrefix(dir, tree+"/")
		})
	})
}

// climbs returns the imports that do not go down, and packages without a floor.
func climbs(imports map[string][]string) []string {
	var faults []string
	for from, list := range imports {
		if floorOf(from) < 0 {
			faults = append(faults, from+" has no floor")
		}
		for _, to := range list {
			if floorOf(to) >= floorOf(from) {
				faults = append(faults, fmt.Sprintf("%s (floor %d) imports %s (floor %d)", from, floorOf(from), to, floorOf(to)))
			}
		}
	}
	return faults
}

// drawn prints the graph, the top floor first.
func drawn(imports map[string][]string) string {
	var b strings.Builder
	for floor := len(floors()) - 1; floor >= 0; floor-- {
		fmt.Fprintf(&b, "floor %d\n", floor)
		for _, dir := range slices.Sorted(func(yield func(string) bool) {
			for dir := range imports {
				if floorOf(dir) == floor && !yield(dir) {
					return
				}
			}
		}) {
			list := slices.Compact(slices.Sorted(slices.Values(imports[dir])))
			fmt.Fprintf(&b, "  %s\n", dir)
			for _, to := range list {
				fmt.Fprintf(&b, "    → %s\n", to)
			}
		}
	}
	return b.String()
}
