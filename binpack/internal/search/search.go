package search

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxDestroyed bounds the nodes that one step takes out.
	maxDestroyed = 10
	// shaken is the range of the factor on each value, in thousandths around
	// one thousand.
	shaken = 200
	// stepTicks is what a step costs beside the packing.
	stepTicks = 400
	// manyClasses is the number of classes from which on values are not shaken, as
	// packing draws classes at random anyway, and nodes are mostly drained: what a
	// few of them hold fits together in few other ways.
	manyClasses = 200
	// drainsOfFew and drainsOfMany are how many of four steps drain a node, of few classes
	// and of many.
	drainsOfFew, drainsOfMany = 1, 3
	// maxNodes bounds the nodes of a search: of more, some launches of each column stay as
	// they are.
	maxNodes = 1 << 18
	// orderTicks is what it costs to see whether a node is out of order.
	orderTicks = 8
)

// tiny keeps a quotient finite where no node has a price.
const tiny = 1e-300

// A State is a solution under improvement, node by node.
type State struct {
	m      *model.Model
	bins   []int
	packer *greedy.Packer
	meter  *work.Meter
	value  []int64
	cost   []int64

	trader model.Trader // nil: none

	nodes []node
	fixed model.Solution // launches that stay
	left  []int64        // per class, pods on no node
	free  []int64        // of the caps
	rng   *rand.Rand

	ratio   float64 // the most value for money of a node at the start, above zero
	drains  int     // of four steps, how many drain a node
	drained int     // the node that was drained last
}

// A node is one launch. Nodes of one column share their counts.
type node struct {
	bin    int
	counts []model.Count
	loss   float64 // of its price, what its pods are not worth
}

// New returns a state that starts from s: from maxNodes of its launches at most, about the same
// number of each column. value is per class, > 0; price per
// bin; trader may be nil. Another seed gives another search.
func New(m *model.Model, bins []int, s model.Solution, value, price []int64, trader model.Trader, seed uint64, meter *work.Meter) *State {
	st := &State{
		m: m, bins: bins, packer: greedy.NewPacker(m, bins, meter), meter: meter, value: value, cost: price, trader: trader, ratio: tiny, drains: drainsOfFew,
		left: s.Left(m), free: s.Free(m), rng: rand.New(rand.NewPCG(1, 2+seed)),
	}
	if len(value) > manyClasses {
		st.drains = drainsOfMany
	}
	for _, j := range s {
		if p := float64(price[j.Bin]); p > 0 {
			st.ratio = max(st.ratio, st.worth(j.Counts)/p)
		}
	}
	some, fixed := s.AtMost(maxNodes)
	st.fixed = fixed
	st.add(some)
	return st
}

// NeverDrain leaves the draining of nodes out, for measurements.
func (st *State) NeverDrain() { st.drains = 0 }

func (st *State) worth(counts []model.Count) float64 {
	sum := 0.0
	for _, n := range counts {
		sum += float64(float64(n.N) * float64(st.value[n.Class]))
	}
	return sum
}

func (st *State) nodeOf(bin int, counts []model.Count) node {
	return node{bin, counts, float64(st.cost[bin]) - st.worth(counts)/st.ratio}
}

// add adds the nodes of s.
func (st *State) add(s model.Solution) {
	for _, j := range s {
		n := st.nodeOf(j.Bin, j.Counts)
		for range j.Times {
			st.nodes = append(st.nodes, n)
		}
	}
}

// Solution returns the state's solution.
func (st *State) Solution() model.Solution {
	s := slices.Grow(slices.Clone(st.fixed), len(st.nodes))
	for _, n := range st.nodes {
		s = append(s, model.Column{Bin: n.bin, Times: 1, Counts: n.counts})
	}
	return s.Normal()
}

// Improve searches until the solution is better than before, and reports whether it is.
// It gives up after patience ticks, or when the meter is done.
func (st *State) Improve(patience int64) bool {
	for end := st.meter.Spent() + patience; st.meter.Spent() < end && !st.meter.Done() && len(st.nodes) > 0; {
		if st.step() {
			return true
		}
	}
	return false
}

// step drains a node or takes some out. It reports whether that is better.
func (st *State) step() bool {
	if st.rng.IntN(4) < st.drains {
		return st.drain()
	}
	return st.renew(st.choose())
}

