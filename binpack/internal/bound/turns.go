package bound

import (
	"cmp"
	"slices"
)

// A Turn says that some nodes come later than those of a pool: they hold a kind that
// the pool could launch for only when no limit allows one more launch of the node
// that the pool would launch.
type Turn struct {
	Later   []bool  // per node: of a pool whose turn comes later
	Opening [][]Use // per kind, what a launch for one pod takes of the caps; nil: the pool holds none
}

const (
	// mostGroups bounds the groups of kinds that one turn tells apart.
	mostGroups = 2
	// mostCases bounds the cases of all turns together. Where there are more the
	// turns tell fewer groups apart, and in the end the last are left out, which
	// makes the bound lower.
	mostCases = 40
)

// A floor is a sum over launches that must be reached.
type floor struct {
	cap   int
	least int64
}

// Cases returns instances without turns, of which at least one holds for every plan
// that costs less than enough: the least of their bounds is a bound, up to enough. For
// each turn either no kind that the pool holds is on later nodes; or one is, and then
// the launches have used up one of the limits of its opening but for less than that
// takes.
func Cases(in *Instance, enough int64) []*Instance {
	for groups := mostGroups; groups > 1; groups-- {
		if cases, all := in.cases(enough, groups); all {
			return cases
		}
	}
	cases, _ := in.cases(enough, 1)
	return cases
}

// cases returns the cases in which turns tell so many groups apart, and whether all
// turns count.
func (in *Instance) cases(enough int64, groups int) (cases []*Instance, all bool) {
	placeable := Placeable(in)
	plain := *in
	plain.Turns = nil
	cases = []*Instance{&plain}
	for i := range in.Turns {
		ways := slices.DeleteFunc(in.Turns[i].ways(in, groups), func(w way) bool { return w.floor != nil && in.dear(w.floor, enough) })
		if len(cases)*len(ways) > mostCases {
			return cases, false
		}
		var next []*Instance
		for _, c := range cases {
			for _, w := range ways {
				if u := c.under(&in.Turns[i], w).leaving(placeable, in.Left); u != nil {
					next = append(next, u)
				}
			}
		}
		cases = next
	}
	return cases, true
}

// leaving returns the instance in which kinds of which no node holds a pod any more, as
// some did before, are among the pods that may be left; nil: they are too many.
func (in *Instance) leaving(before []bool, left []int64) *Instance {
	out := *in
	out.Left = slices.Clone(left)
	for k, is := range Placeable(in) {
		kind := &in.Kinds[k]
		if !before[k] || is || kind.Count == 0 {
			continue
		}
		if kind.Level >= len(out.Left) || out.Left[kind.Level] < kind.Count {
			return nil
		}
		out.Left[kind.Level] -= kind.Count
	}
	return &out
}

// dear reports whether launches that reach the floor cost as much as enough.
func (in *Instance) dear(f *floor, enough int64) bool {
	if f.least <= 0 {
		return false
	}
	price, use := int64(0), int64(0) // of the node that is cheapest by what it uses
	for b := range in.Nodes {
		for _, u := range in.Nodes[b].Uses {
			if u.Cap == f.cap && u.Amount > 0 && (use == 0 || compareRatio(in.Nodes[b].Price, u.Amount, price, use) < 0) {
				price, use = in.Nodes[b].Price, u.Amount
			}
		}
	}
	return use == 0 || mulDiv(f.least, price, use) >= enough
}

// A way is one of the cases of a turn.
type way struct {
	barred []bool // per kind: not on later nodes
	floor  *floor // nil: none
}

// ways returns the cases of a turn: the kinds that it is about come in groups, those
// with the smallest openings first. Each case is the first group of which some kind is
// on later nodes, and the limit that the opening of that kind would break; or none is.
// There are so many groups at most, the last of them merged.
func (t *Turn) ways(in *Instance, most int) []way {
	var groups [][]int
	for k, uses := range t.Opening {
		if uses == nil || in.Kinds[k].Count == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g []int) bool { return CompareUses(t.Opening[g[0]], uses) == 0 })
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], k)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return CompareUses(t.Opening[a[0]], t.Opening[b[0]]) })
	for len(groups) > most {
		last := len(groups) - 1
		groups[last-1] = append(groups[last-1], groups[last]...)
		groups = groups[:last]
	}
	barred := make([]bool, len(in.Kinds))
	var out []way
	for _, g := range groups {
		takes := map[int]int64{}
		for _, k := range g {
			for _, u := range t.Opening[k] {
				takes[u.Cap] = max(takes[u.Cap], u.Amount)
			}
		}
		for c := range in.Caps {
			if amount, ok := takes[c]; ok {
				out = append(out, way{slices.Clone(barred), &floor{c, in.Caps[c] - amount + 1}})
			}
		}
		for _, k := range g {
			barred[k] = true
		}
	}
	return append(out, way{barred, nil})
}

// CompareUses orders what launches take: the fewer caps the less, then by amounts.
func CompareUses(a, b []Use) int {
	amounts := func(uses []Use) []int64 {
		var out []int64
		for _, u := range uses {
			out = append(out, u.Amount)
		}
		slices.Sort(out)
		return out
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(amounts(a), amounts(b)),
		slices.CompareFunc(a, b, func(x, y Use) int { return cmp.Or(cmp.Compare(x.Cap, y.Cap), cmp.Compare(x.Amount, y.Amount)) }))
}

// under returns the instance in which one way of a turn holds.
func (in *Instance) under(t *Turn, w way) *Instance {
	out := *in
	out.oneOf = true
	out.Nodes = slices.Clone(in.Nodes)
	out.Floors = slices.Clone(in.Floors)
	for b := range out.Nodes {
		node := &out.Nodes[b]
		if t.Later[b] {
			node.Admits = slices.Clone(node.Admits)
			for k, is := range w.barred {
				node.Admits[k] = node.Admits[k] && !is
			}
		}
		if w.floor != nil {
			at := slices.IndexFunc(node.Uses, func(u Use) bool { return u.Cap == w.floor.cap })
			gain := int64(0)
			if at >= 0 {
				gain = node.Uses[at].Amount
			}
			node.Gains = append(slices.Clone(node.Gains), gain)
		}
	}
	if w.floor != nil {
		out.Floors = append(out.Floors, max(w.floor.least, 0))
	}
	return &out
}
