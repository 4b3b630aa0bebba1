package binpack

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/deal"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
)

const (
	// mostDealt is about the number of nodes that pods are dealt to at once: where
	// more are needed, each stands for several.
	mostDealt = 256
	// mostDeals bounds how often what found no place is dealt again.
	mostDeals = 6
)

// dealt returns a solution of some of the pods, nearly all where there are many,
// in which they are dealt to the nodes that a linear program over resources
// launches; what finds no place is dealt again.
func (r *run) dealt(p *part, value []int64) model.Solution {
	var s model.Solution
	for range mostDeals {
		demand, free := s.Left(p.Model), s.Free(p.Model)
		if !slices.ContainsFunc(demand, func(n int64) bool { return n > 0 }) {
			break
		}
		launches := launchesOf(p, demand, free)
		sum := 0.0
		for _, n := range launches {
			sum += n
		}
		times := max(1, int64(sum/mostDealt))
		if times > 1 {
			units := slices.Clone(demand)
			for c := range units {
				units[c] -= units[c] % times
			}
			launches = launchesOf(p, units, free)
		}
		nodes := make([]int64, len(launches))
		for b, n := range launches {
			nodes[b] = p.Launches(b, free, int64(n)) / times
			p.Spend(b, free, nodes[b]*times)
		}
		if slices.Max(nodes) == 0 {
			break
		}
		s = append(s, deal.Deal(p.Model, nodes, times, demand, value, r.meter)...)
	}
	return s
}

// launchesOf returns how often each bin is launched for the demand, within the free
// caps, in the linear program over resources.
func launchesOf(p *part, demand, free []int64) []float64 {
	m := *p.Model
	m.Caps = free
	m.Classes = slices.Clone(m.Classes)
	for c, n := range demand {
		m.Classes[c].Count = n
	}
	launches := make([]float64, len(m.Bins))
	for i, n := range relax.Solve(&m, p.bins).Launches {
		launches[p.bins[i]] = n
	}
	return launches
}
