package kube

import (
	"fmt"

	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
)

// spreadByNode returns the groups of the pod's spread constraints by hostname. A
// node that is not launched yet counts as an empty domain, as Karpenter reads
// it, so the least count is 0 and no node holds more than maxSkew of the
// selected pods.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
func spreadByNode(pod *corev1.Pod) []PodGroup {
	var out []PodGroup
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		if !byNode(c.TopologyKey) {
			continue
		}
		out = append(out, PodGroup{Selects: spreadSelector(c, pod).Matches, Most: int64(c.MaxSkew), Preferred: c.WhenUnsatisfiable == corev1.ScheduleAnyway, Spread: true})
	}
	return out
}

// SpreadOverNodes returns the rules of the pod's required spread constraints by hostname
// where no empty node can come: the nodes that exist are the domains.
func SpreadOverNodes(pod *corev1.Pod) []DomainRule {
	return spreads(pod, func(c *corev1.TopologySpreadConstraint) bool {
		return byNode(c.TopologyKey) && c.WhenUnsatisfiable != corev1.ScheduleAnyway
	})
}

// spreadOverDomains returns the rules of the pod's spread constraints over other
// keys. Nodes that lack a key of any of them, or that the pod's own node rules
// or taints keep it off, as far as the constraint's policies say, do not count.
func spreadOverDomains(pod *corev1.Pod) []DomainRule {
	return spreads(pod, func(c *corev1.TopologySpreadConstraint) bool { return !byNode(c.TopologyKey) })
}

// spreads returns the rules of those of the pod's spread constraints.
func spreads(pod *corev1.Pod, those func(*corev1.TopologySpreadConstraint) bool) []DomainRule {
	var out []DomainRule
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		if !those(c) {
			continue
		}
		s := spreadSelector(c, pod)
		r := DomainRule{
			Kind: Spread, Key: nodelabel.Canonical(c.TopologyKey), Path: fmt.Sprintf("spec.topologySpreadConstraints[%d]", i),
			Selects: s.Matches, Whom: s.String(), Counts: spreadCounts(c, pod),
			MaxSkew: int64(c.MaxSkew), Preferred: c.WhenUnsatisfiable == corev1.ScheduleAnyway,
		}
		if c.MinDomains != nil {
			r.MinDomains = int64(*c.MinDomains)
		}
		out = append(out, r)
	}
	return out
}

// spreadSelector returns the pods that a constraint counts. Pods that are being
// deleted are not among them.
func spreadSelector(c *corev1.TopologySpreadConstraint, pod *corev1.Pod) PodSelector {
	return PodSelector{
		labels:     selector(c.LabelSelector, pod, c.MatchLabelKeys, nil),
		staying:    true,
		namespaces: func(name string) bool { return name == Namespace(pod) },
	}
}

// spreadCounts returns which nodes count for a constraint: by default those that
// the pod's node selector and affinity admit, whatever their taints.
func spreadCounts(c *corev1.TopologySpreadConstraint, pod *corev1.Pod) func(Node) bool {
	var keys []func(Node) bool
	preferred := c.WhenUnsatisfiable == corev1.ScheduleAnyway
	for i := range pod.Spec.TopologySpreadConstraints {
		if o := &pod.Spec.TopologySpreadConstraints[i]; (o.WhenUnsatisfiable == corev1.ScheduleAnyway) == preferred {
			keys = append(keys, hasKey(nodelabel.Canonical(o.TopologyKey)))
		}
	}
	rules := NodeRulesOf(pod)
	honorsAffinity := c.NodeAffinityPolicy == nil || *c.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor
	honorsTaints := c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor
	return func(n Node) bool {
		for _, has := range keys {
			if !has(n) {
				return false
			}
		}
		return (!honorsAffinity || rules.Match(n)) &&
			(!honorsTaints || Untolerated(pod.Spec.Tolerations, n.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil)
	}
}

func byNode(topologyKey string) bool { return topologyKey == corev1.LabelHostname }
