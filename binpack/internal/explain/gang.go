package explain

import (
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// together returns why a pool takes no pod of a kind for which nothing is in the
// way of one: others of its gang cannot be placed.
func (x *Explainer) together(k, pool int) stop {
	gang := x.c.Kinds[k].Gang
	if gang == "" {
		return stop{binpack.NoAvailableOffering, binpack.Detail{Rule: "nothing is in its way: the search did not find it a place"}}
	}
	d := binpack.Detail{Path: "metadata.labels[" + x.c.Reading.Problem.GangLabel + "]"}
	if culprit := x.culprit(gang, k); culprit >= 0 {
		s := x.stopsOf(culprit)[pool]
		s.detail.Change = nil
		d.Rule = fmt.Sprintf("%s cannot be placed: %s", x.podName(culprit), binpack.PoolReason{Reason: s.reason, Detail: s.detail})
	} else {
		d.Rule = fmt.Sprintf("the %d pods of %s cannot all be placed", x.podsOf(gang), gang)
	}
	return stop{binpack.Gang, d}
}

// culprit returns the kind of the gang, but for k, that no pool takes and no existing
// node; -1: each could be placed, if the others were not.
func (x *Explainer) culprit(gang string, k int) int {
	if o, lost := x.c.Lost[gang]; lost && o != k {
		return o
	}
	for o := range x.c.Kinds {
		if o != k && x.c.Kinds[o].Gang == gang && x.c.Kinds[o].Count > 0 && !x.placeable(o) {
			return o
		}
	}
	return -1
}

// placeable reports whether some pool or existing node takes a pod of the kind.
func (x *Explainer) placeable(k int) bool {
	return x.onExisting(k) || slices.ContainsFunc(x.stopsOf(k), func(s stop) bool { return s.reason == "" })
}

// freesGang reports whether pods of a kind could be placed if one of them could:
// without a gang they could; else it is all that keeps the gang, and of a rule
// that does not count pods.
func (x *Explainer) freesGang(k int, reason binpack.Reason) bool {
	gang := x.c.Kinds[k].Gang
	switch {
	case gang == "":
		return true
	case reason == binpack.PoolLimit, reason == binpack.QuotaReached, reason == binpack.TopologySpread, reason == binpack.PodAntiAffinity:
		return false
	}
	return !x.placeable(k) && x.culprit(gang, k) < 0
}

// onExisting reports whether a existing node holds a pod of the kind, if no
// other comes.
func (x *Explainer) onExisting(k int) bool {
	class := x.c.ClassOf[k]
	return class >= 0 && slices.ContainsFunc(x.supply.OffersOf(supply.ExistingPool), func(o int) bool {
		return x.c.BinOf[o] >= 0 && x.c.Model.MostOf(class, x.c.BinOf[o]) > 0
	})
}

// podsOf returns how many pods a gang has.
func (x *Explainer) podsOf(gang string) int64 {
	n := int64(0)
	for i := range x.c.Kinds {
		if x.c.Kinds[i].Gang == gang {
			n += x.c.Kinds[i].Count
		}
	}
	return n
}

// podName names the first pod of a kind for people.
func (x *Explainer) podName(k int) string {
	pod := x.c.Kinds[k].Pod
	if pod.Name == "" {
		return x.c.Kinds[k].Path
	}
	return kube.Namespace(pod) + "/" + pod.Name
}
