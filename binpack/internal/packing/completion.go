package packing

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

const (
	// maxPlaces bounds the nodes that are filled one after the other, and maxAmounts these times the units: where there is more to
	// decide, no search comes to an end.
	maxPlaces, maxAmounts = 150, 1_000
	// maxFailed bounds what is remembered.
	maxFailed = 200_000
	// maxSum is the largest sum that is computed with.
	maxSum = 1 << 60
	// unitsPerTick is how many units are looked at in one tick.
	unitsPerTick = 4
	// cutsPerTick is how many cuts are computed in one tick.
	cutsPerTick = 4
	// ticksPerLook is how many ticks are taken from one look at the context to the next.
	ticksPerLook = 1024
)

// completed asks of launches as Ask does, node after node: all fillings of the first are tried, the fullest first, for each of them all of
// the next, and so on (bin completion: Fukunaga and Korf, Bin Completion Algorithms for Multicontainer Packing, Knapsack, and Covering
// Problems, 2007).
//
//   - A filling is not tried that has room for one more pod of a unit without a spread: whatever the others are on, that pod can be
//     moved there.
//   - Nor is one that leaves more room empty than all nodes together may, or that is worth less of what a node holds by some cut than all
//     together may.
//   - What follows depends on the pods that are left, and on where those are that rules bind to them: what led nowhere is remembered.
func (s *Search) completed(ctx context.Context, launches []int64, ticks int) Answer {
	c := s.completion(launches)
	if c == nil {
		return Answer{}
	}
	c.ctx, c.most = ctx, ticks
	found := c.place(0)
	out := Answer{Ticks: c.ticks, Refuted: !found && !c.gaveUp}
	if found {
		out.Found = c.packed()
	}
	return out
}

// A completion is a search for fillings of nodes, one after the other.
type completion struct {
	search *Search
	units  []unit
	places []place
	later  [][]int64 // per place and unit, the most pods there and on all later ones
	apart  [][]int   // per kind, those that no domain holds beside it
	bound  [][]int   // per place, the kinds whose pods bind those that are there or later

	ctx         context.Context
	ticks, most int
	gaveUp      bool
	failed      map[string]bool // what was tried in vain

	rest    []int64   // per unit, pods without a node
	placed  []int64   // per kind
	filling [][]int64 // per place and unit
	spare   []int64   // per resource and then per cut, what the places may leave unused
}

// completion returns the search; nil: there is too much to look at.
func (s *Search) completion(launches []int64) *completion {
	c := &completion{search: s, units: s.units(), apart: s.apart(), failed: map[string]bool{}, placed: make([]int64, len(s.Kinds))}
	if c.places = s.places(launches, c.units); c.places == nil || len(c.places)*len(c.units) > maxAmounts {
		return nil
	}
	for u := range c.units {
		c.rest = append(c.rest, c.units[u].count)
	}
	c.later = make([][]int64, len(c.places)+1)
	c.later[len(c.places)] = make([]int64, len(c.units))
	c.bound = make([][]int, len(c.places)+1)
	for i := len(c.places) - 1; i >= 0; i-- {
		c.filling = append(c.filling, make([]int64, len(c.units)))
		c.later[i] = slices.Clone(c.later[i+1])
		for u, n := range c.places[i].most {
			c.later[i][u] += n
		}
	}
	for i := range c.bound {
		c.bound[i] = c.binding(c.places[i:])
	}
	if !c.setSpare() {
		return nil
	}
	return c
}

// binding returns the kinds of spreads whose pods bind those on some places.
func (c *completion) binding(places []place) []int {
	var out []int
	admitted := func(k int) bool {
		return slices.ContainsFunc(places, func(p place) bool { return slices.Contains(p.kind, k) })
	}
	for k, kind := range c.search.Kinds {
		if kind.Spread > 0 && (!c.search.Spreads[kind.Spread-1].Sparse || admitted(k) || slices.ContainsFunc(c.apart[k], admitted)) {
			out = append(out, k)
		}
	}
	return out
}

// setSpare sets what may be left unused, and reports whether the sums are small enough.
func (c *completion) setSpare() bool {
	s := c.search
	for r := range s.Kinds[0].Requests {
		sum, asked := int64(0), int64(0)
		for _, p := range c.places {
			sum = arith.Add(sum, s.Nodes[p.node].Capacity[r])
		}
		largest := make([]int64, len(s.Left))
		for _, u := range c.units {
			asked = arith.Add(asked, arith.Mul(u.count, u.requests[r]))
			if u.level < len(largest) {
				largest[u.level] = max(largest[u.level], u.requests[r])
			}
		}
		for l, q := range largest {
			sum = arith.Add(sum, arith.Mul(q, s.Left[l]))
		}
		if max(sum, asked) > maxSum {
			return false
		}
		c.spare = append(c.spare, sum-asked)
	}
	for _, cut := range s.Cuts {
		sum := int64(0)
		for _, p := range c.places {
			sum = arith.Add(sum, cut.Most[p.node])
		}
		if max(sum, cut.Least) > maxSum {
			return false
		}
		c.spare = append(c.spare, sum-cut.Least)
	}
	return true
}

