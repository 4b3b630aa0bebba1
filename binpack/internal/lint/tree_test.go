package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the top of the tree, seen from here.
const root = "../../.."

// A file is one parsed Go file.
type file struct {
	name string // from the top of the tree, with slashes
	fset *token.FileSet
	ast  *ast.File
}

// fileSet has the positions of all files.
var fileSet = token.NewFileSet()

func parse(t *testing.T, name string, src []byte) file {
	tree, err := parser.ParseFile(fileSet, name, src, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	return file{name, fileSet, tree}
}

func (f file) test() bool { return strings.HasSuffix(f.name, "_test.go") }
func (f file) room() bool { return strings.HasPrefix(f.name, "binpack/internal/") }

// lines returns how many lines n takes.
func (f file) lines(n ast.Node) int {
	return f.fset.Position(n.End()).Line - f.fset.Position(n.Pos()).Line + 1
}

// goFiles reads every Go file of the root module.
func goFiles(t *testing.T) []file {
	var files []file
	top := os.DirFS(root)
	err := fs.WalkDir(top, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(top, name):
			return fs.SkipDir
		case path.Ext(name) == ".go":
			src, err := fs.ReadFile(top, name)
			require.NoError(t, err)
			files = append(files, parse(t, name, src))
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// skipped reports whether the go command does not look into a directory of
// this module.
func skipped(top fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	base := path.Base(dir)
	_, err := fs.Stat(top, path.Join(dir, "go.mod"))
	return err == nil || base == "testdata" || base[0] == '.' || base[0] == '_'
}

// A rule says what is wrong with a file, and must find something in each of
// its bad snippets.
type rule struct {
	name  string
	check func(file) []string
	bad   []snippet
}

type snippet struct{ name, text string }

func TestRules(t *testing.T) {
	files := goFiles(t)
	for _, r := range slices.Concat(importRules(), styleRules(), sizeRules(), wordRules()) {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range r.bad {
				require.NotEmpty(t, r.check(parse(t, s.name, []byte(s.text))), "not caught: %s", s.text)
			}
			for _, f := range files {
				for _, fault := range r.check(f) {
					t.Errorf("%s: %s", f.name, fault)
				}
			}
		})
	}
}
