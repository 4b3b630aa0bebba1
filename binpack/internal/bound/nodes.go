package bound

import (
	"cmp"
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// An effort bounds the steps that the searches of all nodes may take. Counts, not
// clocks, end them, so that the same instance has the same bound everywhere.
type effort struct {
	first  int // of the first search of a node
	worst  int // of the later searches of those that hold the bound down, together
	others int // of the later searches of the others, together
}

var (
	little = effort{first: 1_000}
	full   = effort{first: 4_000, worst: 500_000, others: 100_000}
)

const (
	// firstSteps bounds the first searches of all nodes together, about.
	firstSteps = 400_000
	// leastSteps is what the first search of a node has in any case.
	leastSteps = 500
	// deepSteps is the most of one later search, in states.
	deepSteps = 200_000
	// branchLeaves: a first branch and bound has so many leaves for each item.
	branchLeaves = 5
	// cellSteps: so many cells of a table are worked off in a step.
	cellSteps = 16
)

// A holding is what nodes hold that differ in price and limits only.
type holding struct {
	node  *Node // one of them, of the least price
	index []int // of all
	most
}

// coverOf computes what each node can hold at most.
func coverOf(ctx context.Context, p *Instance, e effort) (*cover, error) {
	all, err := fillings(ctx, p, e)
	if err != nil {
		return nil, err
	}
	return coverBy(p, all), nil
}

// fillings fills the nodes as far as the effort goes.
func fillings(ctx context.Context, p *Instance, e effort) ([]*holding, error) {
	all, err := firstFillings(ctx, p, e)
	if err == nil {
		err = deepen(ctx, p.Kinds, all, e)
	}
	return all, err
}

// firstFillings fills the nodes for the first time.
func firstFillings(ctx context.Context, p *Instance, e effort) ([]*holding, error) {
	all := holdings(p)
	steps := max(min(firstSteps/max(len(all), 1), e.first), leastSteps)
	for _, h := range all {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		h.most = fill(p.Kinds, h.node, steps)
		h.steps += leastSteps
	}
	return all, nil
}

// coverBy returns the cover in which each node gains the most that it may hold.
func coverBy(p *Instance, all []*holding) *cover {
	c := &cover{caps: p.Caps, value: mustCover(p)}
	for _, h := range all {
		for _, b := range h.index {
			if node := &p.Nodes[b]; h.bound > 0 {
				c.options = append(c.options, option{price: node.Price, gain: h.bound, limit: node.Limit, uses: node.Uses})
			}
		}
	}
	slices.SortStableFunc(c.options, func(a, b option) int {
		return cmp.Or(arith.CompareRatio(a.price, a.gain, b.price, b.gain), cmp.Compare(b.gain, a.gain), cmp.Compare(b.limit, a.limit))
	})
	return c
}

func holdings(p *Instance) []*holding {
	var out []*holding
	at := map[string]*holding{}
	for b := range p.Nodes {
		node := &p.Nodes[b]
		key := string(appendHolds(nil, node))
		h, known := at[key]
		if !known {
			h = &holding{node: node}
			at[key] = h
			out = append(out, h)
		}
		h.index = append(h.index, b)
		if node.Price < h.node.Price {
			h.node = node
		}
	}
	return out
}

// deepen searches the nodes again that are not exact yet, the one first that may
// hold most for its price. Once none may hold more for its price than one is known
// to, the linear bound is as good as it gets; what then is left of the steps
// makes the others exact, for whole nodes.
func deepen(ctx context.Context, kinds []Kind, all []*holding, e effort) error {
	best := &holding{node: &Node{Price: 1}} // holds most for its price for sure
	for _, h := range all {
		best = best.orBetter(h)
	}
	var buffers lists
	byRatio := func(a, b *holding) int { return arith.CompareRatio(b.bound, b.node.Price, a.bound, a.node.Price) }
	for _, pass := range []int{e.worst, e.others} {
		open := slices.DeleteFunc(slices.Clone(all), func(h *holding) bool { return h.exact() })
		slices.SortStableFunc(open, byRatio)
		for _, h := range open {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			floor := int64(0)
			if pass == e.worst {
				floor = arith.MulDiv(h.node.Price, best.found, best.node.Price)
			}
			if pass <= 0 || h.bound <= floor {
				break
			}
			taken := h.search(kinds, floor, min(pass, deepSteps), &buffers)
			pass -= taken
			h.steps += taken
			best = best.orBetter(h)
		}
	}
	return nil
}

// orBetter returns o where it is sure to hold more for its price, and can be launched
// any number of times.
func (h *holding) orBetter(o *holding) *holding {
	if o.node.Price > 0 && o.node.Limit == Unlimited && arith.CompareRatio(o.found, o.node.Price, h.found, h.node.Price) > 0 {
		return o
	}
	return h
}

// search lowers the bound of h as far as the floor, or to the value of the best
// filling where that is above. It returns the steps taken, about so many at most.
// Branch and bound begins: it takes little to come close. The dynamic program is what
// ends it where requests are of a few sizes.
func (h *holding) search(kinds []Kind, floor int64, steps int, buffers *lists) (taken int) {
	items, room := itemsOf(kinds, h.node)
	budget, multipliers := weigh(items, room)
	first := branchLeaves * len(items) * stepsOfLeaf(len(items), len(room))
	p := pack(items, room, max(floor, h.found), min(steps, first), nil)
	h.found = max(h.found, p.found)
	h.bound = max(h.found, min(h.bound, p.bound))
	taken = p.steps
	if l := newLagrangian(items, room, multipliers, budget); l != nil && h.bound > max(floor, h.found) {
		taken += h.searchBy(l, room, floor, steps-taken, buffers)
	}
	return taken
}

// searchBy does so by the dynamic program.
//
// It asks whether a filling is worth more than a level, from the bound down: near the
// bound few are left to look at, and the first level that one exceeds ends it.
func (h *holding) searchBy(l *lagrangian, room []int64, floor int64, steps int, buffers *lists) (taken int) {
	taken = l.relax(room, max(floor, h.found), steps*cellSteps/relaxShare) / cellSteps
	h.bound = max(h.found, min(h.bound, (l.base+l.table[0][l.cells])>>l.shift))
	floor = max(floor, h.found)
	for gap := h.bound>>firstGap + 1; h.bound > floor && taken < steps; gap *= gapGrows {
		level := max(floor, h.bound-gap)
		f := &filling{lagrangian: l, floor: level, steps: steps - taken, lists: buffers}
		value, done := f.best(room)
		taken = steps - f.steps
		if !done {
			break
		}
		h.bound = value
		if value > level {
			h.found = value
			break
		}
	}
	return taken
}

const (
	// relaxShare: one part in so many of the steps may go into the choice of prices.
	relaxShare = 2
	// firstGap: the first level is 2^-firstGap below the bound.
	firstGap = 14
	// gapGrows: each later level is so many times as far below the one before.
	gapGrows = 4
)

// relax chooses the lead and the prices, in about so many cells of the table at most, and
// fills the table. It returns the cells that were worked off.
func (l *lagrangian) relax(room []int64, found int64, most int) (cells int) {
	best, lead := int64(-1), 0
	start, prices := slices.Clone(l.prices), slices.Clone(l.prices)
	for r := range room {
		copy(l.prices, start)
		l.count(r, room[r])
		bound, rounds := l.tune(found<<l.shift, most/len(room)/(l.cells*len(l.items)+1))
		cells += rounds * l.cells * len(l.items)
		if best < 0 || bound < best {
			best, lead = bound, r
			copy(prices, l.prices)
		}
	}
	copy(l.prices, prices)
	l.count(lead, room[lead])
	l.solve()
	return cells
}
