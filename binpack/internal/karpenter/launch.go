package karpenter

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	karpsched "sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// launch starts the node of a claim, with its daemons on it. A claim may still
// become one of many offerings: like EC2's lowest-price allocation it takes the
// cheapest, of equal ones the first of the catalog. Of the values of an open
// key it takes the first that the claim allows, where Karpenter takes any.
func (r *run) launch(claim *scheduling.NodeClaim) (*node, error) {
	t := r.pools[slices.IndexFunc(r.pools, func(t pool) bool { return t.id == claim.NodePoolName })]
	it, i := cheapest(t.catalog, claim)
	if it == nil {
		return nil, fmt.Errorf("pool %q: a claim of karpenter's allows no offering", t.Name)
	}
	l := &binpack.Launch{Pool: t.Name, Offering: it.Key(i), Price: it.Offerings[i].Price}
	r.launched[l.Offering]++
	for _, o := range t.open {
		v := slices.IndexFunc(o.values, claim.Requirements.Get(o.key).Has)
		if v < 0 {
			return nil, fmt.Errorf("pool %q: a claim of karpenter's allows no value of %s", t.Name, o.key)
		}
		if l.Labels == nil {
			l.Labels = map[string]string{}
		}
		l.Labels[o.key] = o.values[v]
	}
	n := newNode(fmt.Sprintf("launched-%d", len(r.nodes)), t, it, l)
	for i, d := range r.problem.DaemonPods {
		runs, err := runsOn(d, n.Node)
		if err != nil {
			return nil, err
		}
		if runs {
			n.pods = append(n.pods, newPod(d, fmt.Sprintf("%s.%d", n.Name, i)))
		}
	}
	return n, nil
}

// cheapest returns the type and the index of the cheapest offering that the
// claim allows; a nil type if there is none. Reservations are for claims that
// were given some; the others still seem to allow them.
func cheapest(c catalog.Catalog, claim *scheduling.NodeClaim) (best *catalog.InstanceType, at int) {
	options := map[string]*cloudprovider.InstanceType{}
	for _, it := range claim.InstanceTypeOptions {
		options[it.Name] = it
	}
	for _, it := range c {
		option, ok := options[it.Name]
		if !ok {
			continue
		}
		for i, o := range option.Offerings {
			cheaper := best == nil || it.Offerings[i].Price < best.Offerings[at].Price
			foreign := o.CapacityType() == v1.CapacityTypeReserved && !claim.Requirements.Has(reservationLabel)
			if cheaper && !foreign && o.Available && claim.Requirements.IsCompatible(o.Requirements, karpsched.AllowUndefinedWellKnownLabels) {
				best, at = it, i
			}
		}
	}
	return best, at
}

// newNode returns the node of a launch as it joins the cluster.
func newNode(name string, t pool, it *catalog.InstanceType, l *binpack.Launch) *node {
	labels := map[string]string{}
	maps.Copy(labels, it.Labels)
	maps.Copy(labels, map[string]string{corev1.LabelInstanceTypeStable: it.Name, corev1.LabelTopologyZone: l.Offering.Zone,
		v1.CapacityTypeLabelKey: string(l.Offering.CapacityType), corev1.LabelHostname: name, v1.NodePoolLabelKey: t.id})
	maps.Copy(labels, t.Labels)
	maps.Copy(labels, l.Labels)
	capacity, _ := amounts(it)
	return &node{launch: l, Node: &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec:       corev1.NodeSpec{Taints: t.Taints},
		Status:     corev1.NodeStatus{Capacity: capacity, Allocatable: withPods(it.Allocatable())},
	}}
}

// runsOn reports whether a daemon runs on a node.
func runsOn(daemon *corev1.Pod, n *corev1.Node) (bool, error) {
	hard := slices.DeleteFunc(slices.Clone(n.Spec.Taints), func(t corev1.Taint) bool { return t.Effect == corev1.TaintEffectPreferNoSchedule })
	if karpsched.Taints(hard).ToleratesPod(daemon) != nil {
		return false, nil
	}
	return nodeaffinity.GetRequiredNodeAffinity(daemon).Match(n)
}
