package lint

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	maxPackageLines = 3000
	maxRoomLines    = 2000 // of a package under internal/
	maxMethods      = 30
	maxFields       = 20
)

// sizeRules are about one file.
func sizeRules() []rule {
	return []rule{
		{"small structs", largeStructs, []snippet{{"binpack/x.go", "package binpack\ntype T struct {" + strings.Repeat("a int;", maxFields+1) + "}"}}},
		{"no embedding across packages", foreignEmbedding, []snippet{
			{"binpack/x.go", `package binpack; import "sync"; type T struct { sync.Mutex }`},
			{"binpack/x.go", `package binpack; import "sync"; type T struct { *sync.Mutex }`},
		}},
	}
}

func largeStructs(f file) []string {
	var faults []string
	eachStruct(f, func(name string, s *ast.StructType) {
		if n := s.Fields.NumFields(); n > maxFields {
			faults = append(faults, fmt.Sprintf("%s has %d fields, most is %d", name, n, maxFields))
		}
	})
	return faults
}

func foreignEmbedding(f file) []string {
	var faults []string
	eachStruct(f, func(name string, s *ast.StructType) {
		for _, field := range s.Fields.List {
			t := field.Type
			if star, ok := t.(*ast.StarExpr); ok {
				t = star.X
			}
			if sel, ok := t.(*ast.SelectorExpr); ok && len(field.Names) == 0 {
				faults = append(faults, fmt.Sprintf("%s embeds %s of another package", name, sel.Sel.Name))
			}
		}
	})
	return faults
}

// eachStruct calls yield with each struct type of a file that is no test and no wire
// format, whose fields are somebody else's.
func eachStruct(f file, yield func(name string, s *ast.StructType)) {
	if f.test() {
		return
	}
	for _, d := range f.ast.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				if s, ok := t.Type.(*ast.StructType); ok {
					yield(t.Name.Name, s)
				}
			}
		}
	}
}

// TestSizes holds packages and types to the sizes of the house.
func TestSizes(t *testing.T) {
	require.NotEmpty(t, sizeFaults([]file{parse(t, "binpack/internal/x/x.go", []byte("package x"+strings.Repeat("\n", maxRoomLines)+"var y int"))}))
	require.NotEmpty(t, sizeFaults([]file{parse(t, "binpack/x.go", []byte("package binpack\ntype T int\n"+strings.Repeat("func (t *T) f() {}\n", maxMethods+1)))}))
	for _, fault := range sizeFaults(goFiles(t)) {
		if excepted(fault) == "" {
			t.Error(fault)
		}
	}
}

// excepted returns why a fault is none; "": it is one.
func excepted(fault string) string {
	switch {
	case strings.HasPrefix(fault, "binpack/verify has"): // 3,255
		return "the judge of values by domain is to be a room of its own once other rules use it"
	case strings.HasPrefix(fault, "binpack/internal/compile has"), strings.HasPrefix(fault, "binpack/internal/explain.question has"):
		return "cut once the rules that are on their way have landed"
	}
	return ""
}

func sizeFaults(files []file) []string {
	lines, methods := map[string]int{}, map[string]int{}
	for _, f := range files {
		if f.test() || ast.IsGenerated(f.ast) {
			continue
		}
		dir := path.Dir(f.name)
		lines[dir] += f.fset.File(f.ast.FileStart).LineCount()
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
				methods[dir+"."+receiver(fn)]++
			}
		}
	}
	var faults []string
	for dir, n := range lines {
		most := maxPackageLines
		if strings.Contains(dir, "/internal/") {
			most = maxRoomLines
		}
		if n > most {
			faults = append(faults, fmt.Sprintf("%s has %d lines, most is %d", dir, n, most))
		}
	}
	for name, n := range methods {
		if n > maxMethods {
			faults = append(faults, fmt.Sprintf("%s has %d methods, most is %d", name, n, maxMethods))
		}
	}
	return faults
}

// receiver returns the name of a method's type.
func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
