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
	// mostDestroyed bounds the nodes that one step takes out.
	mostDestroyed = 10
	// shaken is the range of the factor on each value, in thousandths around
	// one thousand.
	shaken = 200
	// stepTicks is what a step costs beside the packing.
	stepTicks = 400
)

// A State is a solution under improvement, node by node.
type State struct {
	m      *model.Model
	bins   []int
	packer *greedy.Packer
	meter  *work.Meter
	value  []int64
	price  []int64

	nodes []node
	left  []int64 // per class, pods on no node
	free  []int64 // of the caps
	rng   *rand.Rand
}

// A node is one launch. Nodes of one column share their counts.
type node struct {
	bin    int
	counts []model.Count
}

// New returns a state that starts from s. value is per class, > 0; price per
// bin.
func New(m *model.Model, bins []int, s model.Solution, value, price []int64, meter *work.Meter) *State {
	st := &State{
		m: m, bins: bins, packer: greedy.NewPacker(m, bins, meter), meter: meter, value: value, price: price,
		left: s.Left(m), free: s.Free(m), rng: rand.New(rand.NewPCG(1, 2)),
	}
	st.add(s)
	return st
}

// add adds the nodes of s.
func (st *State) add(s model.Solution) {
	for _, j := range s {
		for range j.Times {
			st.nodes = append(st.nodes, node{j.Bin, j.Counts})
		}
	}
}

// Solution returns the state's solution.
func (st *State) Solution() model.Solution {
	s := make(model.Solution, len(st.nodes))
	for i, n := range st.nodes {
		s[i] = model.Column{Bin: n.bin, Times: 1, Counts: n.counts}
	}
	return s.Normal()
}

// Improve searches until the solution is better than before, and reports
// whether it is: it gives up after so many ticks, or when the meter is done.
func (st *State) Improve(patience int64) bool {
	for end := st.meter.Spent() + patience; st.meter.Spent() < end && !st.meter.Done() && len(st.nodes) > 0; {
		if st.step() {
			return true
		}
	}
	return false
}

// step takes some nodes out, packs their pods anew and keeps the result unless
// it is worse. It reports whether it is better.
func (st *State) step() bool {
	st.meter.Spend(stepTicks)
	out := st.choose()
	remaining := slices.Clone(st.left)
	free := slices.Clone(st.free)
	var before int64
	for _, i := range out {
		n := st.nodes[i]
		before += st.m.Bins[n.bin].Price
		for _, k := range n.counts {
			remaining[k.Class] += k.N
		}
		st.m.Spend(n.bin, free, -1)
	}
	s := st.packer.Pack(remaining, free, st.shake(), st.price)
	s = Shrink(st.m, st.bins, s, free)
	order := cmp.Or(slices.Compare(st.m.ByLevel(remaining), st.m.ByLevel(st.left)), cmp.Compare(s.Cost(st.m), before))
	if order > 0 || st.jumps(out, s, free) {
		return false
	}
	st.replace(out, s)
	st.left, st.free = remaining, free
	return order < 0
}

// jumps reports whether a pod would be on a bin of a later stage though one of an
// earlier stage can be launched for it, with s in the place of the nodes out.
func (st *State) jumps(out []int, s model.Solution, free []int64) bool {
	if st.m.Stages <= 1 {
		return false
	}
	open := func(bin int, counts []model.Count) bool {
		return slices.ContainsFunc(counts, func(n model.Count) bool { return st.m.Open(n.Class, st.m.Bins[bin].Stage, free) })
	}
	for i, n := range st.nodes {
		if open(n.bin, n.counts) && !slices.Contains(out, i) {
			return true
		}
	}
	return slices.ContainsFunc(s, func(j model.Column) bool { return open(j.Bin, j.Counts) })
}

// choose returns the nodes to take out, from the last to the first.
func (st *State) choose() []int {
	k := min(2+st.rng.IntN(mostDestroyed-1), len(st.nodes))
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
