package bound

import "slices"

// whole is the room of a node in each resource once it is brought to scale.
const whole = 1 << 30

// heaviest is the multiplier of the resource that counts most.
const heaviest = 1 << 20

// Rounds of the subgradient method: fewer where there are many items, since
// each round sorts them.
const (
	roundItems  = 40_000
	leastRounds = 12
	mostRounds  = 60
)

// weigh gives each item a weight, a sum of its requests with one multiplier
// per resource, sorts the items by value per weight, and returns the room in
// that weight. Every filling of the node fits there too, since requests are
// rounded down. Any multipliers are valid; good ones make the room tight.
//
// They are found by a subgradient method (Held, Wolfe, Crowder, 1974) on the
// relaxation's value: a resource that the relaxed filling overruns gets a
// greater multiplier, one that it leaves unused a smaller one.
func weigh(items []*item, room []int64) int64 {
	for i := range items {
		items[i].shares = sharesOf(items[i].requests, room)
	}
	multipliers := make([]int64, len(room))
	for r := range multipliers {
		multipliers[r] = heaviest
	}
	best := slices.Clone(multipliers)
	least := int64(-1)
	rounds := min(max(roundItems/len(items), leastRounds), mostRounds)
	for t := range rounds {
		budget := apply(items, multipliers)
		if value := relaxed(items, budget); least < 0 || value < least {
			least = value
			copy(best, multipliers)
		}
		adjust(multipliers, usage(items, budget), t)
	}
	return apply(items, best)
}

// sharesOf returns the requests as shares of the room, rounded down. A request
// is never more than the room.
func sharesOf(requests, room []int64) []int64 {
	out := make([]int64, len(requests))
	for r, q := range requests {
		if q > 0 {
			out[r] = mulDiv(q, whole, room[r])
		}
	}
	return out
}

// apply sets the weights, sorts, and returns the room.
func apply(items []*item, multipliers []int64) int64 {
	budget := int64(0)
	for _, m := range multipliers {
		budget += m * whole
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

// usage returns what the relaxed filling takes of each resource, in units of
// 1/whole.
func usage(items []*item, weight int64) []int64 {
	used := make([]int64, len(items[0].shares))
	for i := range items {
		it := items[i]
		if it.weight == 0 || it.count <= weight/it.weight {
			weight -= it.weight * it.count
			for r, s := range it.shares {
				used[r] += s * it.count
			}
			continue
		}
		for r, s := range it.shares {
			used[r] += mulDiv(s, weight, it.weight)
		}
		break
	}
	return used
}

// adjust moves each multiplier by up to half of itself, less as rounds go by,
// and brings the greatest back to heaviest.
func adjust(multipliers, used []int64, round int) {
	most := int64(1)
	for r, m := range multipliers {
		over := min(max(used[r]-whole, -whole), whole)
		m += (m * (over >> 10) >> 21) * 8 / int64(8+round)
		multipliers[r] = max(m, 1)
		most = max(most, multipliers[r])
	}
	for r, m := range multipliers {
		multipliers[r] = max(m*heaviest/most, 1)
	}
}
