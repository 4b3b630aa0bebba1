package greedy

import "github.com/stowage/stowage/binpack/internal/model"

// TopUp adds remaining pods to the nodes of s as far as these have room, the
// largest classes first, and takes them out of remaining.
func (p *Packer) TopUp(s model.Solution, remaining []int64) model.Solution {
	var out model.Solution
	for _, j := range s {
		for j.Times > 0 {
			counts, added := p.topUp(j, remaining)
			if !added {
				out = append(out, j)
				break
			}
			out = append(out, model.Column{Bin: j.Bin, Times: 1, Counts: counts})
			j.Times--
		}
	}
	return out
}

// topUp adds what it can to one node, and reports whether that is anything.
func (p *Packer) topUp(j model.Column, remaining []int64) ([]model.Count, bool) {
	p.node.Empty(j.Bin)
	n := make([]int64, len(p.m.Classes))
	for _, k := range j.Counts {
		p.node.Take(k.Class, k.N)
		n[k.Class] = k.N
	}
	added := false
	for c := range p.m.Classes { // in order of size
		if remaining[c] == 0 || !p.m.Bins[j.Bin].Admits.Has(c) {
			continue
		}
		if k := p.node.Fit(c, remaining[c]); k > 0 {
			p.node.Take(c, k)
			n[c] += k
			remaining[c] -= k
			added = true
		}
	}
	return countsOf(nil, n), added
}
