package documents

import (
	"bytes"
	"fmt"

	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// What a document may grow to when aliases are written out: as often as large
// as its text, and this many bytes at least. Each value counts valueBytes beside
// its text.
const (
	maxGrowth  = 10
	leastLimit = 1 << 20
	valueBytes = 16
)

// checkAliases returns an error if the document's aliases make it too large, or
// one is within its own anchor. It does not write them out.
func checkAliases(text []byte) error {
	if bytes.IndexByte(text, '*') < 0 || bytes.IndexByte(text, '&') < 0 {
		return nil
	}
	var root goyaml.Node
	if err := goyaml.Unmarshal(text, &root); err != nil {
		return nil // for the reader to say
	}
	most := max(leastLimit, maxGrowth*len(text))
	m := measure{sizes: map[*goyaml.Node]int{}, most: most}
	size, err := m.size(&root)
	if err == nil && size > most {
		err = fmt.Errorf("its aliases make it larger than %d bytes", most)
	}
	return err
}

// measure knows the sizes of what anchors name.
type measure struct {
	sizes map[*goyaml.Node]int // 0: being measured
	most  int                  // larger sizes are all the same
}

// size returns how large the value is with all aliases written out.
func (m *measure) size(n *goyaml.Node) (int, error) {
	if n.Kind == goyaml.AliasNode {
		return m.size(n.Alias)
	}
	if n.Anchor != "" {
		switch size, known := m.sizes[n]; {
		case known && size == 0:
			return 0, fmt.Errorf("line %d: anchor %q contains itself", n.Line, n.Anchor)
		case known:
			return size, nil
		}
		m.sizes[n] = 0
	}
	size := valueBytes + len(n.Value)
	for _, c := range n.Content {
		s, err := m.size(c)
		if err != nil {
			return 0, err
		}
		size = min(size+s, m.most+1)
	}
	if n.Anchor != "" {
		m.sizes[n] = size
	}
	return size, nil
}
