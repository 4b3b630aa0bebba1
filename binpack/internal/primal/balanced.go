package primal

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/deal"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
)

const (
	// maxDealt is about the number of nodes that pods are dealt to at once: where
	// more are needed, each stands for several.
	maxDealt = 256
	// maxDeals bounds how often what found no place is dealt again.
	maxDeals = 6
)

// packBalanced returns a solution of some of the pods, nearly all where there are many,
// in which they are dealt to the nodes that a linear program over resources
// launches; what finds no place is dealt again.
func (p *space) packBalanced(value []int64) model.Solution {
	m := p.model
	var s model.Solution
	for range maxDeals {
		demand, free := s.Left(m), s.Free(m)
		if !slices.ContainsFunc(demand, func(n int64) bool { return n > 0 }) {
			break
		}
		launches := p.launches()
		if launches == nil || len(s) > 0 {
			launches = p.launchesFor(demand, free)
		}
		sum := 0.0
		for _, n := range launches {
			sum += n
		}
		times := max(1, int64(sum/maxDealt))
		if times > 1 {
			even := slices.Clone(demand)
			for c := range even {
				even[c] -= even[c] % times
			}
			launches = p.launchesFor(even, free)
		}
		nodes := make([]int64, len(launches))
		for b, n := range launches {
			nodes[b] = m.Launches(b, free, int64(n)) / times
			m.Spend(b, free, nodes[b]*times)
		}
		if slices.Max(nodes) == 0 {
			break
		}
		s = append(s, deal.Deal(m, nodes, times, demand, value, p.meter)...)
	}
	return s
}

// launches returns how often each bin is launched for all pods in the linear program over
// resources; nil: it is not known.
func (p *space) launches() []float64 {
	if p.worth.Model != p.model { // it is of another
		return nil
	}
	return p.worth.Launches
}

// launchesFor returns how often each bin is launched for the demand, within the free
// caps, in the linear program over resources.
func (p *space) launchesFor(demand, free []int64) []float64 {
	m := *p.model
	m.Caps = free
	m.Classes = slices.Clone(m.Classes)
	for c, n := range demand {
		m.Classes[c].Count = n
	}
	return relax.Solve(p.meter.Context(), &m, p.bins).Launches
}
