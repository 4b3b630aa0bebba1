package single

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/model"
)

// maxSteps bounds the label-setting program: about a tenth of a second.
const maxSteps = 5_000_000

// A label is a way to place some number of pods.
type label struct {
	cost  int64
	used  []int64 // of the caps that several items share
	prev  int32   // the label that it extends, -1: none
	item  int32
	times int64
}

// A labelling extends labels item by item.
type labelling struct {
	limits []int64 // of the shared caps
	labels []label
	at     [][]int32 // pods placed → labels that none other beats
	steps  int
}

// capped returns how often to launch each item under the caps: to place as
// many pods as can be, at the least cost.
func capped(m *model.Model, items []item, n int64) ([]int64, bool) {
	times := make([]int64, len(items))
	n, star, fixed := reduce(items, n)
	if star >= 0 {
		times[star] = fixed
	}
	if n > maxStates {
		return nil, false
	}
	shared := sharedCaps(m, items)
	l := &labelling{at: make([][]int32, n+1)}
	for _, k := range shared {
		l.limits = append(l.limits, m.Caps[k])
	}
	l.labels = []label{{used: make([]int64, len(shared)), prev: -1}}
	l.at[0] = []int32{0}
	for i := range items {
		amounts := make([]int64, len(shared))
		for _, u := range items[i].uses {
			if k := slices.Index(shared, u.Cap); k >= 0 {
				amounts[k] = u.Amount
			}
		}
		// Any number up to copies is a sum of these parts.
		copies := min(items[i].copies, (n+items[i].perNode-1)/items[i].perNode)
		for part := int64(1); copies > 0; part *= 2 {
			part = min(part, copies)
			copies -= part
			if !l.extend(int32(i), &items[i], part, amounts) {
				return nil, false
			}
		}
	}
	for j := n; j >= 0; j-- {
		if len(l.at[j]) == 0 {
			continue
		}
		for k := l.at[j][0]; k > 0; k = l.labels[k].prev {
			times[l.labels[k].item] += l.labels[k].times
		}
		break
	}
	return times, true
}

// reduce cuts n down where an item without caps is launched often in some
// optimum, and returns that item and how often at least. The pods that are not
// on it are on items with caps, or on fewer than its k others.
func reduce(items []item, n int64) (rest int64, star int, times int64) {
	free := func(it *item) bool { return len(it.uses) == 0 }
	star = best(items, free)
	if star < 0 {
		return n, star, 0
	}
	var elsewhere, most int64
	for i := range items {
		if free(&items[i]) {
			most = max(most, items[i].perNode)
		} else {
			elsewhere += items[i].copies * items[i].perNode
		}
	}
	k := items[star].perNode
	times = max(0, n-elsewhere-k*most) / k
	return n - times*k, star, times
}

// sharedCaps returns the caps that more than one item uses: the others are
// held by the items' copies.
func sharedCaps(m *model.Model, items []item) []int {
	users := make([]int, len(m.Caps))
	for i := range items {
		for _, u := range items[i].uses {
			users[u.Cap]++
		}
	}
	var shared []int
	for k, n := range users {
		if n > 1 {
			shared = append(shared, k)
		}
	}
	return shared
}

// extend adds, to every label, the same with the item launched times more. It
// reports false when that takes too long.
func (l *labelling) extend(i int32, it *item, times int64, amounts []int64) bool {
	n := int64(len(l.at) - 1)
	for j := n - 1; j >= 0; j-- { // where all are placed, more nodes cannot help
		for _, k := range l.at[j] {
			if l.steps++; l.steps > maxSteps {
				return false
			}
			from := l.labels[k]
			used := slices.Clone(from.used)
			over := false
			for c := range used {
				used[c] += amounts[c] * times
				over = over || used[c] > l.limits[c]
			}
			if !over {
				to := min(n, j+it.perNode*times)
				l.insert(to, label{from.cost + it.price*times, used, k, i, times})
			}
		}
	}
	return true
}

// insert keeps the label unless another that places as many beats it, and
// drops those that it beats. The labels of a state are in order of cost.
func (l *labelling) insert(j int64, n label) {
	kept := l.at[j]
	at := 0
	for _, k := range kept {
		l.steps++
		if l.labels[k].cost > n.cost {
			break
		}
		if dominance.NoLess(n.used, l.labels[k].used) {
			return
		}
		at++
	}
	l.labels = append(l.labels, n)
	rest := slices.DeleteFunc(slices.Clone(kept[at:]), func(k int32) bool { return dominance.NoLess(l.labels[k].used, n.used) })
	l.at[j] = append(append(kept[:at:at], int32(len(l.labels)-1)), rest...)
}
