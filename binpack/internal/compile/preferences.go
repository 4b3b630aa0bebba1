package compile

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A preference is first held like a rule, and given up by the pods that are left,
// or for them. So a kind with some pods left comes apart: those that keep their
// preferences, and those that do not, and that do not count in what others would
// rather not have near.

// Prefers reports whether a kind has preferences that some offer does not meet, or
// about other pods, or that others have about it.
func (c *Compiled) Prefers(k int) bool {
	kind := &c.Kinds[k]
	return !kind.Relaxed && (kube.PrefersPods(kind.Pod) ||
		slices.ContainsFunc(c.Reading.Supply.Profiles, func(p supply.Profile) bool { return p.Admits[kind.Rules] > 0 }) ||
		slices.ContainsFunc(c.Reading.preferred, func(about func(*corev1.Pod) bool) bool { return about(kind.Pod) }))
}

// AnyPrefers reports whether preferences may make a difference to the model.
func (c *Compiled) AnyPrefers() bool {
	for k := range c.Kinds {
		if c.Kinds[k].Relaxed || c.Prefers(k) {
			return true
		}
	}
	return false
}

// Relaxed returns the kinds with those apart that a solution leaves although
// preferences could be given up for them; nil: there are none.
func (c *Compiled) Relaxed(s model.Solution) []Kind {
	out := slices.Clone(c.Kinds)
	for k, n := range c.LeftOf(s) {
		if n == 0 || c.Kinds[k].Blocked != nil || !c.Prefers(k) {
			continue
		}
		kept, given := &out[k], c.Kinds[k]
		given.Relaxed, given.Count = true, n
		kept.Pods, given.Pods = fold.Split(kept.Pods, kept.Count-n)
		kept.Count -= n
		out = append(out, given)
	}
	if len(out) == len(c.Kinds) {
		return nil
	}
	return out
}

// LeftOf returns how many pods of each kind a solution leaves: of a class the last
// of its kinds.
func (c *Compiled) LeftOf(s model.Solution) []int64 {
	left := s.Left(c.Model)
	out := make([]int64, len(c.Kinds))
	for k := len(c.Kinds) - 1; k >= 0; k-- {
		out[k] = c.Kinds[k].Count
		if class := c.ClassOf[k]; class >= 0 {
			out[k] = min(left[class], c.Kinds[k].Count)
			left[class] -= out[k]
		}
	}
	return out
}
