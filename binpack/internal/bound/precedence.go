package bound

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/fill"
)

// A Precedence says that some nodes come later than those of a pool: they hold a kind that the pool could launch for
// only when no limit allows one more launch of the node that the pool would launch.
type Precedence struct {
	Rank int64   // nodes of higher rank come later
	Next [][]Use // per kind, what a launch for one pod takes of the caps; nil: the pool holds none
}

const (
	// maxGroups bounds the groups of kinds that one precedence tells apart.
	maxGroups = 2
	// maxBranches bounds the branches of all precedences together. Where there are more the
	// precedences tell fewer groups apart, and in the end the last are left out, which
	// makes the bound lower.
	maxBranches = 40
)

// A Branch is some of the plans of an instance.
type Branch struct {
	Instance *Instance // several branches may be of one
	Floors   []int64   // what launches take at least of the caps that the instance counts
}

// A floor is what launches must take of a cap.
type floor struct {
	cap   int
	least int64
}

// kept returns the instance in which precedences that no limit ends are kept: a kind for which a pool may launch any
// number of nodes is on no later ones. The other precedences stay as far as some later node holds a kind that they are
// about. Where no plan could be like that, as far as the instance tells, it is returned as it is.
func (in *Instance) kept() *Instance {
	if len(in.Precedences) == 0 {
		return in
	}
	out := *in
	out.Precedences, out.Nodes = nil, slices.Clone(in.Nodes)
	endless := func(uses []Use) bool {
		return uses != nil && !slices.ContainsFunc(uses, func(u Use) bool { return u.Amount > 0 })
	}
	last := make([]int64, len(in.Kinds)) // of each kind the rank of the last nodes that may hold it
	for k := range last {
		last[k] = math.MaxInt64
		for _, t := range in.Precedences {
			if endless(t.Next[k]) {
				last[k] = min(last[k], t.Rank)
			}
		}
	}
	out.bar(last)
	held := out.lastOf()
	for _, t := range in.Precedences {
		rest := Precedence{Rank: t.Rank, Next: slices.Clone(t.Next)}
		for k := range t.Next {
			if held[k] <= t.Rank {
				rest.Next[k] = nil
			}
		}
		if slices.ContainsFunc(rest.Next, func(uses []Use) bool { return uses != nil }) {
			out.Precedences = append(out.Precedences, rest)
		}
	}
	return cmp.Or(out.leaving(Placeable(in), in.Left), in)
}

// bar takes each kind off the nodes that come later than some rank. The nodes are the instance's own.
func (in *Instance) bar(last []int64) {
	for b := range in.Nodes {
		node, own := &in.Nodes[b], false
		for k, rank := range last {
			if node.Rank <= rank || !node.Admits[k] {
				continue
			}
			if !own {
				node.Admits, own = slices.Clone(node.Admits), true
			}
			node.Admits[k] = false
		}
	}
}

// lastOf returns of each kind the rank of the last nodes that admit it.
func (in *Instance) lastOf() []int64 {
	out := make([]int64, len(in.Kinds))
	for k := range out {
		out[k] = math.MinInt64
		for b := range in.Nodes {
			if in.Nodes[b].Admits[k] && in.Kinds[k].Count > 0 {
				out[k] = max(out[k], in.Nodes[b].Rank)
			}
		}
	}
	return out
}

// Branches divides the plans into branches. A bound of relaxed is one of every plan. Every plan that costs less than
// enough is in at least one branch: so the least bound of all branches is a bound, up to enough. For each precedence,
// either no kind that the pool holds is on later nodes; or one is, and then the launches have used up one of the
// limits, except for less than the pool's next launch takes. Without precedences there are no branches.
func Branches(in *Instance, enough int64) (relaxed *Instance, branches []Branch) {
	in = in.kept()
	out := *in
	out.Precedences = nil
	if len(in.Precedences) == 0 {
		return &out, nil
	}
	out.memo = fill.Memo{}
	for groups := maxGroups; groups > 1; groups-- {
		if parts, all := in.parts(&out, enough, groups); all {
			return &out, branchesOf(parts)
		}
	}
	parts, _ := in.parts(&out, enough, 1)
	return &out, branchesOf(parts)
}

// A part is the plans that make the same choice in the first precedences.
type part struct {
	in     *Instance
	floors []floor
}

// parts returns the parts when each precedence tells at most groups groups of kinds apart, and
// whether all precedences count.
func (in *Instance) parts(relaxed *Instance, enough int64, groups int) (parts []part, all bool) {
	placeable := Placeable(in)
	parts = []part{{in: relaxed}}
	for i := range in.Precedences {
		alternatives := slices.DeleteFunc(in.Precedences[i].alternatives(in, groups), func(w alternative) bool { return w.floor != nil && in.tooDear(w.floor, enough) })
		if len(parts)*len(alternatives) > maxBranches {
			return parts, false
		}
		var next []part
		under := map[*Instance][]*Instance{} // by the number of groups that are barred
		for _, p := range parts {
			for _, w := range alternatives {
				for len(under[p.in]) <= w.groups {
					under[p.in] = append(under[p.in], p.in.under(&in.Precedences[i], alternatives, len(under[p.in])).leaving(placeable, in.Left))
				}
				if u := under[p.in][w.groups]; u != nil {
					next = append(next, part{u, w.withFloor(p.floors)})
				}
			}
		}
		parts = next
	}
	return parts, true
}

