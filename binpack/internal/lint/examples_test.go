package lint

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// noExample begins the line of a doc comment that says why a name has no example.
const noExample = "No example:"

// TestExamples finds exported names of public packages that no Example uses and whose doc
// comment does not say why. A type is used where an expression of an Example has it. A
// constant or variable of a type of this module is shown with its type, and so is a method
// that an interface asks for: String, Error, Unwrap, those of JSON, and those of this
// module's interfaces.
func TestExamples(t *testing.T) {
	p := publicPackages{known: map[string]*types.Package{}, compiled: compiled(t)}
	require.Equal(t, []string{"x.C", "x.D", "x.E", "x.I", "x.T.N"}, p.withoutExample([]file{
		parse(t, "x/x.go", []byte("package x\ntype T struct{}\nfunc (T) M() {}\nfunc (T) N() {}\nfunc (T) String() {}\n"+
			"// F.\n//\n// No example: it is odd.\nfunc F() {}\ntype E int\nconst C, D = E(1), 2\nvar V = T{}\nfunc G() T { return V }\ntype I interface { N() }\n")),
		parse(t, "x/x_test.go", []byte("package x_test\nimport \"github.com/stowage/stowage/x\"\nfunc ExampleT() { x.G().M() }\nfunc TestT() { x.V.N(); _ = x.D }")),
	}), "the test does not see faults")

	for _, name := range p.withoutExample(goFiles(t)) {
		t.Errorf("%s: no Example uses it, and its doc comment has no line %q", name, noExample)
	}
}

// compiled returns an importer of the packages that the module needs.
func compiled(t *testing.T) types.Importer {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[name] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) { return os.Open(files[name]) })
}

// publicPackages knows the types of packages: those that the go command compiled, and
// those of snippets.
type publicPackages struct {
	known    map[string]*types.Package
	compiled types.Importer
}

func (p publicPackages) Import(name string) (*types.Package, error) {
	if pkg := p.known[name]; pkg != nil {
		return pkg, nil
	}
	return p.compiled.Import(name)
}

// check reads the files of one package. Its faults are the compiler's to find; a name
// that another test file of the package inside has is missing here.
func (p publicPackages) check(name string, files []file) (*types.Package, *types.Info) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: p, Error: func(error) {}}
	var trees []*ast.File
	for _, f := range files {
		trees = append(trees, f.ast)
	}
	pkg, _ := conf.Check(name, fileSet, trees, info)
	return pkg, info
}

// withoutExample returns the exported names in the public packages of files that need an
// example, sorted.
func (p publicPackages) withoutExample(files []file) []string {
	sources, tests := map[string][]file{}, map[string][]file{}
	for _, f := range files {
		name := module + path.Dir(f.name)
		switch {
		case strings.Contains(f.name, "internal/") || f.ast.Name.Name == "main":
		case !f.test():
			sources[name] = append(sources[name], f)
		case strings.HasSuffix(f.ast.Name.Name, "_test"):
			tests[name] = append(tests[name], f)
		}
	}
	for name := range sources {
		if _, err := p.Import(name); err != nil {
			p.known[name], _ = p.check(name, sources[name])
		}
	}
	shown := map[string]bool{}
	for name := range tests {
		_, info := p.check(name+"_test", tests[name])
		for _, f := range tests[name] {
			for _, d := range examples(f) {
				used(d, info, shown)
			}
		}
	}
	var missing []string
	asked := p.interfaceMethods(sources, shown)
	for name, list := range sources {
		pkg, _ := p.Import(name)
		for _, e := range exported(list) {
			if !e.excused && !shown[name+"."+e.name] && !p.shownWithType(pkg, e.name, shown, asked) {
				missing = append(missing, strings.TrimPrefix(name, module)+"."+e.name)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// examples returns what a reader sees of examples: the functions, and all of a file that
// has nothing else.
func examples(f file) []ast.Decl {
	var those []ast.Decl
	whole := true
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			if strings.HasPrefix(fn.Name.Name, "Example") {
				those = append(those, d)
			}
			whole = whole && !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Benchmark") && !strings.HasPrefix(fn.Name.Name, "Fuzz")
		}
	}
	if whole && len(those) > 0 {
		return f.ast.Decls
	}
	return those
}

// used marks the functions, methods, constants and variables that n names, and the types
// of its expressions, by their full names.
func used(n ast.Node, info *types.Info, shown map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := info.ObjectOf(id); obj != nil {
				shown[fullName(obj)] = true
			}
		}
		if x, ok := n.(ast.Expr); ok {
			if named := namedType(info.TypeOf(x)); named != nil {
				shown[fullName(named)] = true
			}
		}
		return true
	})
}

