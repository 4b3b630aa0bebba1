package primal

import (
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
)

// A Node is alike nodes of an earlier plan, as the unsplit model has them.
type Node struct {
	Bins  []int // that they may be: the first that can be launched counts
	Times int64 // how many they are
	Pods  []Pods
}

// Pods are alike pods on a Node.
type Pods struct {
	Classes []int // of the unsplit model, that they may be of
	Count   int64
}

// StartFrom makes nodes of an earlier plan the incumbent as far as they still fit, with
// the pods that are left over packed on what is launched already and on more, where that
// is better than the first solution. Rules over domains may have put pods into other
// cells than the plan has them in: those are packed anew. It returns how many pods fit
// where the plan has them.
func (p *Primal) StartFrom(nodes []Node) (fit int64) {
	m := p.space.model
	if p.fault != nil || len(m.Classes) < 2 {
		return 0
	}
	s := p.fitting(nodes)
	for _, j := range s {
		for _, n := range j.Counts {
			fit += n.N * j.Times
		}
	}
	packer := greedy.NewPacker(m, p.space.bins, p.meter)
	value := packingValues(m, p.space.values, nil)
	left := s.Left(m)
	s = packer.TopUp(s, left)
	s = append(s, packer.Pack(left, s.Free(m), value, p.space.costs.at(0))...)
	s = search.Shrink(m, p.space.bins, s, s.Free(m))
	s = p.space.split.Repair(p.space.inOrder(s)).Normal()
	if s.Check(m) == nil && !s.OutOfOrder(m) && s.Better(m, p.incumbent) {
		p.incumbent = s
	}
	return fit
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
		for rest := n.Times; rest > 0; {
			b := firstLaunchable(m, n.Bins, free)
			if b < 0 {
				break
			}
			j := filled(m, filling, b, n.Pods, parts, left)
			if len(j.Counts) == 0 {
				break
			}
			j.Times = m.Launches(b, free, rest)
			for _, n := range j.Counts {
				j.Times = min(j.Times, 1+left[n.Class]/n.N)
			}
			for _, n := range j.Counts {
				left[n.Class] -= n.N * (j.Times - 1)
			}
			m.Spend(b, free, j.Times)
			rest -= j.Times
			s = append(s, j)
		}
	}
	return s
}

// filled returns one launch of bin b with the pods, as far as they fit and are left, and
// takes them from what is left.
func filled(m *model.Model, filling *model.Filling, b int, pods []Pods, parts map[int][]int, left []int64) model.Column {
	counts := make([]int64, len(m.Classes))
	filling.Empty(b)
	for _, on := range pods {
		rest := on.Count
		for _, class := range on.Classes {
			for _, c := range parts[class] {
				if rest <= 0 || !m.Bins[b].Admits.Has(c) {
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
	return j
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

// parts returns, for each class of the unsplit model, the classes of the space that are
// one pod of it by itself.
func (p *Primal) parts() map[int][]int {
	parts := map[int][]int{}
	for i := range p.space.model.Classes {
		one := p.space.split.Unsplit(model.Solution{{Times: 1, Counts: []model.Count{{Class: i, N: 1}}}})
		if counts := one[0].Counts; len(counts) == 1 && counts[0].N == 1 {
			parts[counts[0].Class] = append(parts[counts[0].Class], i)
		}
	}
	return parts
}
