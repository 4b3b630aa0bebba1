package lint

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

const (
	maxFileLines     = 400
	maxFunctionLines = 60
)

// mayBeLong lists the functions that read better in one piece, as file: name.
func mayBeLong() []string {
	return nil
}

func styleRules() []rule {
	return []rule{
		{"banned calls", bannedCalls, []snippet{
			{"binpack/x.go", `package binpack; import "sort"; func f(x []int) { sort.Slice(x, nil) }`},
			{"binpack/x_test.go", `package binpack; import "time"; func f() { time.Sleep(1) }`},
			{"binpack/internal/lp/x.go", `package lp; import "math"; var e = math.Exp(1)`}, // differs between processors
		}},
		{"short files", longFiles, []snippet{{"binpack/x.go", "package binpack" + strings.Repeat("\n", maxFileLines) + "var x int"}}},
		{"short functions", longFunctions, []snippet{{"binpack/x.go", "package binpack\nfunc f() {" + strings.Repeat("\n", maxFunctionLines) + "}"}}},
		{"exported names are documented", undocumented, []snippet{
			{"catalog/x.go", "package catalog\nfunc F() {}"},
			{"catalog/x.go", "package catalog\nfunc (p *Price) F() {}"},
			{"catalog/x.go", "package catalog\ntype T int"},
			{"catalog/x.go", "package catalog\nconst C = 1"},
		}},
	}
}

func bannedCalls(f file) []string {
	banned := []string{"sort.Slice", "sort.SliceStable", "time.Sleep"}
	if f.room() && !f.test() {
		banned = append(banned, "math.Exp", "math.Log", "math.Pow", "math.Sin")
	}
	var faults []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok && slices.Contains(banned, pkg.Name+"."+sel.Sel.Name) {
				faults = append(faults, fmt.Sprintf("line %d calls %s.%s", f.fset.Position(n.Pos()).Line, pkg.Name, sel.Sel.Name))
			}
		}
		return true
	})
	return faults
}

func longFiles(f file) []string {
	if n := f.fset.File(f.ast.FileStart).LineCount(); n > maxFileLines && !f.test() && !ast.IsGenerated(f.ast) {
		return []string{fmt.Sprintf("%d lines, most is %d", n, maxFileLines)}
	}
	return nil
}

func longFunctions(f file) []string {
	var faults []string
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if ok && f.lines(fn) > maxFunctionLines && !f.test() && !slices.Contains(mayBeLong(), f.name+": "+fn.Name.Name) {
			faults = append(faults, fmt.Sprintf("%s has %d lines, most is %d", fn.Name.Name, f.lines(fn), maxFunctionLines))
		}
	}
	return faults
}

// undocumented finds exported names of public packages without a comment. A
// comment on a group serves its members; Error and String explain themselves.
func undocumented(f file) []string {
	if f.test() || strings.Contains(f.name, "internal/") || f.ast.Name.Name == "main" {
		return nil
	}
	var faults []string
	need := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if name.IsExported() && !slices.ContainsFunc(docs, func(d *ast.CommentGroup) bool { return d != nil }) {
			faults = append(faults, name.Name+" has no doc comment")
		}
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if (d.Recv == nil || receiverExported(d)) && d.Name.Name != "Error" && d.Name.Name != "String" {
				need(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					need(s.Name, s.Doc, d.Doc)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						need(name, s.Doc, s.Comment, d.Doc)
					}
				}
			}
		}
	}
	return faults
}

func receiverExported(d *ast.FuncDecl) bool {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return !ok || token.IsExported(name.Name)
}