// namedType returns the name of a type or of what it points to; nil: it has none.
func namedType(t types.Type) types.Object {
	if t == nil {
		return nil
	}
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj()
	}
	return nil
}

// fullName returns an object's name with its package and receiver, like path.T.M.
func fullName(obj types.Object) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	if fn, ok := obj.(*types.Func); ok {
		if recv := fn.Signature().Recv(); recv != nil {
			if t := namedType(recv.Type()); t != nil {
				return fullName(t) + "." + obj.Name()
			}
		}
	}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return "" // a field is no name of the package
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// interfaceMethods returns the interfaces of the packages that examples show.
func (p publicPackages) interfaceMethods(sources map[string][]file, shown map[string]bool) []*types.Interface {
	var asked []*types.Interface
	for name := range sources {
		pkg, _ := p.Import(name)
		for _, n := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(n)
			if i, ok := obj.Type().Underlying().(*types.Interface); ok && obj.Exported() && shown[fullName(obj)] {
				asked = append(asked, i)
			}
		}
	}
	return asked
}

// shownWithType reports whether what shows a name is that its type is shown.
func (p publicPackages) shownWithType(pkg *types.Package, name string, shown map[string]bool, asked []*types.Interface) bool {
	owner, method, ok := strings.Cut(name, ".")
	obj := pkg.Scope().Lookup(owner)
	switch {
	case obj == nil:
		return false
	case !ok:
		_, isConst := obj.(*types.Const)
		_, isVar := obj.(*types.Var)
		t := namedType(obj.Type())
		return (isConst || isVar) && t != nil && strings.HasPrefix(fullName(t), module) && shown[fullName(t)]
	case !shown[fullName(obj)]:
		return false
	case slices.Contains([]string{"String", "Error", "Unwrap", "MarshalJSON", "UnmarshalJSON"}, method):
		return true
	}
	return slices.ContainsFunc(asked, func(i *types.Interface) bool {
		return slices.ContainsFunc(methods(i), func(m string) bool { return m == method }) && types.Implements(types.NewPointer(obj.Type()), i)
	})
}

func methods(i *types.Interface) []string {
	var names []string
	for m := range i.Methods() {
		names = append(names, m.Name())
	}
	return names
}

// export is an exported name; excused: its doc comment says why it has no example.
type export struct {
	name    string
	excused bool
}

func exported(files []file) []export {
	var names []export
	add := func(prefix string, id *ast.Ident, docs ...*ast.CommentGroup) {
		if id.IsExported() {
			names = append(names, export{prefix + id.Name, slices.ContainsFunc(docs, func(d *ast.CommentGroup) bool {
				return slices.ContainsFunc(strings.Split(d.Text(), "\n"), func(line string) bool { return strings.HasPrefix(line, noExample) })
			})})
		}
	}
	for _, f := range files {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add("", d.Name, d.Doc)
				} else if receiverExported(d) {
					add(receiver(d)+".", d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add("", s.Name, s.Doc, d.Doc)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							add("", id, s.Doc, s.Comment, d.Doc)
						}
					}
				}
			}
		}
	}
	return names
}
