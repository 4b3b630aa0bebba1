package fill

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// fullRoom is the room of a node in each resource once it is brought to scale.
const fullRoom = 1 << 30

// heaviest is the multiplier of the resource that counts most.
const heaviest = 1 << 20

// weigh gives each item a weight, a sum of its requests with one multiplier
// per resource, sorts the items by value per weight, and returns the room in
// that weight and the multipliers. Every filling of the node fits there too,
// since requests are rounded down. Any multipliers are valid; good ones make the
// room tight.
func weigh(items []*item, room []int64) (budget int64, multipliers []int64) {
	for i := range items {
		items[i].shares = sharesOf(items[i].requests, room)
	}
	multipliers = multipliersOf(items, len(room))
	return apply(items, multipliers), multipliers
}

// sharesOf returns the requests as shares of the room, rounded down. A request
// is never more than the room.
func sharesOf(requests, room []int64) []int64 {
	out := make([]int64, len(requests))
	for r, q := range requests {
		if q > 0 {
			out[r] = arith.MulDiv(q, fullRoom, room[r])
		}
	}
	return out
}

// apply sets the weights, sorts, and returns the room.
func apply(items []*item, multipliers []int64) int64 {
	budget := int64(0)
	for _, m := range multipliers {
		budget += m * fullRoom
	}
	for i := range items {
		items[i].weight = 0
		for r, m := range multipliers {
			items[i].weight += m * items[i].shares[r]
		}
	}
	slices.SortFunc(items, compareWorth)
	return budget
}
