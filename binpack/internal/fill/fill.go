package fill

// Fill looks for fillings worth more than floor, by branch and bound in about steps steps,
// and returns the steps that it took. It calls see with each filling that it finds, worth
// more than those before; counts, per item given, is overwritten later. It is
// a heuristic also where the steps suffice: it computes in floating point, and may miss
// what is best where other pods overrun the node by a billionth of its room.
func (k *Knapsack) Fill(floor int64, steps int, see func(counts []int64, worth int64)) (taken int) {
	return pack(k.items, k.room, floor, steps, k.told(k.items, see)).steps
}

// FillDepthFirst looks for fillings worth more than floor depth first, and by branch
// and bound where the first steps did not suffice to know that there are none. It calls
// see as Fill does.
func (k *Knapsack) FillDepthFirst(floor int64, first, steps int, see func(counts []int64, worth int64)) (taken int) {
	if len(k.items) == 0 {
		return 0
	}
	s := k.depthFirst(floor, first, true)
	taken = first - s.steps
	told := k.told(s.items, see)
	if s.best > floor {
		told(s.kept, s.best)
	}
	if s.steps <= 0 { // it may have missed some
		taken += pack(s.items, k.room, s.best, steps, told).steps
	}
	return taken
}

// told returns see for counts of these items.
func (k *Knapsack) told(items []*item, see func(counts []int64, worth int64)) func([]int64, int64) {
	counts := make([]int64, k.given)
	return func(of []int64, worth int64) {
		for i, n := range of {
			counts[items[i].kind] = n
		}
		see(counts, worth)
	}
}
