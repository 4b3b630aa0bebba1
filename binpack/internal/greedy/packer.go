package greedy

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A Packer packs pods of a model on some of its bins. It holds buffers: one
// goroutine at a time may use it.
type Packer struct {
	m     *model.Model
	bins  []int
	meter *work.Meter

	share [][]float64 // bin (as in bins), class·resource: the part of the node that one pod takes; nil: they are too many to be kept
	room  [][]int64   // bin, resource: the node, or what all pods ask for that it holds, if less
	parts []float64   // of one class, where shares are not kept
	order [][]int     // bin: classes that it holds, the largest first

	known  []filling // bin: what it was filled with last
	ranked [][]int   // rank: its bins

	weights         []float64 // per resource; nil: not found yet
	weight, density []float64 // per class: of its requests, and value for that
	dense           []int     // classes that had pods left at first, by density

	live         []int     // classes with pods left
	asked        []float64 // per resource, by the pods left
	node         *model.Filling
	trial, other []model.Count

	drawing drawing
}

// A drawing is what fillings are drawn with.
type drawing struct {
	rng  *rand.Rand
	open []int   // classes to be drawn
	left []int64 // per class, pods that are not on the node that is filled
}

// A filling is what a bin is filled with. As long as there are the pods for it,
// the bin would be filled alike again.
type filling struct {
	counts []model.Count
	worth  int64
	filled bool
}

// binsPerTick is how many bins are compared in one tick, about.
const binsPerTick = 4

// maxShares bounds the shares that a packer keeps: 32 MB of them.
const maxShares = 4 << 20

// NewPacker returns a packer that launches the given bins only.
func NewPacker(m *model.Model, bins []int, meter *work.Meter) *Packer {
	p := &Packer{m: m, bins: bins, meter: meter, node: model.NewFilling(m), known: make([]filling, len(bins)), asked: make([]float64, m.Resources),
		weight: make([]float64, len(m.Classes)), density: make([]float64, len(m.Classes)), drawing: drawing{rng: rand.New(rand.NewPCG(5, 6))}}
	size := make([]float64, len(m.Classes))
	p.parts = make([]float64, m.Resources)
	keep := len(bins)*len(m.Classes)*m.Resources <= maxShares
	p.ranked = make([][]int, max(m.Ranks, 1))
	for i, b := range bins {
		p.ranked[m.Bins[b].Rank] = append(p.ranked[m.Bins[b].Rank], i)
		bin := m.Clamp(b)
		p.room = append(p.room, bin.Capacity)
		var share []float64
		if keep {
			share = make([]float64, len(m.Classes)*m.Resources)
		}
		var order []int
		for c := range bin.Admits.All() {
			order = append(order, c)
			parts := p.partsOf(i, c)
			size[c] = 0
			for _, part := range parts {
				size[c] = max(size[c], part)
			}
			if keep {
				copy(share[c*m.Resources:], parts)
			}
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(-cmp.Compare(size[a], size[b]), cmp.Compare(a, b)) })
		p.order = append(p.order, order)
		if keep {
			p.share = append(p.share, share)
		}
	}
	return p
}

// partsOf returns the part of each resource of the i-th bin that one pod of a class
// takes. It is valid until the next call.
func (p *Packer) partsOf(i, c int) []float64 {
	if len(p.share) > i {
		return p.share[i][c*p.m.Resources : (c+1)*p.m.Resources]
	}
	for r, q := range p.m.Classes[c].Requests {
		p.parts[r] = 0
		if p.room[i][r] > 0 {
			p.parts[r] = float64(q) / float64(p.room[i][r])
		}
	}
	return p.parts
}

