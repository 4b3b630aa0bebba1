package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/fill"
)

// A memo keeps the most value that nodes hold, so that several branches of one instance do
// not search alike nodes again. What is known of a node depends on it alone, whatever
// other nodes a branch has and whichever branch asks first: a first search, and a deep one
// for nodes that some branch launches.
type memo map[string]*knownFill

// A knownFill is what is known of the most value that a node holds.
type knownFill struct {
	most fill.Most
	deep bool // it was searched as far as it will be
}

const (
	// memoSteps bounds the first search of a node, branchSteps the deep one.
	memoSteps, branchSteps = 1_000, 100_000
	// knownSteps is what a node counts as that is known.
	knownSteps = 50
)

// fill returns what is known of a node, and the steps taken.
func (m memo) fill(kinds []Kind, node *Node) (*knownFill, int) {
	knapsack := knapsackOf(kinds, node)
	key := string(knapsack.AppendKey(nil))
	if h, known := m[key]; known {
		return h, knownSteps
	}
	h := &knownFill{most: knapsack.Most(memoSteps)}
	h.deep = h.most.Exact()
	m[key] = h
	return h, h.most.Steps + leastSteps
}

// fillings fills the nodes as far as they are not known.
func (m memo) fillings(ctx context.Context, p *Instance) ([]*nodeFill, []*knownFill, error) {
	all := nodeFills(p)
	known := make([]*knownFill, len(p.Nodes))
	for _, h := range all {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		of, steps := m.fill(p.Kinds, h.node)
		h.most = of.most
		h.most.Steps = steps
		for _, b := range h.index {
			known[b] = of
		}
	}
	return all, known, nil
}

// tighten searches the nodes that are launched, as far as they were not, for the cuts
// that counted, or for all where it is to be thorough. It reports whether some hold less
// than was known: then the program has another answer. It ends when ctx does.
func (p *Program) tighten(ctx context.Context, a Answer) (changed bool) {
	var buffers fill.Lists
	for i := range p.cuts {
		c := &p.cuts[i]
		if c.known == nil || !p.thorough && !slices.Contains(a.Carried, i) {
			continue
		}
		for b := range c.gains {
			h := c.known[b]
			if a.Nodes[p.p.Nodes[b].from] > 0 && !h.deep {
				if ctx.Err() != nil {
					return false
				}
				p.Steps += knapsackOf(c.valued.Kinds, &c.valued.Nodes[b]).Search(&h.most, h.most.Found, branchSteps, &buffers)
				h.deep = true
			}
			changed = changed || h.most.Bound < c.gains[b]
			c.gains[b] = h.most.Bound
		}
	}
	return changed
}
