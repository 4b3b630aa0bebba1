package solver

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A preference is first held like a rule, and given up by the pods that are left,
// or for them. So a kind of which some pods are left comes apart: those that keep
// their preferences, and those that do not, and that do not count in what others
// would rather not have near.

// prefers reports whether a kind has preferences that some offer does not meet, or
// about other pods, or that others have about it.
func (c *compiled) prefers(k int) bool {
	return !c.kinds[k].relaxed && (kube.PrefersPods(c.kinds[k].pod) ||
		slices.ContainsFunc(c.supply.views, func(v view) bool { return v.admits[c.kinds[k].rules] > 0 }) ||
		slices.ContainsFunc(c.wishes, func(about func(*corev1.Pod) bool) bool { return about(c.kinds[k].pod) }))
}

// wishesOf returns which pods the preferences of the kinds are about.
func wishesOf(kinds []kind, namespaces kube.Namespaces) []func(*corev1.Pod) bool {
	var out []func(*corev1.Pod) bool
	for i := range kinds {
		if kinds[i].blocked == nil {
			out = append(out, kube.PreferredPods(kinds[i].pod, namespaces)...)
		}
	}
	return out
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

// relaxed returns the kinds with those apart that a solution leaves although
// preferences could be given up for them; nil: there are none.
func (c *compiled) relaxed(s model.Solution) *grouping {
	out := *c.grouping
	out.kinds = slices.Clone(c.kinds)
	for k, n := range c.leftOf(s) {
		if n == 0 || c.kinds[k].blocked != nil || !c.prefers(k) {
			continue
		}
		kept, given := &out.kinds[k], c.kinds[k]
		given.relaxed, given.count = true, n
		kept.pods, given.pods = dealt(kept.pods, kept.count-n)
		kept.count -= n
		out.kinds = append(out.kinds, given)
	}
	if len(out.kinds) == len(c.kinds) {
		return nil
	}
	return &out
}

// dealt returns the first n of the pods, and the others.
func dealt(pods []binpack.Placement, n int64) (first, rest []binpack.Placement) {
	for _, p := range pods {
		k := min(int64(p.Count), n)
		n -= k
		if k > 0 {
			first = append(first, binpack.Placement{Pod: p.Pod, Count: int(k)})
		}
		if int64(p.Count) > k {
			rest = append(rest, binpack.Placement{Pod: p.Pod, Count: p.Count - int(k)})
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