// renew packs the pods of some nodes anew, from the last to the first, and keeps the
// result unless it is worse. It reports whether it is better.
func (st *State) renew(out []int) bool {
	a := st.attempt(out)
	if late := st.outOfOrder(out, a.free); len(late) > 0 && len(late) <= maxDestroyed {
		st.undo(a.shifts)
		out = append(out, late...)
		slices.SortFunc(out, func(a, b int) int { return b - a })
		a = st.attempt(out)
	}
	order := cmp.Or(slices.Compare(st.m.ByLevel(a.remaining), st.m.ByLevel(st.left)), cmp.Compare(a.s.Cost(st.m), a.before))
	if order > 0 || len(st.outOfOrder(out, a.free)) > 0 || a.outOfOrder(st.m) {
		st.undo(a.shifts)
		return false
	}
	st.replace(out, a.s)
	st.left, st.free = a.remaining, a.free
	return order < 0
}

// An attempt is what the pods of some nodes are packed into anew.
type attempt struct {
	s               model.Solution
	before          int64 // price of the nodes
	remaining, free []int64
	shifts          [][2]int // pods moved to sibling classes
}

func (st *State) attempt(out []int) attempt {
	st.meter.Spend(stepTicks)
	a := attempt{remaining: slices.Clone(st.left), free: slices.Clone(st.free)}
	for _, i := range out {
		n := st.nodes[i]
		a.before += st.m.Bins[n.bin].Price
		for _, k := range n.counts {
			a.remaining[k.Class] += k.N
		}
		st.m.Spend(n.bin, a.free, -1)
	}
	a.shifts = st.trade(out, a.remaining)
	a.s = st.packer.Pack(a.remaining, a.free, st.shake(), st.cost)
	a.s = Shrink(st.m, st.bins, a.s, a.free)
	return a
}

// outOfOrder returns the nodes, but for those out, on bins of a later rank though one
// of an earlier rank can be launched for their pods within the free caps.
func (st *State) outOfOrder(out []int, free []int64) []int {
	if st.m.Ranks <= 1 {
		return nil
	}
	st.meter.Spend(orderTicks * len(st.nodes))
	late, isLate := []int(nil), st.m.OutOfOrder(free)
	for i := range st.nodes {
		if isLate(model.Column{Bin: st.nodes[i].bin, Counts: st.nodes[i].counts}) && !slices.Contains(out, i) {
			late = append(late, i)
		}
	}
	return late
}

// outOfOrder reports whether a column of the attempt is out of order.
func (a *attempt) outOfOrder(m *model.Model) bool {
	return m.Ranks > 1 && slices.ContainsFunc(a.s, m.OutOfOrder(a.free))
}

func (st *State) undo(shifts [][2]int) {
	for _, shift := range slices.Backward(shifts) {
		st.trader.Undo(shift[0], shift[1])
	}
}

// maxShifts bounds the pods that a step moves to a sibling class.
const maxShifts = 3

// trade moves some of the pods of the nodes out to sibling classes, every other
// time, and returns from where to where.
func (st *State) trade(out []int, remaining []int64) (shifts [][2]int) {
	if st.trader == nil || st.rng.IntN(2) == 0 {
		return nil
	}
	for range 1 + st.rng.IntN(maxShifts) {
		n := st.nodes[out[st.rng.IntN(len(out))]]
		if len(n.counts) == 0 {
			continue
		}
		from := n.counts[st.rng.IntN(len(n.counts))].Class
		siblings := st.trader.Siblings(from)
		if len(siblings) == 0 || remaining[from] == 0 {
			continue
		}
		to := siblings[st.rng.IntN(len(siblings))]
		if st.trader.Shift(from, to) {
			remaining[from]--
			remaining[to]++
			shifts = append(shifts, [2]int{from, to})
		}
	}
	return shifts
}

// choose returns the nodes to take out, from the last to the first.
func (st *State) choose() []int {
	k := min(2+st.rng.IntN(maxDestroyed-1), len(st.nodes))
	var out []int
	for len(out) < k {
		if i := st.rng.IntN(len(st.nodes)); !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out
}

// shake returns the values, each off by a random factor.
func (st *State) shake() []int64 {
	if len(st.value) > manyClasses {
		return st.value
	}
	value := make([]int64, len(st.value))
	for c, v := range st.value {
		value[c] = max(1, v/1000*int64(1000-shaken/2+st.rng.IntN(shaken)))
	}
	return value
}

// replace puts the columns of s in the place of the nodes out.
func (st *State) replace(out []int, s model.Solution) {
	for _, i := range out {
		last := len(st.nodes) - 1
		st.nodes[i] = st.nodes[last]
		st.nodes = st.nodes[:last]
	}
	st.add(s)
}
