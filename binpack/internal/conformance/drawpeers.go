package conformance

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// spread gives the pod one to three constraints over different keys.
func (d *drawer) spread(pod *corev1.Pod, when corev1.UnsatisfiableConstraintAction) {
	var keys []string
	if d.families.Has(HostSpread) {
		keys = append(keys, corev1.LabelHostname)
	}
	if d.families.Has(Spread) {
		keys = append(keys, pick(d, corev1.LabelTopologyZone, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone), rackKey, diskKey)
	}
	policy := func() *corev1.NodeInclusionPolicy {
		honor, ignore := corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore
		return pick(d, nil, &honor, &ignore)
	}
	for range 1 + d.IntN(2) {
		key := pick(d, keys...)
		c := corev1.TopologySpreadConstraint{
			MaxSkew: pick(d, int32(1), 1, 1, 2, 3), TopologyKey: key, WhenUnsatisfiable: when,
			NodeAffinityPolicy: policy(), NodeTaintsPolicy: policy(),
		}
		c.LabelSelector, c.MatchLabelKeys, _ = d.selector(pod)
		if when == corev1.DoNotSchedule && d.chance(40) {
			least := pick(d, int32(1), 2, 3, 4)
			c.MinDomains = &least
		}
		pod.Spec.TopologySpreadConstraints = append(pod.Spec.TopologySpreadConstraints, c)
		if keys = slices.DeleteFunc(keys, func(k string) bool { return k == key }); len(keys) == 0 {
			return
		}
	}
}

func (d *drawer) antiAffinity(pod *corev1.Pod) {
	var keys []string
	if d.families.Has(HostAntiAffinity) {
		keys = append(keys, corev1.LabelHostname)
	}
	if d.families.Has(AntiAffinity) {
		keys = append(keys, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, rackKey, diskKey)
	}
	affinityOf(pod).PodAntiAffinity = &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution:  d.terms(pod, keys),
		PreferredDuringSchedulingIgnoredDuringExecution: d.preferred(pod, keys),
	}
}

func (d *drawer) affinity(pod *corev1.Pod) {
	keys := []string{corev1.LabelHostname, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, rackKey}
	affinityOf(pod).PodAffinity = &corev1.PodAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution:  d.terms(pod, keys),
		PreferredDuringSchedulingIgnoredDuringExecution: d.preferred(pod, keys),
	}
}

// preferred returns terms for some pods, which must keep none of them off.
func (d *drawer) preferred(pod *corev1.Pod, keys []string) []corev1.WeightedPodAffinityTerm {
	if d.chance(80) {
		return nil
	}
	var out []corev1.WeightedPodAffinityTerm
	for _, t := range d.terms(pod, keys) {
		out = append(out, corev1.WeightedPodAffinityTerm{Weight: 1 + d.Int32N(100), PodAffinityTerm: t})
	}
	return out
}

func (d *drawer) terms(pod *corev1.Pod, keys []string) []corev1.PodAffinityTerm {
	var terms []corev1.PodAffinityTerm
	for range 1 + d.IntN(2) {
		t := corev1.PodAffinityTerm{TopologyKey: pick(d, keys...)}
		t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys = d.selector(pod)
		if d.chance(30) {
			t.Namespaces = some(d, corev1.NamespaceDefault, "blue", "green", "unknown")
		}
		if d.chance(30) {
			t.NamespaceSelector = pick(d,
				&metav1.LabelSelector{},
				&metav1.LabelSelector{MatchLabels: map[string]string{"stage": "prod"}},
				&metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "green"}},
				&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "stage", Operator: metav1.LabelSelectorOpDoesNotExist}}})
		}
		terms = append(terms, t)
	}
	return terms
}

// selector returns a selector of pods, which often selects the pod itself, and
// keys of its labels whose values other pods must have, and must not.
func (d *drawer) selector(pod *corev1.Pod) (s *metav1.LabelSelector, match, mismatch []string) {
	if d.chance(5) {
		return nil, nil, nil
	}
	s = &metav1.LabelSelector{}
	if d.chance(10) {
		return s, nil, nil
	}
	labels := podLabels()
	app, tier, rev := labels[0], labels[1], labels[2]
	if own, ok := pod.Labels[app[0]]; ok && d.chance(60) {
		s.MatchLabels = map[string]string{app[0]: own}
	} else {
		s.MatchLabels = map[string]string{app[0]: pick(d, app[1:]...)}
	}
	if d.chance(30) {
		e := metav1.LabelSelectorRequirement{Key: tier[0], Operator: pick(d,
			metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist)}
		if e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn {
			e.Values = some(d, tier[1:]...)
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
		if d.chance(50) {
			s.MatchLabels = nil
		}
	}
	if d.chance(15) {
		match = []string{rev[0]}
	} else if d.chance(15) {
		mismatch = []string{rev[0]}
	}
	return s, match, mismatch
}
