package lint

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// unclear finds phrases that hide what they are about: they stand for a parameter instead
// of naming it, or for a sentence of its own, or say of an existing node where it is.
var unclear = regexp.MustCompile(`(?i)\b(so\s+many|of\s+which|what\s+of\s+it|(is|are)\s+up)\b`)

func wordRules() []rule {
	return []rule{{"plain English", unclearComments, []snippet{
		{"catalog/x.go", "package catalog\n\n// F runs for so many ticks."},
		{"catalog/x.go", "package catalog\n\n// F returns the nodes of\n// which some are full."},
		{"catalog/x_test.go", "package catalog\n\nvar x int // nodes that are up"},
	}}}
}

// unclearComments finds unclear phrases in comments, also across lines.
func unclearComments(f file) []string {
	var faults []string
	for _, c := range f.ast.Comments {
		if phrase := unclear.FindString(c.Text()); phrase != "" {
			faults = append(faults, fmt.Sprintf("line %d: %q", f.fset.Position(c.Pos()).Line, phrase))
		}
	}
	return faults
}

// TestDocuments finds unclear phrases in the documents of the tree, and holds README.md to
// its size.
func TestDocuments(t *testing.T) {
	const maxReadmeLines = 120
	seen := 0
	top := os.DirFS(root)
	require.NoError(t, fs.WalkDir(top, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && name[0] == '.':
			return fs.SkipDir
		case path.Ext(name) != ".md":
			return nil
		}
		seen++
		text, err := fs.ReadFile(top, name)
		require.NoError(t, err)
		for i, line := range strings.Split(string(text), "\n") {
			if phrase := unclear.FindString(line); phrase != "" {
				t.Errorf("%s:%d: %q", name, i+1, phrase)
			}
		}
		if n := strings.Count(string(text), "\n"); name == "README.md" && n > maxReadmeLines {
			t.Errorf("%s: %d lines, most is %d", name, n, maxReadmeLines)
		}
		return nil
	}))
	require.Greater(t, seen, 5)
}
