package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"strings"

	"github.com/stowage/stowage/catalog/ec2"
)

// Paths in a checkout of github.com/kubernetes-sigs/aws-ebs-csi-driver. The first
// has what DescribeInstanceTypes says, the second corrects it.
const (
	volumesPath   = "pkg/cloud/limits/volume_limits_table.go"
	dedicatedPath = "pkg/cloud/limits/volume_limits.go"
)

// readVolumes returns the limits by type. Types that are not there have the
// driver's default.
func readVolumes(checkout fs.FS) (map[string]ec2.VolumeLimit, error) {
	tables, err := mapsOf(checkout, volumesPath)
	if err != nil {
		return nil, err
	}
	corrections, err := mapsOf(checkout, dedicatedPath)
	if err != nil {
		return nil, err
	}
	if tables["volumeLimits"] == nil || corrections["dedicatedInstances"] == nil {
		return nil, fmt.Errorf("%s has no volumeLimits or %s no dedicatedInstances", volumesPath, dedicatedPath)
	}
	limits := map[string]ec2.VolumeLimit{}
	for name, e := range tables["volumeLimits"] {
		limit, err := readVolumeLimit(e)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", volumesPath, name, err)
		}
		if _, dedicated := corrections["dedicatedInstances"][name]; dedicated {
			limit.Shared = false
		}
		limits[name] = limit
	}
	return limits, nil
}

// readVolumeLimit reads a literal like {26, "shared"}.
func readVolumeLimit(e ast.Expr) (ec2.VolumeLimit, error) {
	literal, ok := e.(*ast.CompositeLit)
	if !ok || len(literal.Elts) != 2 {
		return ec2.VolumeLimit{}, errors.New("is not a number and a kind")
	}
	kind, ok := literal.Elts[1].(*ast.BasicLit)
	n, err := strconv.ParseInt(number(literal.Elts[0]), 10, 16)
	if !ok || err != nil {
		return ec2.VolumeLimit{}, errors.New("is not a number and a kind")
	}
	switch strings.Trim(kind.Value, `"`) {
	case "shared":
		return ec2.VolumeLimit{Count: n, Shared: true}, nil
	case "dedicated":
		return ec2.VolumeLimit{Count: n}, nil
	}
	return ec2.VolumeLimit{}, fmt.Errorf("%s is not a kind of limit", kind.Value)
}

// mapsOf returns the maps that a file declares, by name of the variable.
func mapsOf(checkout fs.FS, path string) (map[string]map[string]ast.Expr, error) {
	text, err := fs.ReadFile(checkout, path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	found := map[string]map[string]ast.Expr{}
	for _, d := range file.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, value := range spec.Values {
				if table, err := fields(value); err == nil && i < len(spec.Names) {
					found[spec.Names[i].Name] = table
				}
			}
		}
	}
	return found, nil
}
