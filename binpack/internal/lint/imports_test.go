package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	module = "github.com/stowage/stowage/"
	k8s    = "k8s.io/api/... k8s.io/apimachinery/... k8s.io/component-helpers/..."
	rooms  = "model lp work arith dominance" // that serve the others
	public = "catalog/... pricing/... binpack binpack/solver binpack/verify binpack/problemfile binpack/manifest binpack/launch binpack/launch/launchtest binpack/handover"
)

// importRows says what the packages that match a pattern may import beside the standard
// library; the first match
// counts. "X/..." is X and all below it. Names of this module are short: rooms
// go by their last name, other packages by their directory.
func importRows() [][2]string {
	return [][2]string{
		{"catalog", "k8s.io/api/... k8s.io/apimachinery/pkg/api/resource"},
		{"internal/jsonstream", ""},
		{"internal/seed", "pgregory.net/rapid"},
		{"catalog/ec2", "catalog internal/jsonstream " + k8s},
		{"catalog/ec2/internal/refresh", "catalog catalog/ec2"},
		{"catalog/kwok", "catalog internal/jsonstream " + k8s},
		{"catalog/catalogfile", "catalog sigs.k8s.io/yaml go.yaml.in/yaml/v3 " + k8s},
		{"pricing", "catalog " + k8s},
		{"pricing/ec2", "catalog pricing internal/jsonstream"},
		{"binpack", "catalog check naive nodelabel quantity " + k8s},
		{"binpack/solver", "catalog binpack binpack/verify compile describe explain fold kube primal proof quantity relax supply technique " + rooms + " " + k8s},
		{"binpack/verify", "catalog binpack arith bound dominance claims describe naive quantity ties binpack/verify/internal/reading gonum.org/v1/gonum/graph/simple gonum.org/v1/gonum/graph/topo " + k8s},
		{"binpack/verify/internal/reading", "catalog binpack check claims naive quantity " + k8s},
		{"binpack/launch", "catalog binpack fold binpack/solver binpack/verify k8s.io/api/core/v1"},
		{"binpack/handover", "binpack fold kube occupancy " + k8s},
		{"binpack/launch/launchtest", "catalog binpack/launch"},
		{"binpack/problemfile", "catalog binpack fold " + k8s},
		{"binpack/manifest", "catalog pricing binpack binpack/manifest/internal/... sigs.k8s.io/json " + k8s},
		{"binpack/manifest/internal/documents", "sigs.k8s.io/yaml/..."},
		{"binpack/manifest/internal/karpenter", k8s},
		{"binpack/internal/check", "quantity " + k8s},
		{"binpack/internal/quantity", "k8s.io/api/... k8s.io/apimachinery/pkg/api/resource"},
		{"binpack/internal/nodelabel", "k8s.io/api/..."},
		{"binpack/internal/fold", "binpack"},
		{"binpack/internal/describe", "catalog binpack quantity " + k8s},
		{"binpack/internal/problemtest", "catalog catalog/ec2 pricing pricing/ec2 binpack binpack/solver binpack/verify binpack/problemfile gen github.com/stretchr/testify/require pgregory.net/rapid " + k8s},
		{"binpack/internal/kube", "nodelabel " + k8s},
		{"binpack/internal/volumes", "binpack kube " + k8s},
		{"binpack/internal/occupancy", "binpack kube nodelabel volumes " + k8s},
		{"binpack/internal/claims", "naive " + k8s},
		{"binpack/internal/supply", "catalog binpack check describe kube lazysort nodelabel quantity volumes " + k8s},
		{"binpack/internal/compile", "catalog binpack check fold kube model quantity supply volumes " + k8s},
		{"binpack/internal/explain", "catalog binpack compile describe kube model nodelabel quantity supply " + k8s},
		{"binpack/internal/technique", ""},
		{"binpack/internal/primal", "cells colgen deal diving greedy integral relax search settling single tabu technique ties " + rooms},
		{"binpack/internal/proof", "bound colgen separation technique ties " + rooms},
		{"binpack/internal/naive", k8s},
		{"binpack/internal/model", "dominance"},
		{"binpack/internal/arith", ""},
		{"binpack/internal/dominance", ""},
		{"binpack/internal/bound", "arith cover dominance fill ilp lowering packing spread ties"},
		{"binpack/internal/packing", "arith branchcut dominance fill lp spread"},
		{"binpack/internal/branchcut", "lp"},
		{"binpack/internal/lowering", "arith lp"},
		{"binpack/internal/spread", "arith"},
		{"binpack/internal/ties", ""},
		{"binpack/internal/cover", "arith dominance lp"},
		{"binpack/internal/fill", "arith ilp"},
		{"binpack/internal/ilp", "arith dominance lp"},
		{"binpack/internal/settling", "arith ilp knapsack lp " + rooms},
		{"binpack/internal/integral", "colgen diving dominance fill greedy ilp lp packing search separation " + rooms},
		{"binpack/internal/tabu", rooms},
		{"binpack/internal/work", ""},
		{"binpack/internal/lazysort", ""},
		{"binpack/internal/cells", "arith " + rooms},
		{"binpack/internal/lint", ""},
		{"binpack/internal/lp", "gonum.org/v1/gonum/..."},
		{"binpack/internal/gen", "catalog binpack model internal/seed pgregory.net/rapid " + k8s},
		{"binpack/internal/brute", "model bound"},
		{"binpack/internal/greedy", "exchange " + rooms},
		{"binpack/internal/deal", "exchange " + rooms},
		{"binpack/internal/search", "exchange greedy " + rooms},
		{"binpack/internal/knapsack", "fill " + rooms},
		{"binpack/internal/colgen", "knapsack " + rooms},
		{"binpack/internal/separation", "knapsack spread " + rooms},
		{"binpack/internal/diving", "colgen " + rooms},
		{"binpack/internal/model/modeltest", "model internal/seed pgregory.net/rapid"}, // what rooms are tested with
		{"binpack/internal/*", rooms},
		{"examples/internal/*", k8s + " " + public},
		{"examples/*", "examples/internal/... sigs.k8s.io/yaml golang.org/x/term " + k8s + " " + public},
	}
}

