package catalogfile

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// An Error is a fault of a catalog file.
type Error struct {
	Line int    // from 1; 0: not known
	Path string // like types[3].capacity.memory; "": the file
	Err  error
}

func (e *Error) Error() string {
	text := e.Err.Error()
	if e.Path != "" {
		text = e.Path + ": " + text
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

// Unwrap returns what is wrong there.
func (e *Error) Unwrap() error { return e.Err }

// syntaxError returns an error of the YAML parser with its line.
func syntaxError(err error) error {
	text := err.Error()
	m := regexp.MustCompile(`line (\d+): (.*)`).FindStringSubmatch(text)
	if m == nil {
		return &Error{Err: errors.New(strings.TrimPrefix(text, "yaml: "))}
	}
	line, _ := strconv.Atoi(m[1])
	return &Error{Line: line, Err: errors.New(m[2])}
}

// lineOf returns the line of what a path in the document names, or of the nearest
// that is there.
func lineOf(document *yaml.Node, path string) int {
	if len(document.Content) == 0 {
		return 0
	}
	node, line := document.Content[0], document.Content[0].Line
	for path != "" && node != nil {
		node, path = step(node, path)
		if node != nil {
			line = node.Line
		}
	}
	return line
}

// step goes one key or index down, and returns what is left of the path. Keys may
// hold points: the longest key that the node has counts.
func step(node *yaml.Node, path string) (next *yaml.Node, rest string) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	path = strings.TrimPrefix(path, ".")
	if inner, ok := strings.CutPrefix(path, "["); ok {
		key, rest, _ := strings.Cut(inner, "]")
		if i, err := strconv.Atoi(key); err == nil && node.Kind == yaml.SequenceNode && i < len(node.Content) {
			return node.Content[i], rest
		}
		return keyOf(node, key), rest
	}
	best := ""
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		key := node.Content[i].Value
		after, ok := strings.CutPrefix(path, key)
		if ok && len(key) > len(best) && (after == "" || after[0] == '.' || after[0] == '[') {
			best, next, rest = key, node.Content[i+1], after
			if next.Kind == yaml.ScalarNode || after == "" {
				next = withLine(next, node.Content[i].Line)
			}
		}
	}
	return next, rest
}

// keyOf returns the value of a key of a mapping; nil: there is none.
func keyOf(node *yaml.Node, key string) *yaml.Node {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return withLine(node.Content[i+1], node.Content[i].Line)
		}
	}
	return nil
}

// withLine returns a node on the line of its key.
func withLine(node *yaml.Node, line int) *yaml.Node {
	moved := *node
	moved.Line = line
	return &moved
}
