package bound

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A Knapsack asks what one node holds that is worth most.
type Knapsack struct {
	Values, Counts []int64   // per item, of one, and of how many
	Requests       [][]int64 // per item and resource
	Room           []int64   // per resource; Unlimited: any amount
}

// StepTicks is what a step of this package counts as, in ticks of package work.
const StepTicks = 2

// Fill looks for fillings worth more than floor, by branch and bound in about so many
// steps, and returns the steps that it took. It calls see with those that it comes by,
// each worth more than those before; the counts, per item, change later.
func (k *Knapsack) Fill(floor int64, steps int, see func(counts []int64, worth int64)) (taken int) {
	items, room := k.items()
	counts := make([]int64, len(k.Values))
	p := pack(items, room, floor, steps, func(of []int64, worth int64) {
		for i, n := range of {
			counts[items[i].kind] = n
		}
		see(counts, worth)
	})
	return p.steps
}

// items returns those of which one fits, and the room in the resources that they could
// overrun.
func (k *Knapsack) items() (items []*item, room []int64) {
	asked := make([]int64, len(k.Room))
	for i, v := range k.Values {
		if n := fit(k.Requests[i], k.Room, k.Counts[i]); v > 0 && n > 0 {
			items = append(items, &item{kind: i, value: v, count: n, requests: k.Requests[i]})
			for r, q := range k.Requests[i] {
				asked[r] = arith.Add(asked[r], arith.Mul(n, q))
			}
		}
	}
	room = bind(items, asked, k.Room)
	slices.SortStableFunc(items, func(a, b *item) int { return cmp.Compare(b.value, a.value) })
	return items, room
}