func importRules() []rule {
	return []rule{
		{"import table", importTable, []snippet{
			{"binpack/internal/naive/x.go", `package naive; import _ "github.com/stowage/stowage/binpack/internal/kube"`},
			{"binpack/internal/greedy/x.go", `package greedy; import _ "k8s.io/api/core/v1"`},
			{"examples/x/x.go", `package main; import _ "github.com/stowage/stowage/binpack/internal/model"`},
			{"util/x.go", `package util`}, // no row
		}},
		{"banned imports", bannedImports, []snippet{
			{"binpack/x_test.go", `package binpack; import _ "math/rand"`},
			{"catalog/x.go", `package catalog; import _ "log"`},
			{"binpack/internal/lp/x.go", `package lp; import _ "time"`},
			{"binpack/internal/lp/x.go", `package lp; import _ "reflect"`},
		}},
		{"drawn alike", drawnAlike, []snippet{
			{"binpack/x_test.go", `package binpack; import _ "pgregory.net/rapid"`},
		}},
	}
}

func importTable(f file) []string {
	if f.test() {
		return nil
	}
	dir := path.Dir(f.name)
	for _, row := range importRows() {
		if ok, _ := path.Match(row[0], dir); !ok {
			continue
		}
		var faults []string
		for _, imp := range f.imports() {
			if !allows(strings.Fields(row[1]), imp) {
				faults = append(faults, fmt.Sprintf("%s may not import %s", dir, imp))
			}
		}
		return faults
	}
	return []string{"the import table has no row for " + dir}
}

func allows(patterns []string, imp string) bool {
	if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
		return true // standard library
	}
	short := strings.TrimPrefix(imp, module)
	room := strings.TrimPrefix(short, "binpack/internal/")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		tree, below := strings.CutSuffix(pattern, "/...")
		return tree == short || tree == room || below && strings.HasPrefix(short, tree+"/")
	})
}

func bannedImports(f file) []string {
	var faults []string
	for _, imp := range f.imports() {
		program := f.test() || f.ast.Name.Name == "main"
		inRoom := f.room() && !f.test()
		if imp == "math/rand" || imp == "log" && !program || (imp == "time" || imp == "reflect") && inRoom {
			faults = append(faults, imp+" is not imported here")
		}
	}
	return faults
}

// drawnAlike: a test that draws imports what makes it draw the same each time.
func drawnAlike(f file) []string {
	seeded := func(imp string) bool {
		return slices.Contains([]string{"internal/seed", "binpack/internal/gen", "binpack/internal/problemtest", "binpack/internal/model/modeltest"}, strings.TrimPrefix(imp, module))
	}
	if imports := f.imports(); f.test() && slices.Contains(imports, "pgregory.net/rapid") && !slices.ContainsFunc(imports, seeded) {
		return []string{"rapid is imported without internal/seed"}
	}
	return nil
}

func (f file) imports() []string {
	var paths []string
	for _, spec := range f.ast.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}
