package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
)

// A judgedLimit is a limit over the kinds of an instance.
type judgedLimit struct {
	number  int    // among the limits of the judge
	name    string // limits of one name allow the same
	most    int64
	members []bool // kinds that it selects
}

// limitsOf returns, for each kind, the limits that its pods have and that bind:
// with as few pods as a node may hold anyhow there is no limit.
func (j *judge) limitsOf(kinds []valuedKind) [][]*judgedLimit {
	all := make([]judgedLimit, len(j.peers.limits.rules))
	pods := make([]int64, len(all))
	for l := range all {
		all[l] = judgedLimit{number: l, most: j.peers.limits.rules[l].Most, members: make([]bool, len(kinds))}
		for _, s := range j.existing {
			pods[l] = max(pods[l], s.counted(l))
		}
	}
	for k, kind := range kinds {
		for _, l := range kind.countedBy.limits {
			if kind.withheld == nil {
				all[l].members[k] = true
				pods[l] += kind.count
			}
		}
	}
	for l := range all {
		all[l].name = fmt.Sprintf("%d%x", all[l].most, bitsOf(all[l].members))
	}
	out := make([][]*judgedLimit, len(kinds))
	for k, kind := range kinds {
		for _, o := range kind.limits {
			if l := &all[o.number]; kind.withheld == nil && pods[o.number] > l.most {
				out[k] = append(out[k], l)
			}
		}
	}
	return out
}

// limitKinds fills in the most pods of each kind on one node, by those of its
// own limits that select it.
func (in *judgedInstance) limitKinds() {
	for k, limits := range in.limits {
		kind := &in.Kinds[k]
		for _, l := range limits {
			if l.members[k] && (kind.PerNode == 0 || l.most < kind.PerNode) {
				kind.PerNode = l.most
			}
		}
	}
}

// maxLimitResources bounds the resources that limits become.
const maxLimitResources = 24

// limitResources adds a resource for each limit that holds on every node, as each
// kind that it selects has a limit of its own that is as strict: a pod of them
// takes one of it, and a node has the most that the limit allows.
func (in *judgedInstance) limitResources() {
	limits := map[string]*judgedLimit{}
	for k := range in.limits {
		for _, l := range in.limits[k] {
			limits[l.name] = l
		}
	}
	added := 0
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		l := limits[name]
		if added == maxLimitResources || !in.holdsEverywhere(l) {
			continue
		}
		added++
		for k := range in.Kinds {
			var one int64
			if l.members[k] {
				one = 1
			}
			in.Kinds[k].Requests = append(in.Kinds[k].Requests, one)
		}
		for b, s := range in.sites {
			in.Nodes[b].Capacity = append(in.Nodes[b].Capacity, in.allows(l, s.site))
		}
	}
}

// allows returns how many pods that l selects the site can still hold, if l
// holds on every node: as many as the kind among them allows whose own limits,
// as strict as l, leave most beside the pods that are there.
func (in *judgedInstance) allows(l *judgedLimit, s *site) int64 {
	if len(s.there) == 0 {
		return l.most
	}
	best := int64(0)
	for k, selected := range l.members {
		if !selected {
			continue
		}
		least := l.most
		for _, own := range in.limits[k] {
			if own.impliesFor(l) {
				least = min(least, own.most-s.counted(own.number))
			}
		}
		best = max(best, least)
	}
	return best
}

func (in *judgedInstance) holdsEverywhere(l *judgedLimit) bool {
	for k, selected := range l.members {
		if selected && !slices.ContainsFunc(in.limits[k], func(own *judgedLimit) bool { return own.impliesFor(l) }) {
			return false
		}
	}
	return true
}

// impliesFor reports whether a node that keeps l keeps o.
func (l *judgedLimit) impliesFor(o *judgedLimit) bool {
	for k, selected := range o.members {
		if selected && !l.members[k] {
			return false
		}
	}
	return l.most <= o.most
}

// gathered returns the instance with kinds as one that the bound need not tell
// apart and that hold the same limits against each other: of all of them
// together a node holds no more than of one. Apart they would count as several.
func (in *judgedInstance) gathered() *bound.Instance {
	out := &bound.Instance{Caps: in.Caps, Left: in.Left}
	var kept []int
	at := map[string]int{}
	for k, kind := range in.Kinds {
		if kind.PerNode > 0 {
			key := in.alike(k)
			if n, again := at[key]; again {
				out.Kinds[n].Count += kind.Count
				continue
			}
			at[key] = len(kept)
		}
		kept = append(kept, k)
		out.Kinds = append(out.Kinds, kind)
	}
	if len(kept) == len(in.Kinds) {
		return in.Instance
	}
	for _, node := range in.Nodes {
		admits := make([]bool, len(kept))
		for i, k := range kept {
			admits[i] = node.Admits[k]
		}
		node.Admits = admits
		out.Nodes = append(out.Nodes, node)
	}
	for _, t := range in.Turns {
		all := t.Opening
		t.Opening = nil
		for _, k := range kept {
			t.Opening = append(t.Opening, all[k])
		}
		out.Turns = append(out.Turns, t)
	}
	return out
}

// alike names all that the bound reads of kind k, but for the number of its
// pods, and the limits that its pods hold against each other.
func (in *judgedInstance) alike(k int) string {
	var limits []string
	for _, l := range in.limits[k] {
		if l.members[k] {
			limits = append(limits, l.name)
		}
	}
	slices.Sort(limits)
	admits := make([]bool, len(in.Nodes))
	for b := range in.Nodes {
		admits[b] = in.Nodes[b].Admits[k]
	}
	var openings [][]bound.Use
	for _, t := range in.Turns {
		openings = append(openings, t.Opening[k])
	}
	kind := &in.Kinds[k]
	return fmt.Sprintf("%d %d %d %x %s %v", kind.Level, kind.Values, kind.Requests, bitsOf(admits), slices.Compact(limits), openings)
}

// bitsOf packs a list of truths.
func bitsOf(list []bool) []byte {
	out := make([]byte, (len(list)+7)/8)
	for i, is := range list {
		if is {
			out[i/8] |= 1 << (i % 8)
		}
	}
	return out
}
