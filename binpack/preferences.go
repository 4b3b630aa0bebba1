package binpack

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A preference is first held like a rule, and given up by the pods that are left.
// So a kind of which some pods are left comes apart: those that keep their
// preferences, and those that do not.

// prefers reports whether a kind has preferences that some offer does not meet, or
// about other pods.
func (c *compiled) prefers(k int) bool {
	return !c.kinds[k].relaxed && (kube.PrefersPods(c.kinds[k].pod) ||
		slices.ContainsFunc(c.supply.views, func(v view) bool { return v.admits[c.kinds[k].rules] > 0 }))
}

// anyPrefers reports whether preferences may make a difference to the model.
func (c *compiled) anyPrefers() bool {
	for k := range c.kinds {
		if c.kinds[k].relaxed || c.prefers(k) {
			return true
		}
	}
	return false
}

// relaxed returns the kinds with those apart that a solution leaves although they
// could give up preferences; nil: there are none.
func (c *compiled) relaxed(s model.Solution) *grouping {
	left := c.leftOf(s)
	out := *c.grouping
	out.kinds = slices.Clone(c.kinds)
	for k, n := range left {
		if n == 0 || c.kinds[k].blocked != nil || !c.prefers(k) {
			continue
		}
		kept, given := &out.kinds[k], c.kinds[k]
		given.relaxed, given.count = true, n
		kept.pods, given.pods = dealt(kept.pods, kept.count-n)
		kept.count -= n
		out.kinds = append(out.kinds, given)
	}
	if len(out.kinds) == len(c.kinds) && !c.relaxOthers(out.kinds, left) {
		return nil
	}
	return &out
}

// relaxOthers makes kinds give up preferences about pods that are left: those that
// would rather not have them near. It reports whether there are such kinds.
func (c *compiled) relaxOthers(kinds []kind, left []int64) bool {
	found := false
	for k := range kinds {
		if kinds[k].relaxed || kinds[k].blocked != nil {
			continue
		}
		for _, about := range kube.PreferredPods(kinds[k].pod, c.namespaces) {
			for o, n := range left {
				if n > 0 && c.kinds[o].blocked == nil && about(c.kinds[o].pod) {
					kinds[k].relaxed, found = true, true
				}
			}
		}
	}
	return found
}

// dealt returns the first n of the pods, and the others.
func dealt(pods []Placement, n int64) (first, rest []Placement) {
	for _, p := range pods {
		k := min(int64(p.Count), n)
		n -= k
		if k > 0 {
			first = append(first, Placement{p.Pod, int(k)})
		}
		if int64(p.Count) > k {
			rest = append(rest, Placement{p.Pod, p.Count - int(k)})
		}
	}
	return first, rest
}

// leftOf returns how many pods of each kind a solution leaves: of a class the last
// of its kinds.
func (c *compiled) leftOf(s model.Solution) []int64 {
	left := s.Left(c.model)
	out := make([]int64, len(c.kinds))
	for k := len(c.kinds) - 1; k >= 0; k-- {
		out[k] = c.kinds[k].count
		if class := c.classOf[k]; class >= 0 {
			out[k] = min(left[class], c.kinds[k].count)
			left[class] -= out[k]
		}
	}
	return out
}
