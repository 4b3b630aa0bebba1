package primal

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/ties"
)

// manyParts is the number of parts from which on each is packed by itself: with few of
// them, packing all at once takes no more time and sees more.
const manyParts = 16

// A section is classes and bins that have nothing to do with the others of a model: no
// bin of theirs admits another class, no cap counts a launch of another bin.
type section struct{ classes, bins []int }

// sections returns the sections of the space, in the order of their first bins; nil:
// there are few of them, or something else ties them together.
func (p *space) sections() []section {
	m := p.model
	if m.Gangs > 0 || m.Ranks > 1 || len(p.bins) < manyParts || len(m.Classes) < manyParts {
		return nil
	}
	root, first := tied(m, p.bins)
	var out []section
	at := map[int]int{}
	for i, b := range p.bins {
		r := root(first[i])
		n, known := at[r]
		if !known {
			n = len(out)
			at[r] = n
			out = append(out, section{})
		}
		out[n].bins = append(out[n].bins, b)
	}
	if len(out) < manyParts {
		return nil
	}
	for c := range m.Classes {
		if n, known := at[root(c)]; known {
			out[n].classes = append(out[n].classes, c)
		}
	}
	return out
}

// tied tells, of each class and then of each cap, with which others some of these bins tie
// it together: what a bin admits and uses is tied. These have one root; first is a class or
// cap of each bin.
func tied(m *model.Model, bins []int) (root func(n int) int, first []int) {
	of := ties.Of(len(m.Classes) + len(m.Caps))
	first = make([]int, len(bins))
	for i, b := range bins {
		first[i] = -1
		tie := func(n int) {
			if first[i] < 0 {
				first[i] = n
			}
			of.Tie(first[i], n)
		}
		for c := range m.Bins[b].Admits.All() {
			tie(c)
		}
		for _, u := range m.Bins[b].Uses {
			tie(len(m.Classes) + u.Cap)
		}
	}
	return of.Root, first
}

// packApart packs each section by itself.
func (p *space) packApart(sections []section) model.Solution {
	var s model.Solution
	for _, part := range sections {
		if p.meter.Context().Err() != nil {
			break
		}
		of := p.section(part)
		for _, j := range of.first().Whole(part.classes) {
			j.Bin = part.bins[j.Bin]
			s = append(s, j)
		}
	}
	return s
}

// section returns the space of a section alone.
func (p *space) section(part section) *space {
	out := *p
	out.model = p.model.Frame()
	out.bins, out.values = nil, nil
	for _, c := range part.classes {
		out.model.Classes = append(out.model.Classes, p.model.Classes[c])
		out.values = append(out.values, p.values[c])
	}
	for i, b := range part.bins {
		bin := p.model.Bins[b]
		bin.Admits = bin.Admits.Renumbered(part.classes)
		out.model.Bins = append(out.model.Bins, bin)
		out.bins = append(out.bins, i)
	}
	out.costs = p.costs.of(part.bins, out.model.Bins)
	used := slices.ContainsFunc(out.model.Bins, func(b model.Bin) bool { return len(b.Uses) > 0 })
	if !used {
		out.model.Caps, out.model.Counted = nil, nil
	}
	return &out
}