// Pack places the remaining pods by value for price, within the free caps, rank
// by rank. It takes what it places out of remaining and free. value is per
// class, > 0; price per bin of the model.
func (p *Packer) Pack(remaining, free, value, price []int64) model.Solution {
	var s model.Solution
	if p.weights == nil {
		p.weigh(value)
	}
	p.sortDense(remaining, value)
	p.count(remaining)
	for i := range p.known {
		p.known[i] = filling{p.known[i].counts, p.atMost(i, remaining, value), false}
	}
	for rank := 0; ; {
		j, ok := p.best(rank, remaining, free, value, price)
		if !ok {
			if rank++; rank < p.m.Ranks {
				continue
			}
			return s
		}
		for _, n := range j.Counts {
			j.Times = min(j.Times, remaining[n.Class]/n.N)
		}
		for _, n := range j.Counts {
			remaining[n.Class] -= n.N * j.Times
		}
		p.m.Spend(j.Bin, free, j.Times)
		s = append(s, j)
	}
}

// count notes the classes with pods left, and what these ask for.
func (p *Packer) count(remaining []int64) {
	p.live = p.live[:0]
	clear(p.asked)
	for c, n := range remaining {
		if n == 0 {
			continue
		}
		p.live = append(p.live, c)
		for r, q := range p.m.Classes[c].Requests {
			p.asked[r] += float64(float64(n) * float64(q))
		}
	}
}

// best returns the filling of the rank's bins with the most value for its price;
// at most as often as the free caps allow. A bin is filled only when it might be the
// best (lazy evaluation: Minoux, Accelerated Greedy Algorithms, 1978). Where there
// are many classes what a bin was filled with before says what it may be worth, as
// there were more pods then; else a bound does. Once the context has ended it is the filling
// of the bin that might be the best.
func (p *Packer) best(rank int, remaining, free, value, price []int64) (model.Column, bool) {
	p.count(remaining)
	if len(p.live) == 0 {
		return model.Column{}, false
	}
	if len(p.live) <= maxSuited {
		for _, i := range p.ranked[rank] {
			f := &p.known[i]
			if f.filled && !available(f.counts, remaining) {
				*f = filling{f.counts, p.atMost(i, remaining, value), false}
			}
		}
	}
	late := p.meter.Interrupted()
	for {
		i := p.top(rank, free, price)
		if i < 0 {
			return model.Column{}, false
		}
		if f, b := &p.known[i], p.bins[i]; !p.refill(i, remaining, value) || late && len(f.counts) > 0 {
			return model.Column{Bin: b, Times: p.m.Launches(b, free, maxTimes), Counts: slices.Clone(f.counts)}, true
		}
	}
}

// top returns which of the rank's bins that the free caps allow has the most value
// for its price by what is known, or -1.
func (p *Packer) top(rank int, free, price []int64) int {
	p.meter.Spend(1 + len(p.bins)/binsPerTick)
	top := -1
	for _, i := range p.ranked[rank] {
		f, b := &p.known[i], p.bins[i]
		if f.worth == 0 || p.m.Launches(b, free, 1) == 0 {
			continue
		}
		if top < 0 || betterValue(f.worth, price[b], p.known[top].worth, price[p.bins[top]]) {
			top = i
		}
	}
	return top
}

// refill fills the i-th bin anew unless what is known of it is still so, and
// reports whether it did.
func (p *Packer) refill(i int, remaining, value []int64) bool {
	f := &p.known[i]
	p.meter.Spend(1 + len(f.counts))
	if f.filled && available(f.counts, remaining) {
		return false
	}
	counts, worth := p.fill(i, remaining, value)
	*f = filling{append(f.counts[:0], counts...), worth, true}
	return true
}

// available reports whether the pods of counts remain.
func available(counts []model.Count, remaining []int64) bool {
	for _, n := range counts {
		if n.N > remaining[n.Class] {
			return false
		}
	}
	return true
}

// maxTimes is more launches than any solution has.
const maxTimes = 1 << 40

// betterValue reports whether worth for price is more value for money than most for paid.
// Of what is free, the more valuable is better.
func betterValue(worth, price, most, paid int64) bool {
	if price == 0 && paid == 0 {
		return worth > most
	}
	return arith.CompareRatio(worth, price, most, paid) > 0
}
