package fill

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A Knapsack asks what one node holds that is worth most.
type Knapsack struct {
	items []*item // those that fit at least once
	room  []int64 // in the resources that they could overrun
	given int     // items

	all      []Item  // as they were given, where some keep apart; nil: none do
	apart    [][]int // of each, those that it keeps apart from
	capacity []int64
}

// An Item is alike pods.
type Item struct {
	Value, Count int64   // of one, and of how many
	Requests     []int64 // per resource
	Number       int     // by which others tell it
	Excludes     []int   // numbers of items that are not on the node beside it; they exclude it too
}

// SortByWorth sorts items by what they are worth for their size, the most first. Sizes are told by the items' numbers.
func SortByWorth(items []Item, sizes []float64) {
	slices.SortStableFunc(items, func(a, b Item) int {
		return -cmp.Compare(float64(float64(a.Value)*sizes[b.Number]), float64(float64(b.Value)*sizes[a.Number]))
	})
}

// An item is one as the node may take it.
type item struct {
	value    int64
	count    int64   // most of them on the node
	requests []int64 // per resource that binds
	shares   []int64 // the same as shares of the node's room, in units of 1/whole
	weight   int64   // in the surrogate resource, see weigh
	kind     int     // of the items given
}

// StepTicks is what a step of this package counts as, in ticks of package work.
const StepTicks = 2

// New returns the knapsack of these items in a node of such capacity, which is
// MaxInt64 where it does not bind. Searches go by the order of the items: those that
// are worth most come first.
func New(items []Item, capacity []int64) *Knapsack { return newKnapsack(items, capacity, false, nil) }

// NewMerged is New, but neighbours that differ in their count only are one item, and
// fillings tell them all as pods of the first. It knows of items that keep apart.
func NewMerged(items []Item, capacity []int64) *Knapsack {
	apart := apartOf(items)
	k := newKnapsack(items, capacity, true, apart)
	if apart != nil {
		k.all, k.apart, k.capacity = items, apart, capacity
	}
	return k
}

// newKnapsack merges no items that keep apart from others than their neighbours do.
func newKnapsack(given []Item, capacity []int64, merge bool, apart [][]int) *Knapsack {
	k := &Knapsack{items: make([]*item, 0, len(given)), given: len(given)}
	all := make([]item, 0, len(given))
	asked := make([]int64, len(capacity))
	for i, g := range given {
		n := Fit(g.Requests, capacity, g.Count)
		if g.Value <= 0 || n <= 0 {
			continue
		}
		for r, q := range g.Requests {
			asked[r] = arith.Add(asked[r], arith.Mul(n, q))
		}
		if last := len(all) - 1; merge && last >= 0 && all[last].value == g.Value && slices.Equal(all[last].requests, g.Requests) && (apart == nil || slices.Equal(apart[all[last].kind], apart[i])) {
			all[last].count = Fit(g.Requests, capacity, all[last].count+n)
			continue
		}
		all = append(all, item{kind: i, value: g.Value, count: n, requests: g.Requests})
		k.items = append(k.items, &all[len(all)-1])
	}
	k.room = bind(k.items, asked, capacity)
	return k
}

// Fit returns how often the requests fit in the room, at most limit.
func Fit(requests, room []int64, limit int64) int64 {
	for r, q := range requests {
		if q > 0 {
			limit = min(limit, room[r]/q)
		}
	}
	return limit
}

// bind leaves the items only the requests for what they could overrun, where they ask
// for so much together, and returns the room in that.
func bind(items []*item, asked, capacity []int64) (room []int64) {
	var binding []int
	for r, c := range capacity {
		if asked[r] > c {
			binding, room = append(binding, r), append(room, c)
		}
	}
	requests := make([]int64, 0, len(items)*len(binding))
	for _, it := range items {
		for _, r := range binding {
			requests = append(requests, it.requests[r])
		}
		it.requests = requests[len(requests)-len(binding):]
	}
	return room
}

// worth returns what all items are worth.
func worth(items []*item) int64 {
	sum := int64(0)
	for _, it := range items {
		sum += it.value * it.count
	}
	return sum
}

// AppendKey appends all that decides what the node holds at most.
func (k *Knapsack) AppendKey(b []byte) []byte {
	for _, c := range k.room {
		b = binary.AppendVarint(b, c)
	}
	for _, it := range k.items {
		b = binary.AppendVarint(binary.AppendVarint(b, it.value), it.count)
		for _, q := range it.requests {
			b = binary.AppendVarint(b, q)
		}
	}
	for _, of := range k.apart {
		b = binary.AppendVarint(b, int64(len(of)))
		for _, i := range of {
			b = binary.AppendVarint(b, int64(i))
		}
	}
	return b
}

// weighed returns the items by value per weight, what weight there is room for, and
// the multipliers of the resources in it.
func (k *Knapsack) weighed() (items []*item, budget int64, multipliers []int64) {
	items = slices.Clone(k.items)
	budget, multipliers = weigh(items, k.room)
	return items, budget, multipliers
}
