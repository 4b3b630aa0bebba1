package integral

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/diving"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/packing"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// firstTicks is how long numbers of nodes are looked at the first time, ticksGrow the factor by
	// which that grows, and lastTicks where it ends.
	firstTicks, ticksGrow, lastTicks = 300_000, 2, 100_000_000
)

// A packer puts all pods on given numbers of nodes.
type packer struct {
	m      *model.Model
	bins   []int
	values []float64 // about what a pod of each class is worth
	meter  *work.Meter
	search packing.Search
	round  uint64 // how often it was told to look longer
	ticks  int64
}

func newPacker(m *model.Model, bins []int, values []float64, meter *work.Meter) *packer {
	p := &packer{m: m, bins: bins, values: values, meter: meter, ticks: firstTicks}
	for c := range m.Classes {
		class := &m.Classes[c]
		p.search.Kinds = append(p.search.Kinds, packing.Kind{Count: class.Count, PerNode: class.Count, Requests: class.Requests})
	}
	for _, b := range bins {
		p.search.Nodes = append(p.search.Nodes, packing.Node{Capacity: m.Clamp(b).Capacity, Admits: m.Bins[b].Admits.Bools(len(m.Classes))})
	}
	return p
}

// lookLonger makes it look longer, and in other ways.
func (p *packer) lookLonger() {
	p.round++
	p.ticks = min(p.ticks*ticksGrow, lastTicks)
}

// pack looks for a solution that launches no more nodes of the bins than y and costs less than
// cost; nil: it found none. refuted says that there is none: no nodes like these hold all pods.
func (p *packer) pack(y []int64, cost int64) (found model.Solution, refuted bool) {
	if found = p.dive(y, cost); found != nil {
		return found, false
	}
	a := p.search.Ask(p.meter.Context(), y, int(p.ticks))
	p.meter.Spend(a.Ticks)
	for _, n := range a.Found {
		found = append(found, model.ColumnOf(p.bins[n.Node], n.Times, n.Counts))
	}
	if found != nil && found.Cost(p.m) >= cost {
		found = nil
	}
	return found, a.Refuted
}

// dive looks for such a solution by a dive and a search from there.
func (p *packer) dive(y []int64, cost int64) model.Solution {
	m, bins := p.limited(y)
	demand, free := model.Solution{}.Left(m), model.Solution{}.Free(m)
	generator := colgen.New(m, bins, p.meter)
	x := generator.Solve(demand, free, p.values, colgen.Effort{Rounds: colgen.MaxRounds, Ticks: p.ticks, Level: colgen.Quick})
	value, price := m.PackingValues(x.Duals), make([]int64, len(m.Bins))
	for _, b := range bins {
		price[b] = m.Bins[b].Price
	}
	greedily := greedy.NewPacker(m, bins, p.meter)
	diver := diving.Diver{
		Model: m, Generator: generator, Meter: p.meter, Better: func(a, b model.Solution) bool { return a.Better(m, b) },
		Complete: func(fixed model.Solution, demand, free []int64) (model.Solution, bool) {
			s := slices.Concat(fixed, greedily.Pack(slices.Clone(demand), slices.Clone(free), value, price))
			return s, model.NoneLeft(s.Left(m))
		},
	}
	if p.round > 0 {
		diver.Rng = rand.New(rand.NewPCG(p.round, 9))
	}
	s := diver.Dive(nil, demand, free, x, math.Inf(1), p.ticks)
	around := search.New(m, bins, s.Normal(), value, price, nil, p.round, p.meter)
	for end := p.meter.Spent() + 2*p.ticks; !model.NoneLeft(s.Left(m)) && around.Improve(end-p.meter.Spent()); {
		s = around.Solution()
	}
	if !model.NoneLeft(s.Left(m)) || s.Cost(m) >= cost {
		return nil
	}
	return s
}

// limited returns the model with caps on the launches of the bins, and the bins that may be launched.
func (p *packer) limited(y []int64) (*model.Model, []int) {
	m := *p.m
	m.Bins = slices.Clone(m.Bins)
	var bins []int
	for i, n := range y {
		if n > 0 {
			b := p.bins[i]
			m.Bins[b].Uses = []model.Use{{Cap: len(m.Caps), Amount: 1}}
			m.Caps = append(m.Caps, n)
			bins = append(bins, b)
		}
	}
	return &m, bins
}
