package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/fill"
)

// Several branches of one instance share a fill.Memo, so that they do not search alike
// nodes again: a first search, and a deep one for nodes that some branch launches.

const (
	// branchSteps bounds the deep search of a node.
	branchSteps = 100_000
	// knownSteps is what a node counts as that is known.
	knownSteps = 50
)

// remembered returns the fillings of the nodes, which it searches as far as m does not know them.
func remembered(ctx context.Context, m fill.Memo, p *Instance) ([]*nodeFill, []*fill.Known, error) {
	all := nodeFills(p)
	known := make([]*fill.Known, len(p.Nodes))
	for _, h := range all {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		of, before := m.Of(h.of.Knapsack())
		h.of.Most = of.Most
		if h.of.Most.Steps += fill.LeastSteps; before {
			h.of.Most.Steps = knownSteps
		}
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
	buffers := fill.Lists{Ended: func() bool { return ctx.Err() != nil }}
	for i := range p.cuts {
		c := &p.cuts[i]
		if c.known == nil || !p.thorough && !slices.Contains(a.Carried, i) {
			continue
		}
		for b := range c.gains {
			h := c.known[b]
			if a.Nodes[p.p.Nodes[b].from] > 0 && !h.Deep {
				if ctx.Err() != nil {
					return false
				}
				p.Steps += knapsackOf(c.valued.Kinds, &c.valued.Nodes[b]).Search(&h.Most, h.Most.Found, branchSteps, &buffers)
				h.Deep = true
			}
			changed = changed || h.Most.Bound < c.gains[b]
			c.gains[b] = h.Most.Bound
		}
	}
	return changed
}
