package verify

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
)

// gathered returns the instance with the pods that may be left, and with kinds as
// one that the bound need not tell apart and that hold the same limits against
// each other: of all of them together a node holds no more than of one. Apart they
// would count as several.
func (in *instance) gathered(left []int64) *bound.Instance {
	out, _, _, _ := in.roomy(left)
	return out
}

// gather returns what gathered does, and which kind each kind is or was the first of.
// Kinds with values that differ by domain stay apart.
func (in *instance) gather(left []int64) (gathered *bound.Instance, first []int) {
	var kinds []bound.Kind
	at := map[string]int{}
	for k, kind := range in.bound.Kinds {
		if (kind.PerNode > 0 || kind.Excludes != nil) && !in.kinds[k].differs() {
			content := in.content(k)
			if n, again := at[content]; again {
				kinds[n].Count += kind.Count
				continue
			}
			at[content] = len(first)
		}
		first = append(first, k)
		kinds = append(kinds, kind)
	}
	out := in.bound
	if len(first) < len(in.bound.Kinds) {
		out = *regrouped(&out, kinds, first)
		for i := range kinds {
			kinds[i].Excludes = slices.DeleteFunc(slices.Clone(kinds[i].Excludes), func(n int) bool {
				_, there := slices.BinarySearch(first, n) // the others are of these
				return !there
			})
		}
	}
	out.Left, out.Kinds = left, kinds
	return &out, first
}

// regrouped returns the instance with other kinds: of each, as which kind of the instance
// nodes admit it.
func regrouped(in *bound.Instance, kinds []bound.Kind, of []int) *bound.Instance {
	out := *in
	out.Kinds, out.Nodes, out.Precedences = kinds, nil, nil
	for _, node := range in.Nodes {
		node.Admits = picked(node.Admits, of)
		out.Nodes = append(out.Nodes, node)
	}
	for _, t := range in.Precedences {
		t.Next = picked(t.Next, of)
		out.Precedences = append(out.Precedences, t)
	}
	return &out
}

// picked returns the elements at some places.
func picked[E any](list []E, places []int) []E {
	out := make([]E, len(places))
	for i, at := range places {
		out[i] = list[at]
	}
	return out
}

// content names all that the bound reads of kind k, but for the number of its
// pods, and the limits that its pods hold against each other.
func (in *instance) content(k int) string {
	var limits []string
	for _, l := range in.limits[k] {
		if l.members[k] {
			limits = append(limits, l.name)
		}
	}
	slices.Sort(limits)
	admits := make([]bool, len(in.bound.Nodes))
	for b := range in.bound.Nodes {
		admits[b] = in.bound.Nodes[b].Admits[k]
	}
	var launches [][]bound.Use
	for _, t := range in.bound.Precedences {
		launches = append(launches, t.Next[k])
	}
	kind := &in.bound.Kinds[k]
	return fmt.Sprintf("%d %d %d %x %s %v %d", kind.Level, kind.Values, kind.Requests, bitsOf(admits), slices.Compact(limits), launches, kind.Excludes)
}
