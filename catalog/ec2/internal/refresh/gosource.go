package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
)

// A source is a generated Go file that declares one table.
type source struct {
	date  string // of its generation, like 2026-08-06
	table map[string]ast.Expr
}

// readSource reads a generated file: its table is the first variable, a map.
func readSource(checkout fs.FS, path string) (source, error) {
	text, err := fs.ReadFile(checkout, path)
	if err != nil {
		return source{}, err
	}
	date := regexp.MustCompile(`generated at (\d{4}-\d\d-\d\d)`).FindSubmatch(text)
	if date == nil {
		return source{}, fmt.Errorf("%s: does not say when it was generated", path)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	for _, d := range file.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			for _, value := range spec.(*ast.ValueSpec).Values {
				table, err := fields(value)
				if err != nil {
					return source{}, fmt.Errorf("%s: %w", path, err)
				}
				return source{date: string(date[1]), table: table}, nil
			}
		}
	}
	return source{}, fmt.Errorf("%s: declares no table", path)
}

// fields returns the elements of a composite literal by key: of a map with
// strings as keys, or of a struct.
func fields(e ast.Expr) (map[string]ast.Expr, error) {
	literal, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, errors.New("is not a composite literal")
	}
	m := make(map[string]ast.Expr, len(literal.Elts))
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil, errors.New("has an element without a key")
		}
		switch key := pair.Key.(type) {
		case *ast.Ident:
			m[key.Name] = pair.Value
		case *ast.BasicLit:
			name, err := strconv.Unquote(key.Value)
			if err != nil {
				return nil, fmt.Errorf("has the key %s", key.Value)
			}
			m[name] = pair.Value
		}
	}
	return m, nil
}

// number returns the text of a number; "" if e is something else.
func number(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok && (literal.Kind == token.INT || literal.Kind == token.FLOAT) {
		return literal.Value
	}
	return ""
}