// place fills the i-th node and all later ones, and reports whether all pods that must be placed are then.
func (c *completion) place(i int) bool {
	if c.ticks += 1 + len(c.units)/unitsPerTick; c.lacking(i) {
		return false
	}
	if i == len(c.places) {
		return c.search.spreadOut(c.placed)
	}
	state := c.state(i)
	if c.failed[state] {
		return false
	}
	room := slices.Clone(c.search.Nodes[c.places[i].node].Capacity)
	if c.fill(i, 0, room) {
		return true
	}
	if !c.gaveUp && len(c.failed) < maxFailed {
		c.failed[state] = true
	}
	return false
}

// lacking reports whether more pods find no node from the i-th on than may be left.
func (c *completion) lacking(i int) bool {
	lack := make([]int64, len(c.search.Left)+1)
	for u, rest := range c.rest {
		lack[min(c.units[u].level, len(c.search.Left))] += max(0, rest-c.later[i][u])
	}
	for level, n := range lack {
		if n > c.search.left(level) {
			return true
		}
	}
	return false
}

// left returns how many pods of a level need not be placed.
func (s *Search) left(level int) int64 {
	if level < len(s.Left) {
		return s.Left[level]
	}
	return 0
}

// state returns what decides which fillings the i-th node and all later ones may have.
func (c *completion) state(i int) string {
	var out []byte
	out = binary.AppendUvarint(out, uint64(i))
	for _, n := range c.rest {
		out = binary.AppendUvarint(out, uint64(n))
	}
	for _, k := range c.bound[i] {
		out = binary.AppendUvarint(out, uint64(c.placed[k]))
	}
	return string(out)
}

// fill decides how many pods of the u-th unit and all later ones are on the i-th node, which has room for so much, and goes on.
func (c *completion) fill(i, u int, room []int64) bool {
	if c.ticks++; c.ticks > c.most || c.ticks%ticksPerLook == 0 && c.ctx.Err() != nil {
		c.gaveUp = true
	}
	if c.gaveUp {
		return false
	}
	if u == len(c.units) {
		return !c.completable(i, room) && c.next(i, room)
	}
	least := c.rest[u] - c.later[i+1][u] - c.search.left(c.units[u].level)
	for n := c.fitting(i, u, room); n >= max(0, least); n-- {
		c.put(i, u, n, room)
		if c.fill(i, u+1, room) {
			return true
		}
		c.put(i, u, -n, room)
	}
	return false
}

// put puts n more pods of a unit on the i-th node.
func (c *completion) put(i, u int, n int64, room []int64) {
	if n == 0 {
		return
	}
	c.filling[i][u] += n
	c.rest[u] -= n
	c.placed[c.places[i].kind[u]] += n
	for r, q := range c.units[u].requests {
		room[r] -= n * q
	}
}

// fitting returns how many more pods of a unit the i-th node may have.
func (c *completion) fitting(i, u int, room []int64) int64 {
	k := c.places[i].kind[u]
	if k < 0 {
		return 0
	}
	n := min(c.places[i].most[u]-c.filling[i][u], c.rest[u], c.search.Kinds[k].Count-c.placed[k])
	for r, q := range c.units[u].requests {
		if q > 0 {
			n = min(n, room[r]/q)
		}
	}
	if slices.ContainsFunc(c.apart[k], func(o int) bool { return c.placed[o] > 0 }) {
		return 0
	}
	return n
}

// completable reports whether one more pod of a unit without a spread fits on the i-th node.
func (c *completion) completable(i int, room []int64) bool {
	for u := range c.units {
		if c.units[u].spread == 0 && c.fitting(i, u, room) > 0 {
			return true
		}
	}
	return false
}

// next goes on after the i-th node, unless too much of it is unused.
func (c *completion) next(i int, room []int64) bool {
	before := slices.Clone(c.spare)
	for r, n := range room {
		c.spare[r] -= n
	}
	for at, cut := range c.search.Cuts {
		unused := cut.Most[c.places[i].node]
		for u, n := range c.filling[i] {
			if n > 0 {
				unused -= n * cut.Values[c.places[i].kind[u]]
			}
		}
		c.spare[len(room)+at] -= unused
	}
	c.ticks += len(c.search.Cuts) / cutsPerTick
	found := !slices.ContainsFunc(c.spare, func(n int64) bool { return n < 0 }) && c.place(i+1)
	copy(c.spare, before)
	return found
}

// packed returns the packing.
func (c *completion) packed() []Packed {
	out := make([]Packed, len(c.places))
	for i, p := range c.places {
		out[i] = Packed{Node: p.node, Times: 1, Counts: make([]int64, len(c.search.Kinds))}
		for u, n := range c.filling[i] {
			if n > 0 {
				out[i].Counts[p.kind[u]] = n
			}
		}
	}
	return slices.DeleteFunc(out, Packed.empty)
}
