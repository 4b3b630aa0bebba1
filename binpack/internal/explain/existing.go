package explain

import (
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// Existing returns why no existing node takes a further pod of a kind; nil where there is
// none, but pools.
func (x *Explainer) Existing(k int) *binpack.NodeReason {
	nodes := x.supply.OffersOf(supply.ExistingPool)
	out := &binpack.NodeReason{Looked: len(nodes)}
	switch b := x.c.Kinds[k].Blocked; {
	case len(nodes) == 0 && len(x.supply.Pools) > 0:
		return nil
	case b != nil:
		out.Reason, out.Detail = b.Reason, binpack.Detail{Path: b.Path, Rule: b.Rule}
		return out
	case len(nodes) == 0:
		out.Reason, out.Detail = binpack.NoAvailableOffering, binpack.Detail{Rule: "there is no node, and no pool to launch one"}
		return out
	}
	var least []stop
	for _, o := range nodes {
		if stops := x.stopsOn(k, o); out.Node == "" || len(stops) < len(least) || len(stops) == len(least) && roomier(stops[0], least[0]) {
			least, out.Node = stops, x.c.Offers[o].Existing.Node.Name
		}
	}
	out.Reason, out.Detail = least[0].reason, least[0].detail
	return out
}

// roomier reports whether two nodes lack room, and the first has more left.
func roomier(a, b stop) bool {
	return a.detail.Best != nil && b.detail.Best != nil && a.detail.Resource == b.detail.Resource && a.detail.Best.Cmp(*b.detail.Best) > 0
}

// stopsOn returns what keeps a kind off an existing node: at least one.
func (x *Explainer) stopsOn(k, offer int) []stop {
	kind, o := &x.c.Kinds[k], &x.c.Offers[offer]
	rules, node := &x.c.Reading.Sets[kind.Rules], o.Existing.Node
	var out []stop
	add := func(reason binpack.Reason, path, rule string) {
		out = append(out, stop{reason, binpack.Detail{Path: path, Rule: rule}})
	}
	if o.Limit == 0 {
		add(binpack.NoAvailableOffering, "", "the node is going away")
	}
	if t := kube.Untolerated(rules.Tolerations, node.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute); t != nil {
		add(binpack.UntoleratedTaint, "spec.tolerations", t.ToString())
	}
	for _, m := range rules.Node.Misses(node) {
		add(binpack.NodeAffinity, m.Path, m.Rule)
	}
	if p, clash := kube.Clash(kind.Ports, o.Existing.Ports); clash {
		add(binpack.HostPort, kube.PathOfPort(kind.Pod, p), p.String())
	}
	out = append(out, x.shortOn(k, offer)...)
	for _, m := range rules.Node.OutOfReach(node) {
		add(binpack.VolumeZone, m.Path, m.Rule)
	}
	for _, r := range x.counts.required(k) {
		stated := x.c.Rules[r].Stated[k]
		if _, has := node.Labels[stated.Key]; !has || x.counts.closes(k, r, x.c.Rules[r].DomainOf[offer]) {
			add(reasonOfRule(x.c.Rules[r].Kind), stated.Path, x.counts.ruleString(r, &stated))
		}
	}
	if len(out) == 0 {
		reason, path := kube.AmongPods(kind.Pod)
		add(binpack.Reason(reason), path, "pods that are there, or that the plan puts there, keep it off")
	}
	return out
}

// shortOn returns the resources that an existing node has too little left of.
func (x *Explainer) shortOn(k, offer int) []stop {
	used := x.placedOn(offer)
	var out []stop
	for r, name := range x.c.Resources {
		asked := quantity.Nano(x.c.Kinds[k].Requests[name])
		room, limited := x.supply.Room(&x.c.Offers[offer], name)
		if !limited || asked.Sign() == 0 {
			continue
		}
		left := new(big.Int).Sub(room, used[r])
		if left.Sign() < 0 {
			left.SetInt64(0)
		}
		if asked.Cmp(left) > 0 {
			a, b := quantity.Of(name, asked), quantity.Of(name, left)
			out = append(out, stop{binpack.InsufficientResources, binpack.Detail{Resource: string(name), Asked: &a, Best: &b, Offering: x.c.Offers[offer].Name()}})
		}
	}
	return out
}

// placedOn returns what the solution's pods on an existing node ask of each resource.
// Alike nodes get theirs in order, as in the plan.
func (x *Explainer) placedOn(offer int) []*big.Int {
	if used, known := x.placed[offer]; known {
		return used
	}
	used := make([]*big.Int, len(x.c.Resources))
	x.placed[offer] = used
	for r := range used {
		used[r] = new(big.Int)
	}
	bin := x.c.BinOf[offer]
	if bin < 0 {
		return used
	}
	before := int64(0)
	for before < int64(len(x.c.OffersIn[bin])) && x.c.OffersIn[bin][before] != offer {
		before++
	}
	for _, j := range x.solution {
		if j.Bin != bin {
			continue
		}
		if before -= j.Times; before < 0 {
			x.addCounts(used, j.Counts)
			break
		}
	}
	return used
}

// addCounts adds what the pods of some classes ask for.
func (x *Explainer) addCounts(used []*big.Int, counts []model.Count) {
	for _, n := range counts {
		requests := x.c.Kinds[slices.Index(x.c.ClassOf, n.Class)].Requests
		for r, name := range x.c.Resources {
			used[r].Add(used[r], new(big.Int).Mul(quantity.Nano(requests[name]), big.NewInt(n.N)))
		}
	}
}
