package solver

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// volumes is the hurdle of what reaches the pod's volumes. Where those are is not
// for the pod to change.
func (x *explainer) volumes(k, pool int) hurdle {
	unreached := func(o int) []kube.Miss { return x.sets[x.kinds[k].rules].node.OutOfReach(x.node(o)) }
	h := hurdle{passes: func(o int) bool { return len(unreached(o)) == 0 }}
	h.blames = func(offers []int) stop {
		nearest := slices.MinFunc(offers, func(a, b int) int { return len(unreached(a)) - len(unreached(b)) })
		x.far[[2]int{k, pool}] = x.node(nearest)
		return stop{binpack.VolumeZone, x.outOfReach(k, pool, x.kinds[k].pod)}
	}
	return h
}

// outOfReach names the first volume of a pod of the kind that keeps it out of a
// pool.
func (x *explainer) outOfReach(k, pool int, pod *corev1.Pod) binpack.Detail {
	volumes := x.storage.VolumeRules(pod)
	if v := volumes.Unbound; v != nil {
		return binpack.Detail{Path: v.Path, Rule: v.Volume}
	}
	misses := kube.NodeRulesOf(pod).With(volumes).OutOfReach(x.far[[2]int{k, pool}])
	return binpack.Detail{Path: misses[0].Path, Rule: misses[0].Rule}
}

// named returns the reasons of a kind for one of its pods: alike pods may have
// volumes of other names.
func (x *explainer) named(k int, reasons []binpack.PoolReason, pod *corev1.Pod) []binpack.PoolReason {
	if pod == x.kinds[k].pod || !kube.HasClaims(pod) {
		return reasons
	}
	out := slices.Clone(reasons)
	for pool := range out {
		if r := &out[pool]; r.Reason == binpack.VolumeZone {
			d := x.outOfReach(k, pool, pod)
			d.Change = r.Detail.Change
			r.Detail = d
		}
	}
	return out
}
