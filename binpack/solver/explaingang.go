package solver

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// together returns why a pool takes no pod of a kind for which nothing is in the
// way of one: others of its gang cannot be placed.
func (x *explainer) together(k, pool int) stop {
	gang := x.kinds[k].gang
	if gang == "" {
		return stop{binpack.NoAvailableOffering, binpack.Detail{Rule: "nothing is in its way: the search did not find it a place"}}
	}
	d := binpack.Detail{Path: "metadata.labels[" + x.problem.GangLabel + "]"}
	if culprit := x.culprit(gang, k); culprit >= 0 {
		s := x.stopsOf(culprit)[pool]
		s.detail.Change = nil
		d.Rule = fmt.Sprintf("%s cannot be placed: %s", x.podName(culprit), binpack.PoolReason{Reason: s.reason, Detail: s.detail})
	} else {
		d.Rule = fmt.Sprintf("the %d pods of %s cannot all be placed", x.podsOf(gang), gang)
	}
	return stop{binpack.Gang, d}
}

// culprit returns the kind of the gang, but for k, that no pool takes and no node
// that is up; -1: each could be placed, if the others were not.
func (x *explainer) culprit(gang string, k int) int {
	if o, lost := x.lost[gang]; lost && o != k {
		return o
	}
	for o := range x.kinds {
		if o != k && x.kinds[o].gang == gang && x.kinds[o].count > 0 && !x.placeable(o) {
			return o
		}
	}
	return -1
}

// placeable reports whether some pool or node that is up takes a pod of the kind.
func (x *explainer) placeable(k int) bool {
	return x.onExisting(k) || slices.ContainsFunc(x.stopsOf(k), func(s stop) bool { return s.reason == "" })
}

// freesGang reports whether pods of a kind could be placed if one of them could:
// without a gang they could; else it is all that keeps the gang, and of a rule
// that does not count pods.
func (x *explainer) freesGang(k int, reason binpack.Reason) bool {
	gang := x.kinds[k].gang
	switch {
	case gang == "":
		return true
	case reason == binpack.PoolLimit, reason == binpack.QuotaReached, reason == binpack.TopologySpread, reason == binpack.PodAntiAffinity:
		return false
	}
	if x.placeable(k) {
		return false
	}
	for o := range x.kinds {
		if o != k && x.kinds[o].gang == gang && x.kinds[o].count > 0 && !x.placeable(o) {
			return false
		}
	}
	return true
}

// onExisting reports whether a node that is up holds a pod of the kind, if no
// other comes.
func (x *explainer) onExisting(k int) bool {
	class := x.classOf[k]
	return class >= 0 && slices.ContainsFunc(x.offersOf(existing), func(o int) bool {
		return x.binOf[o] >= 0 && x.model.MostOf(class, x.binOf[o]) > 0
	})
}

// podsOf returns how many pods a gang has.
func (x *explainer) podsOf(gang string) int64 {
	n := int64(0)
	for i := range x.kinds {
		if x.kinds[i].gang == gang {
			n += x.kinds[i].count
		}
	}
	return n
}

// podName names the first pod of a kind for people.
func (x *explainer) podName(k int) string {
	pod := x.kinds[k].pod
	if pod.Name == "" {
		return x.kinds[k].path
	}
	return kube.Namespace(pod) + "/" + pod.Name
}
