package primal

import (
	"slices"
	"sync"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/single"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// first returns the optimum where there is one class, else what packing gives, of many
// sections one by one.
func (p *space) first() model.Solution {
	if len(p.model.Classes) == 1 && p.without.Uses(technique.SingleClass) {
		if s, ok := single.Solve(p.model, p.bins); ok && !s.OutOfOrder(p.model) {
			return s
		}
	}
	if sections := p.sections(); sections != nil {
		return p.packApart(sections)
	}
	return p.pack()
}

// pack returns the best of some ways to pack.
func (p *space) pack() model.Solution {
	m := p.model
	value := packingValues(m, p.values, nil)
	packer := greedy.NewPacker(m, p.bins, p.meter)
	var best model.Solution
	try := func(s model.Solution) {
		s = search.Shrink(m, p.bins, s, s.Free(m)).Normal()
		if best == nil || s.Better(m, best) {
			best = s
		}
	}
	if len(m.Classes) > 1 && m.Ranks <= 1 && p.without.Uses(technique.Dealing) {
		s := p.packBalanced(value)
		try(append(s, packer.Pack(s.Left(m), s.Free(m), value, p.costs.at(0))...))
		if len(m.Caps) == 0 && p.nearBest(best) {
			return best
		}
	}
	tied := sync.OnceValue(p.tied)
	for i := range min(p.costs.count(), maxCosts) {
		if i > 1 && model.NoneLeft(best.Left(m)) || best != nil && p.meter.Interrupted() {
			break // no cap is in the way, or no time is left
		}
		price := p.costs.at(i)
		try(packer.Pack(model.Solution{}.Left(m), model.Solution{}.Free(m), value, price))
		if len(m.Caps) > 0 && !model.NoneLeft(best.Left(m)) && !p.meter.Interrupted() {
			try(turnByTurn(m, packer, value, price, func(c int) int { return m.Classes[c].Level }))
			if tied := tied(); tied != nil && !p.meter.Interrupted() {
				try(turnByTurn(m, packer, value, price, func(c int) int { return 2*m.Classes[c].Level + 1 - tied[c] }))
			}
		}
	}
	return best
}

// nearEnough is the gap from which on packing in other ways gives next to nothing.
const nearEnough = 0.005

// nearBest reports whether s costs little more than its pods are worth. Where nodes
// are free that says nothing.
func (p *space) nearBest(s model.Solution) bool {
	worth := 0.0
	for c := range p.model.Classes {
		worth += float64(p.values[c] * float64(p.model.Classes[c].Count))
	}
	return model.NoneLeft(s.Left(p.model)) && float64(s.Cost(p.model)) <= float64(worth*(1+nearEnough))
}

// turnByTurn packs classes turn by turn, those of turn 0 first: what is left of the nodes of the earlier ones is topped up with
// the next, before more are launched.
func turnByTurn(m *model.Model, packer *greedy.Packer, value, price []int64, turn func(class int) int) model.Solution {
	var s model.Solution
	last := 0
	for c := range m.Classes {
		last = max(last, turn(c))
	}
	for now := range last + 1 {
		remaining := s.Left(m)
		for c := range remaining {
			if turn(c) > now {
				remaining[c] = 0
			}
		}
		s = packer.TopUp(s, remaining)
		s = append(s, packer.Pack(remaining, s.Free(m), value, price)...)
	}
	return s
}

// tied returns 1 for each class that only nodes hold which take of some cap, and 0 for the others; nil: all are alike.
// Where the others fill these nodes the limit does not suffice.
func (p *space) tied() []int {
	tied, some := make([]int, len(p.model.Classes)), 0
	for c := range tied {
		tied[c] = 1
		for _, b := range p.bins {
			if len(p.model.Bins[b].Uses) == 0 && p.model.MostOf(c, b) > 0 {
				tied[c] = 0
				break
			}
		}
		some += tied[c]
	}
	if some == 0 || some == len(tied) {
		return nil
	}
	return tied
}

// packingValues returns the values of classes as whole numbers above zero, fit
// to be multiplied by any price. Where the duals of the program over columns are known,
// they are half way to these: by the duals alone, pods that the known patterns hold in
// plenty would be worth nothing.
func packingValues(m *model.Model, values, duals []float64) []int64 {
	values = slices.Clone(values)
	for c, dual := range duals {
		values[c] = (values[c] + dual) / 2
	}
	return m.PackingValues(values)
}

// costs are what the first packings take for the price of each bin: the price itself,
// the price with what a launch takes of the caps by their worth, and for each limit of a
// pool and quota what a launch takes of it. There are as many of the last as limits, and
// few are asked for: they are made then.
type costs struct {
	bins   []model.Bin
	priced [][]int64 // the price first
	caps   []int     // the limits
	limits []int64   // of all caps
}

// packingCosts returns the costs of a model. caps is what one unit of each cap is worth.
func packingCosts(m *model.Model, caps []float64, without technique.Set) costs {
	list := make([]int64, len(m.Bins))
	for b := range m.Bins {
		list[b] = m.Bins[b].Price
	}
	out := costs{bins: m.Bins, priced: [][]int64{list}, limits: m.Caps}
	if !without.Uses(technique.CapPricing) {
		return out
	}
	if slices.ContainsFunc(caps, func(w float64) bool { return w > 0 }) {
		out.priced = append(out.priced, withRents(m, list, caps))
	}
	for k := range m.Caps {
		if m.Counted == nil || !m.Counted[k] {
			out.caps = append(out.caps, k)
		}
	}
	return out
}

// withRents returns the prices of bins with what a launch takes of the caps. rents is what
// one unit of each cap is worth.
func withRents(m *model.Model, price []int64, rents []float64) []int64 {
	price = slices.Clone(price)
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			price[b] += int64(rents[u.Cap] * float64(u.Amount))
		}
	}
	return price
}

// count returns how many costs of a bin there are.
func (c *costs) count() int { return len(c.priced) + len(c.caps) }

// at returns the i-th cost of each bin.
func (c *costs) at(i int) []int64 {
	if i < len(c.priced) {
		return c.priced[i]
	}
	k := c.caps[i-len(c.priced)]
	share := make([]int64, len(c.bins))
	for b := range c.bins {
		for _, u := range c.bins[b].Uses {
			if u.Cap == k {
				share[b] = 1 + int64(float64(u.Amount)/float64(max(c.limits[k], 1))*fullCap)
			}
		}
	}
	return share
}

// of returns the costs of some bins, as they are in a model of their own.
func (c *costs) of(bins []int, own []model.Bin) costs {
	out := costs{bins: own, priced: make([][]int64, len(c.priced)), caps: c.caps, limits: c.limits}
	for i, list := range c.priced {
		for _, b := range bins {
			out.priced[i] = append(out.priced[i], list[b])
		}
	}
	return out
}

// maxCosts bounds the costs that are tried.
const maxCosts = 64

// fullCap is the price of a launch that takes all of a cap.
const fullCap = 1 << 40
