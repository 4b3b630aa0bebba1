package gen

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"
)

// topologyKey draws a key of domains: of all nodes, of some types or pools, an
// open one.
func topologyKey(t *rapid.T) string {
	return oneOf(t, "topology key", corev1.LabelTopologyZone, corev1.LabelTopologyZone, corev1.LabelHostname,
		"karpenter.sh/capacity-type", "size", "team", corev1.LabelFailureDomainBetaZone, flavorKey)
}

// spreads draws one or two constraints over different keys.
func spreads(t *rapid.T, otherwise corev1.UnsatisfiableConstraintAction) []corev1.TopologySpreadConstraint {
	var out []corev1.TopologySpreadConstraint
	for range rapid.IntRange(1, 2).Draw(t, "constraints") {
		c := spread(t)
		c.TopologyKey = topologyKey(t)
		c.WhenUnsatisfiable = otherwise
		if otherwise == corev1.DoNotSchedule && sometimes(t, 3, "least domains") {
			n := int32(rapid.IntRange(1, 3).Draw(t, "min domains"))
			c.MinDomains = &n
		}
		c.NodeAffinityPolicy = policy(t, "node affinity policy")
		c.NodeTaintsPolicy = policy(t, "node taints policy")
		if !slices.ContainsFunc(out, func(o corev1.TopologySpreadConstraint) bool { return o.TopologyKey == c.TopologyKey }) {
			out = append(out, c)
		}
	}
	return out
}

func policy(t *rapid.T, name string) *corev1.NodeInclusionPolicy {
	p := corev1.NodeInclusionPolicy(oneOf(t, name, "", "", "Honor", "Ignore"))
	if p == "" {
		return nil
	}
	return &p
}

// terms draws one or two terms about pods.
func terms(t *rapid.T) []corev1.PodAffinityTerm {
	var out []corev1.PodAffinityTerm
	for range rapid.IntRange(1, 2).Draw(t, "pod terms") {
		a := term(t)
		a.TopologyKey = topologyKey(t)
		out = append(out, a)
	}
	return out
}
