package binpack

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/single"
)

// first returns the optimum where there is one class, else the best of some
// greedy solutions.
func (r *run) first() model.Solution {
	m := r.model
	if len(m.Classes) == 1 {
		if s, ok := single.Solve(m, r.bins); ok {
			return s.Normal()
		}
	}
	value := r.packingValues()
	packer := greedy.NewPacker(m, r.bins, r.meter)
	var best model.Solution
	try := func(s model.Solution) {
		s = search.Shrink(m, r.bins, s, s.Free(m)).Normal()
		if best == nil || r.better(s, best) {
			best = s
		}
	}
	for _, price := range r.prices() {
		try(packer.Pack(model.Solution{}.Left(m), model.Solution{}.Free(m), value, price))
		if len(m.Caps) > 0 {
			try(r.byLevels(packer, value, price))
		}
	}
	return best
}

// byLevels packs level by level of priority: what is left of the nodes of the
// higher ones is topped up with the next, before more are launched.
func (r *run) byLevels(packer *greedy.Packer, value, price []int64) model.Solution {
	m := r.model
	var s model.Solution
	for level := range m.ByLevel(s.Left(m)) {
		remaining := s.Left(m)
		for c := range remaining {
			if m.Classes[c].Level > level {
				remaining[c] = 0
			}
		}
		s = packer.TopUp(s, remaining)
		s = append(s, packer.Pack(remaining, s.Free(m), value, price)...)
	}
	return s
}

// packingValues returns the values as whole numbers above zero, fit to be
// multiplied by any price. Once the duals of the program over columns are known
// they are half way to these: by the duals alone, pods of which the patterns at
// hand have plenty would be worth nothing.
func (r *run) packingValues() []int64 {
	values := slices.Clone(r.values)
	for c, dual := range r.duals {
		values[c] = (values[c] + dual) / 2
	}
	packing := whole(r.model, values, fineTotal)
	for c := range packing {
		packing[c] = max(packing[c], 1)
	}
	return packing
}

// prices returns what the first packings take for the price of each bin: the
// price itself and, for each limit of a pool and quota, what a launch takes of it.
func (r *run) prices() [][]int64 {
	m := r.model
	list := make([]int64, len(m.Bins))
	for b := range m.Bins {
		list[b] = m.Bins[b].Price
	}
	prices := [][]int64{list}
	for k, limit := range m.Caps {
		if r.caps[k].path == "" {
			continue
		}
		share := make([]int64, len(m.Bins))
		for b := range m.Bins {
			for _, u := range m.Bins[b].Uses {
				if u.Cap == k {
					share[b] = 1 + int64(float64(u.Amount)/float64(max(limit, 1))*wholeCap)
				}
			}
		}
		prices = append(prices, share)
	}
	return prices
}

// wholeCap is the price of a launch that takes all of a cap.
const wholeCap = 1 << 40
