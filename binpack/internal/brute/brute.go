package brute

import (
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
)

// A Limit allows a node with a pod of the kind Owner no more than Most pods of
// the kinds that are Members, all counted.
type Limit struct {
	Owner   int
	Members []bool
	Most    int64
}

// Best returns the fewest pods that any plan of the instance leaves which keeps
// the limits, and the least price of plans that leave as few. Values and Left
// do not matter.
func Best(in *bound.Instance, limits ...Limit) (left, price int64) {
	start := state{rest: make([]int64, len(in.Kinds)), caps: slices.Clone(in.Caps)}
	for k, kind := range in.Kinds {
		start.rest[k] = kind.Count
	}
	reached := map[string]state{start.key(): start}
	for b := range in.Nodes {
		reached = launch(in, b, limits, reached)
	}
	left = -1
	for _, s := range reached {
		n := int64(0)
		for _, r := range s.rest {
			n += r
		}
		if left < 0 || n < left || n == left && s.price < price {
			left, price = n, s.price
		}
	}
	return left, price
}

// A state is where some launches lead to.
type state struct {
	rest  []int64 // pods not placed, per kind
	caps  []int64 // what is left of each cap
	price int64
}

// key names the state but for its price.
func (s state) key() string {
	var b []byte
	for _, n := range slices.Concat(s.rest, s.caps) {
		b = binary.AppendVarint(b, n)
	}
	return string(b)
}

// launch returns the states with every number of launches of node b and every
// way of filling them, the cheapest of equal ones.
func launch(in *bound.Instance, b int, limits []Limit, from map[string]state) map[string]state {
	all, last := from, from
	for n := int64(0); n < in.Nodes[b].Limit && len(last) > 0; n++ {
		next := map[string]state{}
		for _, s := range last {
			caps, ok := take(s.caps, in.Nodes[b].Uses)
			if !ok {
				continue
			}
			for _, rest := range fillings(in, b, limits, s.rest) {
				t := state{rest, caps, s.price + in.Nodes[b].Price}
				if old, seen := all[t.key()]; seen && old.price <= t.price {
					continue
				}
				if old, seen := next[t.key()]; !seen || t.price < old.price {
					next[t.key()] = t
				}
			}
		}
		all = merge(all, next)
		last = next
	}
	return all
}

func merge(a, b map[string]state) map[string]state {
	out := map[string]state{}
	for _, m := range []map[string]state{a, b} {
		for key, s := range m {
			if old, seen := out[key]; !seen || s.price < old.price {
				out[key] = s
			}
		}
	}
	return out
}

func take(caps []int64, uses []bound.Use) ([]int64, bool) {
	caps = slices.Clone(caps)
	for _, u := range uses {
		caps[u.Cap] -= u.Amount
		if caps[u.Cap] < 0 {
			return nil, false
		}
	}
	return caps, true
}

// fillings returns what may be left of rest after one node b is filled: every
// filling that no further pod can be added to. A node that could hold another
// pod of the plan may as well take it: what a node holds less, it may hold too.
func fillings(in *bound.Instance, b int, limits []Limit, rest []int64) [][]int64 {
	node := &in.Nodes[b]
	var out [][]int64
	var fill func(first int, rest, room []int64)
	fill = func(first int, now, room []int64) {
		full := true
		for k := range in.Kinds {
			if now[k] == 0 || !node.Admits[k] || !fits(in.Kinds[k].Requests, room) || !allowed(in, limits, rest, now, k) {
				continue
			}
			full = false
			if k < first {
				continue // kinds are added in order, so that no filling comes twice
			}
			after, left := slices.Clone(now), slices.Clone(room)
			after[k]--
			for r, q := range in.Kinds[k].Requests {
				if left[r] != bound.Unlimited {
					left[r] -= q
				}
			}
			fill(k, after, left)
		}
		if full && !slices.Equal(now, rest) {
			out = append(out, now)
		}
	}
	fill(0, rest, node.Capacity)
	return out
}

// allowed reports whether a node may hold another pod of kind k, besides what
// it has taken of rest to leave now.
func allowed(in *bound.Instance, limits []Limit, rest, now []int64, k int) bool {
	on := make([]int64, len(rest))
	for i := range rest {
		on[i] = rest[i] - now[i]
	}
	on[k]++
	if most := in.Kinds[k].PerNode; most > 0 && on[k] > most {
		return false
	}
	for i, n := range on {
		if n > 0 && slices.Contains(in.Kinds[k].Excludes, in.Kinds[i].Number) {
			return false
		}
	}
	for _, l := range limits {
		sum := int64(0)
		for i, n := range on {
			if l.Members[i] {
				sum += n
			}
		}
		if on[l.Owner] > 0 && sum > l.Most {
			return false
		}
	}
	return true
}

func fits(requests, room []int64) bool {
	for r, q := range requests {
		if q > room[r] {
			return false
		}
	}
	return true
}
