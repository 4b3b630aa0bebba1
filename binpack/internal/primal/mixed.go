package primal

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// Where a limit is in the way, packing by price alone leaves pods, and packing by what
// launches take of the limit alone costs more than need be. Between the two is a price of
// the limit at which all find room, but hardly.

const (
	// mixes is how many prices are tried: each time the range is halved.
	mixes = 6
	// mostMixed is how many times as much one may count as the other.
	mostMixed = 16.0
	// tinyShare keeps a quotient finite where no limit is used.
	tinyShare = 1e-12
)

// mixCosts packs with prices between the list's and what launches take of the limits, and
// keeps the best. From then on the search knows the least such prices at which no more pods
// are left, and what pods are worth at them.
func (p *Primal) mixCosts() {
	s := p.space
	m := s.model
	if s.costs.count() < 2 || m.Ranks > 1 || len(m.Classes) < 2 || p.Empty() || !p.without.Uses(technique.MixedPrices) {
		return
	}
	packer := greedy.NewPacker(m, s.bins, p.meter)
	least := m.ByLevel(p.incumbent.Left(m))
	suffices := func(values []float64, price []int64) bool {
		packed := packer.Pack(model.Solution{}.Left(m), model.Solution{}.Free(m), packingValues(m, values, nil), price)
		packed = search.Shrink(m, s.bins, packed, packed.Free(m)).Normal()
		p.keep(packed)
		return slices.Compare(m.ByLevel(packed.Left(m)), least) <= 0
	}
	if suffices(s.values, s.costs.at(0)) {
		return
	}
	shares, all := shares(m), 0.0
	for _, j := range p.incumbent {
		all += float64(shares[j.Bin] * float64(j.Times))
	}
	unit := float64(p.Cost()) / max(all, tinyShare)
	low, high := 1/mostMixed, mostMixed
	for range mixes {
		middle := math.Sqrt(low * high)
		price := slices.Clone(s.costs.at(0))
		for b := range price {
			price[b] += int64(float64(middle*unit) * shares[b])
		}
		if values := s.worthAt(price); suffices(values, price) {
			high = middle
			s.mixed, s.mixedValues = price, values
		} else {
			low = middle
		}
	}
}

// shares returns which part of the limits of pools and of quotas one launch of each bin
// takes, all together.
func shares(m *model.Model) []float64 {
	out := make([]float64, len(m.Bins))
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			if m.Counted == nil || !m.Counted[u.Cap] {
				out[b] += float64(u.Amount) / float64(max(m.Caps[u.Cap], 1))
			}
		}
	}
	return out
}

// worthAt returns what one pod of each class is worth where launches have these prices, and
// there are no limits.
func (p *space) worthAt(price []int64) []float64 {
	m := *p.model
	m.Bins, m.Caps = slices.Clone(m.Bins), nil
	for b := range m.Bins {
		m.Bins[b].Price, m.Bins[b].Uses = price[b], nil
	}
	return relax.WorthOf(p.meter.Context(), &m, p.bins).Pods
}
