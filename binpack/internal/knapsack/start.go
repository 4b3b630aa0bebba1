package knapsack

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// stepsPerOrder is the most branches of the search in one order.
	stepsPerOrder = 300
	// noise is the range of the random factor on an item's place in an order.
	noise = 0.1
	// spread is the range of the random factor on a resource's multiplier,
	// around 1.
	spread = 0.3
	// leastRest is the least part of the node that the search fills.
	leastRest = 0.1
	// chunkDivisor: 1/chunkDivisor of the pods that still fit are taken at a time, at
	// least one.
	chunkDivisor = 4
)

type item struct {
	class    int
	value    int64
	limit    int64
	share    []float64 // per resource, the part of the node
	size     float64   // weighted sum of the parts
	density  float64   // value per size
	noise    float64   // factor on what decides the order
	ahead    float64   // the highest density of this and later items that have a size
	sizeless float64   // what all of this and later items without a size are worth
}

// open makes items of the classes that the bin can take, in the order of this
// start.
func (f *Filler) open(state *binState, rng *rand.Rand) {
	f.weights = f.weights[:0]
	for _, l := range state.lambda {
		f.weights = append(f.weights, l*float64(1-spread+float64(2*spread*rng.Float64())))
	}
	f.items = f.items[:0]
	for c := range f.m.Classes {
		if f.limit[c] == 0 || f.value[c] <= 0 || state.most[c] == 0 {
			continue
		}
		it := item{class: c, value: f.value[c], limit: f.limit[c], share: state.share[c*f.m.Resources : (c+1)*f.m.Resources]}
		for r, w := range f.weights {
			it.size += float64(w * it.share[r])
		}
		it.density = float64(f.value[c]) / max(it.size, 1e-12)
		it.noise = 1 + float64(noise*rng.Float64())
		f.items = append(f.items, it)
	}
	slices.SortFunc(f.items, func(x, y item) int {
		return cmp.Or(-cmp.Compare(x.density*x.noise, y.density*y.noise), cmp.Compare(x.class, y.class))
	})
	ahead, sizeless := 0.0, 0.0
	for i := len(f.items) - 1; i >= 0; i-- {
		it := &f.items[i]
		if it.size > 0 {
			ahead = max(ahead, it.density)
		} else {
			sizeless += float64(float64(it.value) * float64(min(it.limit, state.most[it.class])))
		}
		it.ahead, it.sizeless = ahead, sizeless
	}
	f.taken = append(f.taken[:0], make([]int64, len(f.items))...)
}

// balance fills part of the node so that its resources run out together: it
// takes, again and again, a few of the class with the most value for what it
// takes of scarce resources. It returns what they are worth.
func (f *Filler) balance(bin *model.Bin, rng *rand.Rand) int64 {
	rest := leastRest + float64((1-leastRest)*rng.Float64()) // of the node, to be searched
	var worth int64
	scarce := make([]float64, f.m.Resources)
	for {
		for r, room := range f.node.Room {
			scarce[r] = 0
			if bin.Capacity[r] > 0 && bin.Capacity[r] != model.Unlimited {
				left := float64(room) / float64(bin.Capacity[r])
				if left < rest {
					return worth
				}
				scarce[r] = f.weights[r] / left
			}
		}
		best, most := -1, 0.0
		f.meter.Spend(len(f.items))
		for i := range f.items {
			it := &f.items[i]
			size := 0.0
			for r, s := range it.share {
				size += float64(s * scarce[r])
			}
			if score := float64(it.value) * it.noise / max(size, 1e-12); score > most && f.taken[i] < it.limit {
				best, most = i, score
			}
		}
		if best < 0 {
			return worth
		}
		it := &f.items[best]
		n := (f.node.Fit(it.class, it.limit-f.taken[best]) + chunkDivisor - 1) / chunkDivisor
		if n == 0 {
			return worth
		}
		f.node.Take(it.class, n)
		f.taken[best] += n
		worth += n * it.value
	}
}

// search looks for the best filling of the room that is left, in the present
// order, and returns its worth.
func (f *Filler) search(bin *model.Bin) int64 {
	size := 0.0
	for r, room := range f.node.Room {
		if bin.Capacity[r] > 0 && bin.Capacity[r] != model.Unlimited {
			size += float64(f.weights[r] * (float64(room) / float64(bin.Capacity[r])))
		}
	}
	f.counts = append(f.counts[:0], make([]int64, len(f.items))...)
	f.best = append(f.best[:0], f.counts...)
	f.worth, f.steps = 0, stepsPerOrder
	f.visit(0, 0, size)
	f.meter.Spend(stepsPerOrder - f.steps + len(f.items))
	return f.worth
}

// visit fills items from i on in the room that is left; size is the same room
// in the surrogate.
func (f *Filler) visit(i int, value int64, size float64) {
	if value > f.worth {
		f.worth = value
		copy(f.best, f.counts)
	}
	if i == len(f.items) || f.steps <= 0 || float64(value)+f.items[i].sizeless+float64(f.items[i].ahead*size) <= float64(f.worth) {
		return
	}
	it := &f.items[i]
	n := f.node.Fit(it.class, it.limit-f.taken[i])
	f.node.Take(it.class, n)
	for {
		f.steps--
		f.counts[i] = n
		f.visit(i+1, value+n*it.value, size-float64(float64(n)*it.size))
		if n == 0 || f.steps <= 0 {
			break
		}
		f.node.Take(it.class, -1)
		n--
	}
	f.node.Take(it.class, -n)
	f.counts[i] = 0
}
