package bound

import (
	"cmp"
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/fill"
)

// Fewest reports whether it is proven that no launches within all limits leave
// fewer pods than Left, level by level from the highest priority down. Values
// and prices do not matter. false: not proven, which does not mean that some do.
//
// For each level give the pods of higher levels a value that outweighs the
// level's own, which count 1: launches that leave fewer, the first time at this
// level, would gain more value than those that leave Left. Of no kind more can be placed
// than there are, whatever is launched for the others: kinds with nodes enough count apart.
// forced is pods of each level that every plan leaves, by Forced; missing: none.
func Fewest(ctx context.Context, in *Instance, forced []int64) (bool, error) {
	if err := in.check(); err != nil {
		return false, err
	}
	pods := make([]int64, len(in.Left))
	for k, ok := range Placeable(in) {
		if level := in.Kinds[k].Level; ok && level < len(pods) {
			pods[level] += in.Kinds[k].Count
		}
	}
	higher := int64(0) // pods of higher levels that are not left
	for level, left := range in.Left {
		placed := max(0, pods[level]-left)
		if left > 0 && (level >= len(forced) || left > forced[level]) {
			weight := pods[level] + 1
			most, err := maxValueHeld(ctx, in, func(k *Kind) int64 { return [...]int64{0, 1, weight}[1+cmp.Compare(level, k.Level)] })
			if err != nil || most > higher*weight+placed {
				return false, err
			}
		}
		higher += placed
	}
	return true, nil
}

// maxValueHeld returns an upper bound on the value that launches within all limits
// can hold, where pods have these values.
func maxValueHeld(ctx context.Context, in *Instance, value func(*Kind) int64) (int64, error) {
	valued := *in
	valued.Kinds = slices.Clone(in.Kinds)
	for k := range valued.Kinds {
		valued.Kinds[k].value = value(&valued.Kinds[k])
	}
	if err := valued.check(); err != nil {
		return 0, err
	}
	valued.Nodes = slices.Clone(in.Nodes)
	for b := range valued.Nodes {
		valued.Nodes[b].Price = 0
	}
	p := prepare(&valued)
	most, err := reach(ctx, p)
	if err != nil {
		return 0, err
	}
	scarce, apart := *p, int64(0)
	scarce.Kinds = slices.Clone(p.Kinds)
	for k := range scarce.Kinds {
		if p.plenty(k) {
			apart += p.Kinds[k].Count * p.Kinds[k].value
			scarce.Kinds[k].value = 0
		}
	}
	if apart == 0 {
		return most, nil
	}
	rest, err := reach(ctx, &scarce)
	return min(most, apart+rest), err
}

// plenty reports whether nodes that admit kind k of a prepared instance can be launched as
// often as there are such pods: each by its own limits, and all by what each takes of one.
func (in *Instance) plenty(k int) bool {
	launches, takes := int64(0), map[int]int64(nil) // the least that any of them takes of each cap
	of, room := &in.Kinds[k], int64(0)              // the most pods of it that any of them has room for
	for _, n := range in.Nodes {
		if !n.Admits[k] {
			continue
		}
		room = max(room, fill.Fit(of.Requests, n.Capacity, Unlimited))
		launches = arith.Add(launches, min(n.Limit, withinCaps(n.Uses, in.Caps)))
		own := map[int]int64{}
		for _, u := range n.Uses {
			if least, ok := takes[u.Cap]; ok || takes == nil {
				own[u.Cap] = min(u.Amount, cmp.Or(least, u.Amount))
			}
		}
		takes = own
	}
	for c, amount := range takes {
		launches = min(launches, in.Caps[c]/amount)
	}
	// Pods of other kinds are such pods too if only counts, certificates and exclusions tell them apart. Else
	// who tells more kinds apart would prove less. A limit counts as far as there is room for more.
	perNode := func(k *Kind) int64 { return min(room, cmp.Or(k.PerNode, room)) }
	pods := int64(0)
	for o, other := range in.Kinds {
		alike := other.value == of.value && perNode(&other) == perNode(of) && slices.Equal(other.Requests, of.Requests)
		if alike && !slices.ContainsFunc(in.Nodes, func(n Node) bool { return n.Admits[o] != n.Admits[k] }) {
			pods += other.Count
		}
	}
	return launches >= pods
}

// reach returns an upper bound on the value that launches of a prepared instance hold.
func reach(ctx context.Context, p *Instance) (int64, error) {
	all := int64(0)
	for _, k := range p.Kinds {
		all += k.Count * k.value
	}
	c, err := coverOf(ctx, p, full, all)
	if err != nil {
		return 0, err
	}
	return c.Reach(ctx)
}
