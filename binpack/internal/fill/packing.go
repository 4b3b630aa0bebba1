package fill

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/ilp"
)

const (
	// leafSteps is what a leaf counts as, in steps, and one more for each leafElements
	// of its coefficients.
	leafSteps, leafElements = 20, 5
	// rootLeaves is what setting up a program counts as, in leaves.
	rootLeaves = 6
)

// A packing looks for what is worth most on a node, by branch and bound on what the
// node does not hold: of all items the least value that frees enough of each resource.
type packing struct {
	items []*item
	room  []int64
	floor int64 // what is worth no more is not looked for
	see   func(counts []int64, worth int64)

	found int64 // the most value of a filling that was looked at
	bound int64 // no filling is worth more than this and the floor
	steps int   // taken

	kept         []int64 // of each item, in all fillings that are looked for
	free         []*item // what may be there beside; kind is the number of the item
	counts, left []int64
}

// pack takes about steps steps at most. It calls see, unless that is nil, with each
// filling that is worth more than the floor and than those before, by item.
func pack(items []*item, room []int64, floor int64, steps int, see func(counts []int64, worth int64)) *packing {
	p := &packing{items: items, room: room, floor: floor, see: see, bound: worth(items),
		kept: make([]int64, len(items)), counts: make([]int64, len(items)), left: make([]int64, len(room))}
	for i, it := range items {
		p.free = append(p.free, &item{kind: i, value: it.value, count: it.count, requests: it.requests})
	}
	root := p.solve(room, 0)
	if root == nil || p.done() {
		return p
	}
	left, ok := p.fix(root.Within(worth(items) - max(floor, p.found)))
	if !ok {
		p.bound = max(floor, p.found)
		return p
	}
	p.solve(left, steps-p.steps)
	return p
}

// done reports whether no better filling is left to look for.
func (p *packing) done() bool { return p.bound <= max(p.floor, p.found) }

// fix keeps what all fillings hold that are worth more than what is known, as bounds on
// what they leave show, and returns the room that is left; false: there are none.
func (p *packing) fix(low, high []int64) (left []int64, ok bool) {
	left = slices.Clone(p.room)
	for i, it := range p.items {
		p.kept[i] = it.count - high[i]
		for r, q := range it.requests {
			if left[r] -= p.kept[i] * q; left[r] < 0 {
				return nil, false
			}
		}
	}
	free := p.free[:0]
	for i, it := range p.free {
		if it.count = Fit(it.requests, left, high[i]-low[i]); it.count > 0 {
			free = append(free, it)
		}
	}
	p.free = free
	return left, true
}

// solve looks for the best of what is free, in the room that is left. It returns the
// branch and bound; nil: all of it fits.
func (p *packing) solve(room []int64, steps int) *ilp.Branching {
	all := worth(p.free)
	for i, n := range p.kept {
		all += n * p.items[i].value
	}
	b := restOf(p.free, room)
	if len(b.Values) == 0 {
		p.look(make([]float64, len(p.free)))
		p.bound = min(p.bound, max(all, p.floor))
		return nil
	}
	b.Round = func(rest []float64) int64 { return all - p.look(rest) }
	perLeaf := stepsOfLeaf(len(p.free), len(b.Values))
	// The steps end it: there is no context that could.
	a := b.Solve(context.Background(), max(steps/perLeaf, 1), all-max(p.floor, p.found))
	p.steps += (int(a.Leaves) + rootLeaves) * perLeaf
	if !a.Infeasible {
		p.bound = max(p.found, min(p.bound, max(all-a.Least, p.floor)))
	}
	return b
}

// stepsOfLeaf returns what a leaf counts as, in steps.
func stepsOfLeaf(items, rows int) int { return leafSteps + items*rows/leafElements }

// restOf returns the program of what is not on a node.
func restOf(items []*item, room []int64) *ilp.Branching {
	b := &ilp.Branching{}
	var rows []int
	for r, c := range room {
		asked := int64(0)
		for _, it := range items {
			asked = arith.Add(asked, arith.Mul(it.count, it.requests[r]))
		}
		if asked > c {
			rows, b.Values = append(rows, r), append(b.Values, asked-c)
		}
	}
	gains := make([]int64, 0, len(items)*len(rows))
	for i, it := range items {
		for _, r := range rows {
			gains = append(gains, it.requests[r])
		}
		b.Options = append(b.Options, ilp.Option{Number: i, Price: it.value, Gains: gains[len(gains)-len(rows):], Most: it.count, Limited: true})
	}
	return b
}

// look returns what a filling is worth that leaves the rest, in whole numbers: more of
// each item first, then as many more as fit.
func (p *packing) look(rest []float64) int64 {
	copy(p.left, p.room)
	clear(p.counts)
	value := int64(0)
	take := func(i int, n int64) {
		it := p.items[i]
		n = Fit(it.requests, p.left, n)
		p.counts[i] += n
		value += n * it.value
		for r, q := range it.requests {
			p.left[r] -= n * q
		}
	}
	for i, n := range p.kept {
		take(i, n)
	}
	for j, it := range p.free {
		take(it.kind, max(it.count-ilp.Ceil(rest[j]), 0))
	}
	for i, it := range p.items {
		take(i, it.count-p.counts[i])
	}
	if p.see != nil && value > max(p.found, p.floor) {
		p.see(p.counts, value)
	}
	p.found = max(p.found, value)
	return value
}
