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
	tools  = "model lp par invariant work" // rooms that serve the others
	public = "catalog/... pricing/... binpack binpack/problemfile binpack/manifest binpack/launch"
)

// importRows is the table of ARCHITECTURE.md. It says what the packages that
// match a pattern may import beside the standard library; the first match
// counts. "X/..." is X and all below it. Names of this module are short: rooms
// go by their last name, other packages by their directory.
func importRows() [][2]string {
	return [][2]string{
		{"catalog", "k8s.io/api/... k8s.io/apimachinery/pkg/api/resource"},
		{"catalog/ec2", "catalog catalog/ec2/internal/table " + k8s},
		{"catalog/ec2/internal/table", ""},
		{"catalog/ec2/internal/refresh", "catalog catalog/ec2/internal/table"},
		{"pricing", "catalog"},
		{"pricing/ec2", "catalog pricing"},
		{"binpack", "catalog binpack/internal/... " + k8s},
		{"binpack/launch", "catalog binpack k8s.io/api/core/v1"},
		{"binpack/problemfile", "catalog binpack " + k8s},
		{"binpack/manifest", "catalog binpack binpack/manifest/internal/... sigs.k8s.io/json " + k8s},
		{"binpack/manifest/internal/documents", "sigs.k8s.io/yaml/..."},
		{"binpack/manifest/internal/karpenter", k8s},
		{"binpack/internal/kube", k8s},
		{"binpack/internal/naive", k8s},
		{"binpack/internal/model", ""},
		{"binpack/internal/par", ""},
		{"binpack/internal/invariant", ""},
		{"binpack/internal/work", ""},
		{"binpack/internal/lint", ""},
		{"binpack/internal/lp", "gonum.org/v1/gonum/..."},
		{"binpack/internal/gen", "catalog binpack model pgregory.net/rapid " + k8s},
		{"binpack/internal/brute", "model bound"},
		{"binpack/internal/greedy", "exchange " + tools},
		{"binpack/internal/deal", "exchange " + tools},
		{"binpack/internal/search", "exchange greedy " + tools},
		{"binpack/internal/knapsack", "bound " + tools},
		{"binpack/internal/colgen", "knapsack " + tools},
		{"binpack/internal/separation", "knapsack " + tools},
		{"binpack/internal/diving", "colgen " + tools},
		{"binpack/internal/model/modeltest", "model pgregory.net/rapid"}, // what rooms are tested with
		{"binpack/internal/*", tools},
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

func (f file) imports() []string {
	var paths []string
	for _, spec := range f.ast.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}
