package fill

import (
	"cmp"
	"slices"
)

const (
	// firstAlternatives and maxAlternatives bound the knapsacks that one divides into where items keep
	// apart, in a first search and in a deep one.
	firstAlternatives, maxAlternatives = 3, 24
	// apartDivisor: each alternative has 1/apartDivisor of the steps that all items together have, and all
	// alternatives have as many as these.
	apartDivisor = 16
	// maxApart bounds what all items exclude together: where it is more, they are taken to be together.
	maxApart = 5_000
)

// apartOf returns, for each item, those that it keeps apart from, in order; nil: none do, or too many.
func apartOf(items []Item) [][]int {
	all := 0
	for i := range items {
		all += len(items[i].Excludes)
	}
	if all == 0 || all > maxApart {
		return nil
	}
	at := map[int][]int{} // number → items
	for i := range items {
		at[items[i].Number] = append(at[items[i].Number], i)
	}
	out := make([][]int, len(items))
	for i := range items {
		for _, number := range items[i].Excludes {
			out[i] = append(out[i], at[number]...)
		}
		slices.Sort(out[i])
	}
	return out
}

// An alternative is the knapsack without some items.
type alternative struct {
	missing []bool
	most    Most
	clash   int // an item that the filling found has beside others that it keeps apart from; below 0: none
}

// solveApart lowers the bound of what is known where some items keep apart, by branch and bound: of an item
// that the best filling has beside others that it keeps apart from, some fillings are without it,
// and without those that keep apart from the same, and the rest without the others. It searches deeply where there are
// buffers.
func (k *Knapsack) solveApart(m *Most, floor int64, steps int, buffers *Lists) (taken int) {
	open := make([]alternative, 0, 2)
	look := func(missing []bool, steps int) {
		a, n := k.without(missing, m, floor, steps, buffers)
		open, taken = append(open, a), taken+n
	}
	look(make([]bool, len(k.all)), steps)
	most := maxAlternatives
	if buffers == nil {
		most = firstAlternatives
	}
	for end, count := taken+steps, 1; ; count++ {
		slices.SortStableFunc(open, func(a, b alternative) int { return cmp.Compare(b.most.Bound, a.most.Bound) })
		a := open[0]
		if a.clash < 0 || a.most.Bound <= max(floor, m.Found) || count >= most || taken > end {
			break
		}
		open = open[1:]
		without, with := slices.Clone(a.missing), a.missing
		for i := range k.all {
			without[i] = without[i] || slices.Equal(k.apart[i], k.apart[a.clash])
		}
		for _, i := range k.apart[a.clash] {
			with[i] = true
		}
		look(without, steps/apartDivisor)
		look(with, steps/apartDivisor)
	}
	m.Bound = max(m.Found, min(m.Bound, open[0].most.Bound))
	return taken
}

// without looks at the knapsack without some items, and notes in m the value of a filling in which no two
// are that keep apart.
func (k *Knapsack) without(missing []bool, m *Most, floor int64, steps int, buffers *Lists) (a alternative, taken int) {
	items := slices.Clone(k.all)
	for i := range items {
		if missing[i] {
			items[i].Value = 0
		}
	}
	of := newKnapsack(items, k.capacity, true, k.apart) // it is asked as if all may be together
	first := steps
	if buffers != nil {
		first = min(steps, memoSteps)
	}
	counts := make([]int64, len(items))
	most := of.Best(first, counts)
	taken = most.Steps
	if floor = max(floor, m.Found); buffers != nil && most.Bound > floor && !most.Exact() {
		taken += of.Search(&most, floor, steps, buffers)
	}
	a = alternative{missing, most, k.clash(counts)}
	m.Found = max(m.Found, k.parted(counts))
	return a, taken
}

// parted takes out of a filling what is worth least and keeps apart from others, until nothing does, and returns
// the value of the rest.
func (k *Knapsack) parted(counts []int64) (value int64) {
	for {
		out := -1
		for i, n := range counts {
			if k.beside(i, counts) > 0 && (out < 0 || n*k.all[i].Value < counts[out]*k.all[out].Value) {
				out = i
			}
		}
		if out < 0 {
			break
		}
		counts[out] = 0
	}
	for i, n := range counts {
		value += n * k.all[i].Value
	}
	return value
}

// clash returns the item of a filling that keeps apart from most others of it; below 0: none does.
func (k *Knapsack) clash(counts []int64) int {
	out, most := -1, 0
	for i := range counts {
		if n := k.beside(i, counts); n > most {
			out, most = i, n
		}
	}
	return out
}

// beside returns how many items are in a filling, as this one is, that it keeps apart from.
func (k *Knapsack) beside(item int, counts []int64) (n int) {
	if counts[item] == 0 {
		return 0
	}
	for _, i := range k.apart[item] {
		if counts[i] > 0 {
			n++
		}
	}
	return n
}
