package bound

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/fill"
)

// prepare returns an instance with the same bounds in which every number
// counts: launches that are possible, kinds that fit somewhere, resources in
// their greatest common unit, caps that several nodes share, nodes that none
// replaces. Kinds are in an order that does not depend on the input's.
func prepare(in *Instance) *Instance {
	out := &Instance{Left: in.Left, Spreads: in.Spreads, Aparts: in.Aparts, Counted: in.Counted, memo: in.memo}
	nodes := slices.Clone(in.Nodes)
	for b := range nodes {
		nodes[b].from = b
	}
	nodes = launchable(nodes, in.Caps, math.MaxInt64)
	var kept []int
	for k := range in.Kinds {
		if in.Kinds[k].Count > 0 && slices.ContainsFunc(nodes, func(n Node) bool { return n.Admits[k] && fill.Fit(in.Kinds[k].Requests, n.Capacity, 1) > 0 }) {
			kept = append(kept, k)
		}
	}
	requests := make([][]int64, len(kept))
	for i, k := range kept {
		requests[i] = in.Kinds[k].Requests
	}
	units := fill.Units(requests)
	for _, k := range kept {
		kind := in.Kinds[k]
		kind.Requests = fill.Scale(kind.Requests, units)
		kind.from = k
		out.Kinds = append(out.Kinds, kind)
	}
	slices.SortStableFunc(out.Kinds, compareKinds)
	pods := out.pods()
	for _, n := range launchable(nodes, in.Caps, pods) {
		n.Capacity = fill.Scale(n.Capacity, units)
		admits := make([]bool, len(out.Kinds))
		for k, kind := range out.Kinds {
			fits := fill.Fit(kind.Requests, n.Capacity, 1) > 0
			admits[k] = n.Admits[kind.from] && fits
			n.selective = n.selective || admits[k] != fits
		}
		n.Admits = admits
		clampCapacity(&n, out.Kinds)
		if slices.Contains(admits, true) { // no plan launches what stays empty
			out.Nodes = append(out.Nodes, n)
		}
	}
	out.Nodes = undominated(launchable(mergeAlike(out.Nodes), in.Caps, pods))
	out.Caps = shareCaps(out.Nodes, in.Caps)
	out.proveAparts()
	return out
}

// launchable returns the nodes that can be launched at least once. A cap
// that binds one node only becomes that node's limit; one that no plan reaches
// which has a pod on every node is left out. It works in place.
func launchable(nodes []Node, caps []int64, pods int64) []Node {
	users, largest := make([]int, len(caps)), make([]int64, len(caps))
	for _, n := range nodes {
		for _, u := range n.Uses {
			if u.Amount > 0 {
				users[u.Cap]++
				largest[u.Cap] = max(largest[u.Cap], u.Amount)
			}
		}
	}
	out := nodes[:0]
	for _, n := range nodes {
		var shared []Use
		for _, u := range n.Uses {
			switch most := caps[u.Cap]; {
			case u.Amount == 0:
			case u.Amount > most:
				n.Limit = 0
			case most/largest[u.Cap] >= pods:
			case users[u.Cap] == 1:
				n.Limit = min(n.Limit, most/u.Amount)
			default:
				shared = append(shared, u)
			}
		}
		n.Uses = shared
		if n.Limit >= pods {
			n.Limit = Unlimited
		}
		if n.Limit > 0 {
			out = append(out, n)
		}
	}
	return out
}

// shareCaps returns the caps that the nodes use, and renumbers the uses.
func shareCaps(nodes []Node, caps []int64) []int64 {
	var used []int64
	at := map[int]int{}
	for b := range nodes {
		for i, u := range nodes[b].Uses {
			n, ok := at[u.Cap]
			if !ok {
				n = len(used)
				at[u.Cap] = n
				used = append(used, caps[u.Cap])
			}
			nodes[b].Uses[i].Cap = n
		}
	}
	return used
}

// compareKinds orders kinds by content.
func compareKinds(a, b Kind) int {
	return cmp.Or(cmp.Compare(b.value, a.value), slices.Compare(a.Requests, b.Requests), cmp.Compare(a.Count, b.Count), cmp.Compare(a.most(), b.most()), cmp.Compare(a.Level, b.Level))
}

// clampCapacity lowers each capacity to what the pods that the node could hold
// of each kind ask for together, so that room for nothing counts for nothing.
func clampCapacity(n *Node, kinds []Kind) {
	asked := make([]int64, len(n.Capacity))
	for k := range kinds {
		if !n.Admits[k] {
			continue
		}
		most := fill.Fit(kinds[k].Requests, n.Capacity, kinds[k].most())
		for r, q := range kinds[k].Requests {
			asked[r] = arith.Add(asked[r], most*q) // at most the capacity, or all requests
		}
	}
	for r := range asked {
		n.Capacity[r] = min(n.Capacity[r], asked[r])
	}
}

// mergeAlike returns the nodes, those that differ in nothing but their limit
// as one.
func mergeAlike(nodes []Node) []Node {
	var out []Node
	at := map[string]int{}
	for _, n := range nodes {
		key := string(appendNode(nil, &n))
		if i, ok := at[key]; ok {
			out[i].Limit = arith.Add(out[i].Limit, n.Limit)
			continue
		}
		at[key], out = len(out), append(out, n)
	}
	return out
}

func appendNode(b []byte, n *Node) []byte {
	b = binary.AppendVarint(b, n.Price)
	b = appendCapacity(b, n)
	for _, g := range n.gains {
		b = binary.AppendVarint(b, g)
	}
	for _, u := range n.Uses {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(u.Cap)), u.Amount)
	}
	return b
}

// appendCapacity appends all that decides what the node can hold.
func appendCapacity(b []byte, n *Node) []byte {
	for _, c := range n.Capacity {
		b = binary.AppendVarint(b, c)
	}
	for _, a := range n.Admits {
		b = strconv.AppendBool(b, a)
	}
	return b
}

// undominated returns the nodes that no other replaces: one without limit that
// is no dearer, holds whatever they hold, takes no more of any cap, and gains as
// much toward floors.
func undominated(nodes []Node) []Node {
	order := slices.Clone(nodes)
	slices.SortStableFunc(order, func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Price, b.Price), -slices.Compare(a.Capacity, b.Capacity), cmp.Compare(len(a.Uses), len(b.Uses)))
	})
	drop := make([]bool, len(order))
	var index dominance.Index
	for i := range order {
		index.Add(i, order[i].Uses)
	}
	for i := range order {
		drop[i] = index.Some(order[i].Uses, func(j int) bool { return i != j && !drop[j] && replaces(&order[j], &order[i]) })
	}
	kept := order[:0]
	for i, n := range order {
		if !drop[i] {
			kept = append(kept, n)
		}
	}
	return kept
}

func replaces(a, b *Node) bool {
	return a.Limit == Unlimited && a.Price <= b.Price && dominance.NoLess(a.Capacity, b.Capacity) && dominance.NoLess(a.gains, b.gains) &&
		dominance.AdmitsAll(a.Admits, b.Admits) && dominance.UsesNoMore(a.Uses, b.Uses)
}
