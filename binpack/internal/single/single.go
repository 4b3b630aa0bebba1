package single

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
)

// An item is a bin as the only class sees it.
type item struct {
	bin     int
	perNode int64 // pods to a node, > 0
	price   int64
	uses    []model.Use
	copies  int64 // most launches that can make a difference
}

// Solve returns the best solution for the only class of m, and whether it is
// one: false means that the caps make the problem too large to be solved so.
func Solve(m *model.Model, bins []int) (model.Solution, bool) {
	n := m.Classes[0].Count
	var items []item
	for _, b := range bins {
		if k := m.MostOf(0, b); k > 0 {
			items = append(items, item{b, k, m.Bins[b].Price, m.Bins[b].Uses, m.Launches(b, m.Caps, (n+k-1)/k)})
		}
	}
	items = undominated(items)
	if len(items) == 0 {
		return nil, true
	}
	times, ok := uncapped(items, n)
	if !ok || !within(m, items, times) {
		if times, ok = capped(m, items, n); !ok {
			return nil, false
		}
	}
	return spread(items, times, n), true
}

// undominated returns the items without those that a free item replaces: one
// without caps that holds as much and costs no more.
func undominated(items []item) []item {
	var kept []item
	for i := range items {
		replaced := slices.ContainsFunc(items, func(o item) bool {
			alike := o.price == items[i].price && o.perNode == items[i].perNode && len(items[i].uses) == 0
			return len(o.uses) == 0 && o.price <= items[i].price && o.perNode >= items[i].perNode && (!alike || o.bin < items[i].bin)
		})
		if !replaced {
			kept = append(kept, items[i])
		}
	}
	return kept
}

// within reports whether launching items so often respects every cap.
func within(m *model.Model, items []item, times []int64) bool {
	free := slices.Clone(m.Caps)
	for i := range items {
		if m.Launches(items[i].bin, free, times[i]) < times[i] {
			return false
		}
		m.Spend(items[i].bin, free, times[i])
	}
	return true
}

// spread puts n pods on the nodes: all are full but the last of the smallest.
func spread(items []item, times []int64, n int64) model.Solution {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(items[a].perNode, items[b].perNode) })
	var s model.Solution
	add := func(bin int, times, pods int64) {
		if times > 0 && pods > 0 {
			s = append(s, model.Column{Bin: bin, Times: times, Counts: []model.Count{{Class: 0, N: pods}}})
		}
	}
	for _, i := range order {
		full := min(times[i], n/items[i].perNode)
		add(items[i].bin, full, items[i].perNode)
		n -= full * items[i].perNode
		if full < times[i] {
			add(items[i].bin, 1, n)
			n = 0
		}
	}
	return s
}

// best returns the item with the least price per pod of those allowed, the
// first among equals, or -1.
func best(items []item, allowed func(*item) bool) int {
	at := -1
	for i := range items {
		if !allowed(&items[i]) {
			continue
		}
		if at < 0 || cheaper(&items[i], &items[at]) {
			at = i
		}
	}
	return at
}

// cheaper reports whether a costs less per pod than b.
func cheaper(a, b *item) bool { return arith.CompareRatio(a.price, a.perNode, b.price, b.perNode) < 0 }
