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
			enough := higher*weight + placed
			most, err := maxValueHeld(ctx, in, enough, func(k *Kind) int64 { return [...]int64{0, 1, weight}[1+cmp.Compare(level, k.Level)] })
			if err != nil || most > enough {
				return false, err
			}
		}
		higher += placed
	}
	return true, nil
}

// maxTries bounds the groups of kinds that are tried as ones that do not count apart.
const maxTries = 16

// maxValueHeld returns an upper bound on the value that launches within all limits
// can hold, where pods have these values. It may stop at a bound of enough.
//
// Kinds that count apart leave their room to others: that can cost more than it gains. So each group of
// kinds does so only where the bound is lower for it. Else fewer pods, with nodes enough, could prove less.
func maxValueHeld(ctx context.Context, in *Instance, enough int64, value func(*Kind) int64) (int64, error) {
	valued := *in
	valued.Kinds, valued.Nodes = slices.Clone(in.Kinds), slices.Clone(in.Nodes)
	for k := range valued.Kinds {
		valued.Kinds[k].value = value(&valued.Kinds[k])
	}
	if err := valued.check(); err != nil {
		return 0, err
	}
	for b := range valued.Nodes {
		valued.Nodes[b].Price = 0
	}
	p := prepare(&valued)
	together, err := reach(ctx, p, nil)
	apart := p.plenty()
	if err != nil || together <= enough || len(apart) == 0 {
		return together, err
	}
	most, err := reach(ctx, p, apart)
	for i, tries := 0, 0; err == nil && most > enough && i < len(apart) && tries < maxTries; tries++ {
		var less int64
		others := slices.Delete(slices.Clone(apart), i, i+1)
		if less, err = reach(ctx, p, others); less < most {
			most, apart = less, others
		} else {
			i++
		}
	}
	return min(together, most), err
}

// plenty returns the groups of kinds of a prepared instance that nodes enough admit: these can be launched as
// often as there are such pods, each by its own limits, and all by what each takes of one. Kinds of a group
// differ in counts, certificates and exclusions only. Else who tells more kinds apart would prove less.
func (in *Instance) plenty() (groups [][]int) {
	seen := make([]bool, len(in.Kinds))
	for k, of := range in.Kinds {
		if seen[k] || of.value == 0 {
			continue
		}
		room, launches := in.roomFor(k)
		perNode := func(k *Kind) int64 { return min(room, cmp.Or(k.PerNode, room)) } // a limit counts as far as there is room for more
		group, pods := []int(nil), int64(0)
		for o, other := range in.Kinds {
			alike := other.value == of.value && perNode(&other) == perNode(&of) && slices.Equal(other.Requests, of.Requests)
			if alike && !slices.ContainsFunc(in.Nodes, func(n Node) bool { return n.Admits[o] != n.Admits[k] }) {
				seen[o], group, pods = true, append(group, o), pods+other.Count
			}
		}
		if launches >= pods {
			groups = append(groups, group)
		}
	}
	return groups
}

// roomFor returns the most pods of kind k that any node that admits it has room for, and how often all these
// nodes can be launched.
func (in *Instance) roomFor(k int) (room, launches int64) {
	takes := map[int]int64(nil) // the least that any of them takes of each cap
	for _, n := range in.Nodes {
		if !n.Admits[k] {
			continue
		}
		room = max(room, fill.Fit(in.Kinds[k].Requests, n.Capacity, Unlimited))
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
	return room, launches
}

// reach returns an upper bound on the value that launches of a prepared instance hold, where all pods of the
// kinds that count apart are placed.
func reach(ctx context.Context, in *Instance, apart [][]int) (int64, error) {
	p, placed, rest := *in, int64(0), int64(0)
	p.Kinds = slices.Clone(in.Kinds)
	for _, k := range slices.Concat(apart...) {
		placed += p.Kinds[k].Count * p.Kinds[k].value
		p.Kinds[k].value = 0
	}
	for _, k := range p.Kinds {
		rest += k.Count * k.value
	}
	c, err := coverOf(ctx, &p, full, rest)
	if err != nil {
		return 0, err
	}
	most, err := c.Reach(ctx)
	return placed + most, err
}
