package solver

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
func (r *run) dealt(value []int64) model.Solution {
	m := r.model
	var s model.Solution
	for range mostDeals {
		demand, free := s.Left(m), s.Free(m)
		if !slices.ContainsFunc(demand, func(n int64) bool { return n > 0 }) {
			break
		}
		launches := r.launchesFor(demand, free)
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
			launches = r.launchesFor(units, free)
		}
		nodes := make([]int64, len(launches))
		for b, n := range launches {
			nodes[b] = m.Launches(b, free, int64(n)) / times
			m.Spend(b, free, nodes[b]*times)
		}
		if slices.Max(nodes) == 0 {
			break
		}
		s = append(s, deal.Deal(m, nodes, times, demand, value, r.meter)...)
	}
	return s
}

// launchesFor returns how often each bin is launched for the demand, within the free
// caps, in the linear program over resources.
func (r *run) launchesFor(demand, free []int64) []float64 {
	m := *r.model
	m.Caps = free
	m.Classes = slices.Clone(m.Classes)
	for c, n := range demand {
		m.Classes[c].Count = n
	}
	launches := make([]float64, len(m.Bins))
	for i, n := range relax.Solve(&m, r.bins).Launches {
		launches[r.bins[i]] = n
	}
	return launches
}
