package documents

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// maxValues is about the most values of a YAML document: reading takes some
// hundred bytes for each, however short.
const maxValues = 4_000_000

// JSON returns the document as JSON; nil: it is empty. A key that a mapping has
// twice counts as stated last; it is returned as a fault too.
func (d Document) JSON() (text []byte, twice *LineError, err error) {
	switch {
	case d.isJSON:
		return d.Text, nil, nil
	case empty(d.Text):
		return nil, nil, nil
	}
	if bytes.Count(d.Text, []byte(","))+bytes.Count(d.Text, []byte("\n")) > maxValues {
		return nil, nil, &LineError{d.Line, fmt.Errorf("has more than %d lines and commas", maxValues)}
	}
	if err := checkAliases(d.Text); err != nil {
		return nil, nil, d.atLine(err)
	}
	text, err = yaml.YAMLToJSONStrict(d.Text)
	if err == nil {
		return text, nil, nil
	}
	text, looseErr := yaml.YAMLToJSON(d.Text)
	if looseErr != nil {
		return nil, nil, d.atLine(looseErr)
	}
	return text, d.atLine(err), nil
}

var lineOf = regexp.MustCompile(`line (\d+): (.*)`)

// atLine returns an error of the YAML reader with the line in the text.
func (d Document) atLine(err error) *LineError {
	m := lineOf.FindStringSubmatch(err.Error())
	if m == nil {
		return &LineError{d.Line, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	line, _ := strconv.Atoi(m[1])
	if strings.HasPrefix(m[2], "did not find expected") {
		line++ // these alone the reader counts from 0
	}
	return &LineError{d.line(line), errors.New(m[2])}
}

// line returns the line of the text for line n of the document, the last one at most:
// YAML knows more ends of lines than files do, and finds at the end of a document what is
// missing before.
func (d Document) line(n int) int { return d.Line + min(max(n, 1), d.height()) - 1 }

// height returns how many lines the document has, empty ones at its end set aside.
func (d Document) height() int {
	return lineAt(d.Text, int64(len(bytes.TrimRight(d.Text, " \t\r\n"))))
}

// Lines knows where the values of a document stand.
type Lines struct {
	first, height int
	top           *goyaml.Node // nil: the document cannot be read
}

// Lines reads the document for where its values stand.
func (d Document) Lines() *Lines {
	l := &Lines{first: d.Line, height: d.height()}
	var root goyaml.Node
	if goyaml.Unmarshal(d.Text, &root) == nil && len(root.Content) > 0 {
		l.top = root.Content[0]
	}
	return l
}

// Of returns the line of the text where a value stands: keys and indices from the
// top of the document. Of what is not there, that of what would hold it.
func (l *Lines) Of(path ...any) int {
	at := l.top
	if at == nil {
		return l.first
	}
	line := at.Line
	for _, step := range path {
		for at.Kind == goyaml.AliasNode {
			at = at.Alias
		}
		next := child(at, step)
		if next == nil {
			break
		}
		at, line = next, next.Line
	}
	return l.first + min(max(line, 1), l.height) - 1
}

// child returns the value at a key or index; nil: there is none.
func child(n *goyaml.Node, step any) *goyaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == goyaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		for i := 0; n.Kind == goyaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}
