package karpenter

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Ignored lists what p states and Karpenter has no notion of, or Solve does not
// hand on. A plan of Karpenter's may break such rules.
func Ignored(p binpack.Problem) []string {
	var out []string
	add := func(what string, stated bool) {
		if stated {
			out = append(out, what)
		}
	}
	add("quotas", len(p.Quotas) > 0)
	add("offering limits", anyOffering(p, func(o catalog.Offering) bool {
		return o.Limit > 0 && o.CapacityType != catalog.Reserved && !o.Unavailable
	}))
	add("allocatable of offerings", anyOffering(p, func(o catalog.Offering) bool { return o.Allocatable != nil }))
	add("priorities", priorities(p) > 1) // its queue is by cpu and memory
	add("gangs", p.GangLabel != "" && anyPod(p, func(pod *corev1.Pod) bool {
		_, in := pod.Labels[p.GangLabel]
		return in
	}))
	add("volumes", anyPod(p, func(pod *corev1.Pod) bool {
		return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil || v.Ephemeral != nil })
	}))
	return out
}

func anyPod(p binpack.Problem, has func(*corev1.Pod) bool) bool {
	for pod := range podsOf(p) {
		if has(pod) {
			return true
		}
	}
	return false
}

func anyOffering(p binpack.Problem, has func(catalog.Offering) bool) bool {
	return slices.ContainsFunc(newPools(p), func(t pool) bool {
		return slices.ContainsFunc(t.catalog, func(it *catalog.InstanceType) bool { return slices.ContainsFunc(it.Offerings, has) })
	})
}

// priorities counts the different priorities of the pods.
func priorities(p binpack.Problem) int {
	seen := map[int32]bool{}
	for pod := range podsOf(p) {
		priority := int32(0)
		if pod.Spec.Priority != nil {
			priority = *pod.Spec.Priority
		}
		seen[priority] = true
	}
	return len(seen)
}