// withFloor returns the floors with that of w, if it has one.
func (w alternative) withFloor(floors []floor) []floor {
	if w.floor == nil {
		return floors
	}
	return append(slices.Clip(floors), *w.floor)
}

// branchesOf lets the instances count the caps that have floors.
func branchesOf(parts []part) []Branch {
	var caps []int
	for _, p := range parts {
		for _, f := range p.floors {
			caps = append(caps, f.cap)
		}
	}
	slices.Sort(caps)
	caps = slices.Compact(caps)
	var out []Branch
	for _, p := range parts {
		if p.in.Counted == nil {
			p.in.count(caps)
		}
		c := Branch{p.in, make([]int64, len(caps))}
		for _, f := range p.floors {
			at, _ := slices.BinarySearch(caps, f.cap)
			c.Floors[at] = max(c.Floors[at], f.least)
		}
		out = append(out, c)
	}
	return out
}

// count fills in what launches take of caps that may have floors.
func (in *Instance) count(caps []int) {
	in.Counted = append([]int{}, caps...)
	in.Nodes = slices.Clone(in.Nodes)
	for b := range in.Nodes {
		node := &in.Nodes[b]
		node.gains = make([]int64, len(caps))
		for _, u := range node.Uses {
			if at, is := slices.BinarySearch(caps, u.Cap); is {
				node.gains[at] += u.Amount
			}
		}
	}
}

// leaving returns the instance with the kinds that no node holds any more, though some
// node did before, among the pods that may be left; nil: they are too many.
func (in *Instance) leaving(before []bool, left []int64) *Instance {
	if in == nil {
		return nil
	}
	out := *in
	out.Left, out.Aparts = slices.Clone(left), nil // what they leave may be what the branch leaves
	placeable := Placeable(in)
	held := make([]bool, len(in.Spreads)+1) // spreads with a domain that some node holds pods in
	for k, is := range placeable {
		held[in.Kinds[k].Spread] = held[in.Kinds[k].Spread] || is
	}
	for k, is := range placeable {
		kind := &in.Kinds[k]
		count := kind.Count
		if s := kind.Spread; s > 0 {
			if held[s] {
				continue
			}
			count, held[s] = in.Spreads[s-1].Count, true // counted once
		}
		if !before[k] || is || count == 0 {
			continue
		}
		if kind.Level >= len(out.Left) || out.Left[kind.Level] < count {
			return nil
		}
		out.Left[kind.Level] -= count
	}
	return &out
}

// tooDear reports whether launches that reach the floor cost as much as enough.
func (in *Instance) tooDear(f *floor, enough int64) bool {
	if f.least <= 0 {
		return false
	}
	price, use := int64(0), int64(0) // of the node that is cheapest by what it uses
	for b := range in.Nodes {
		for _, u := range in.Nodes[b].Uses {
			if u.Cap == f.cap && u.Amount > 0 && (use == 0 || arith.CompareRatio(in.Nodes[b].Price, u.Amount, price, use) < 0) {
				price, use = in.Nodes[b].Price, u.Amount
			}
		}
	}
	return use == 0 || arith.MulDiv(f.least, price, use) >= enough
}

// An alternative is one of the branches of a precedence.
type alternative struct {
	groups int    // of kinds that are not on later nodes, from the first
	barred []bool // per kind: it is in one of these
	floor  *floor // nil: none
}

// alternatives returns the branches of a precedence: the kinds that it is about come in groups, those
// with the smallest next launches first. Each alternative is the first group with a kind on
// later nodes, and the limit that the next launch for that kind would break; or no kind is on
// later nodes. There are at most most groups; the last of them are merged.
func (t *Precedence) alternatives(in *Instance, most int) []alternative {
	var groups [][]int
	for k, uses := range t.Next {
		if uses == nil || in.Kinds[k].Count == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g []int) bool { return dominance.CompareUses(t.Next[g[0]], uses) == 0 })
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], k)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return dominance.CompareUses(t.Next[a[0]], t.Next[b[0]]) })
	if len(groups) > most {
		groups = append(groups[:most-1:most-1], slices.Concat(groups[most-1:]...))
	}
	barred := make([]bool, len(in.Kinds))
	var out []alternative
	for i, g := range groups {
		takes := map[int]int64{}
		for _, k := range g {
			for _, u := range t.Next[k] {
				takes[u.Cap] = max(takes[u.Cap], u.Amount)
			}
		}
		for _, c := range slices.Sorted(maps.Keys(takes)) {
			out = append(out, alternative{i, slices.Clone(barred), &floor{c, in.Caps[c] - takes[c] + 1}})
		}
		for _, k := range g {
			barred[k] = true
		}
	}
	return append(out, alternative{len(groups), barred, nil})
}

// under returns the instance in which no kind of the first groups groups of the precedence is
// on later nodes; nil: no alternative asks for that.
func (in *Instance) under(t *Precedence, alternatives []alternative, groups int) *Instance {
	at := slices.IndexFunc(alternatives, func(w alternative) bool { return w.groups == groups })
	if at < 0 {
		return nil
	}
	if !slices.Contains(alternatives[at].barred, true) {
		return in
	}
	out := *in
	out.Nodes = slices.Clone(in.Nodes)
	last := make([]int64, len(in.Kinds))
	for k, barred := range alternatives[at].barred {
		last[k] = math.MaxInt64
		if barred {
			last[k] = t.Rank
		}
	}
	out.bar(last)
	return &out
}
