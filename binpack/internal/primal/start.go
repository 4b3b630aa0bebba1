package primal

import (
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
)

// A Node is a node of an earlier plan, as the whole model has it.
type Node struct {
	Bins []int // that it may be: the first that can be launched counts
	Pods []Pods
}

// Pods are alike pods on a Node.
type Pods struct {
	Classes []int // of the whole model, that they may be of
	Count   int64
}

// StartFrom makes nodes of an earlier plan the incumbent as far as they still fit, with
// the pods that are left over packed on what is launched already and on more, where that
// is better than the first solution. Rules over domains may have put pods into other
// cells than the plan has them in: those are packed anew.
func (p *Primal) StartFrom(nodes []Node) {
	m := p.space.model
	if p.fault != nil || len(m.Classes) < 2 {
		return
	}
	s := p.fitting(nodes)
	packer := greedy.NewPacker(m, p.space.bins, p.meter)
	value := packingValues(m, p.space.values, nil)
	left := s.Left(m)
	s = packer.TopUp(s, left)
	s = append(s, packer.Pack(left, s.Free(m), value, p.space.prices[0])...)
	s = search.Shrink(m, p.space.bins, s, s.Free(m))
	s = p.space.split.Repair(p.space.inOrder(s)).Normal()
	if s.Check(m) == nil && !s.Jumps(m) && s.Better(m, p.incumbent) {
		p.incumbent = s
	}
}

// fitting returns the nodes that the model still allows, with those of their pods that
// it still asks for.
func (p *Primal) fitting(nodes []Node) model.Solution {
	m := p.space.model
	parts := p.parts()
	left, free := model.Solution{}.Left(m), model.Solution{}.Free(m)
	filling := model.NewFilling(m)
	var s model.Solution
	for _, n := range nodes {
		b := firstLaunchable(m, n.Bins, free)
		if b < 0 {
			continue
		}
		counts := make([]int64, len(m.Classes))
		filling.Empty(b)
		for _, on := range n.Pods {
			rest := on.Count
			for _, class := range on.Classes {
				for _, c := range parts[class] {
					if rest <= 0 || !m.Bins[b].Admits[c] {
						continue
					}
					some := filling.Fit(c, min(rest, left[c]))
					filling.Take(c, some)
					counts[c], left[c], rest = counts[c]+some, left[c]-some, rest-some
				}
			}
		}
		j := model.Column{Bin: b, Times: 1}
		for c, n := range counts {
			if n > 0 {
				j.Counts = append(j.Counts, model.Count{Class: c, N: n})
			}
		}
		if len(j.Counts) > 0 {
			m.Spend(b, free, 1)
			s = append(s, j)
		}
	}
	return s
}

// firstLaunchable returns the first bin that the free caps allow to launch; -1: none.
func firstLaunchable(m *model.Model, bins []int, free []int64) int {
	for _, b := range bins {
		if m.Launches(b, free, 1) > 0 {
			return b
		}
	}
	return -1
}

// parts returns, for each class of the whole model, the classes of the space that are
// one pod of it by itself.
func (p *Primal) parts() map[int][]int {
	parts := map[int][]int{}
	for i := range p.space.model.Classes {
		one := p.space.split.Whole(model.Solution{{Times: 1, Counts: []model.Count{{Class: i, N: 1}}}})
		if counts := one[0].Counts; len(counts) == 1 && counts[0].N == 1 {
			parts[counts[0].Class] = append(parts[counts[0].Class], i)
		}
	}
	return parts
}
