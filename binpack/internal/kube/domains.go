package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A DomainRule is a rule of one pod about the pods of its domain: of the nodes
// that have the same value under a topology key.
type DomainRule struct {
	Kind    DomainKind
	Key     string                     // by its current name
	Path    string                     // from the pod
	Whom    string                     // Selects, as a person would write it
	Selects func(pod *corev1.Pod) bool // the pods that count
	Counts  func(node Node) bool       // whether the node is of a domain, and what is on it counts

	MaxSkew    int64 // of a Spread
	MinDomains int64 // of a Spread; 0: any number will do
	Preferred  bool  // to be given up where the pod could not be placed otherwise
}

// DomainKind says what a DomainRule asks for.
type DomainKind int

const (
	Spread   DomainKind = iota // no more than MaxSkew above the domain with the fewest
	Apart                      // none in the domain, but itself
	Together                   // one at least in the domain; itself, where there is none anywhere
)

// DomainRules returns the pod's rules about the pods of its domain, without those
// that are PodGroups: spread and anti-affinity by hostname.
func DomainRules(pod *corev1.Pod, all Namespaces) []DomainRule {
	return slices.Concat(spreadOverDomains(pod), apart(pod, all), together(pod, all))
}

// RequiredKeys returns the topology keys that the pod's node must have: those of
// its required spread over domains and affinity.
func RequiredKeys(pod *corev1.Pod) []string {
	var keys []string
	for _, r := range slices.Concat(spreadOverDomains(pod), together(pod, nil)) {
		if !r.Preferred {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// hasKey returns whether a node has a label of the key. A node has a hostname,
// whether or not anything reads it.
func hasKey(key string) func(Node) bool {
	return func(n Node) bool {
		_, ok := n.Labels[key]
		return ok || key == corev1.LabelHostname
	}
}

// PreferredPods returns, for each preference of the pod about other pods, which
// pods it is about.
func PreferredPods(pod *corev1.Pod, all Namespaces) []func(*corev1.Pod) bool {
	var out []func(*corev1.Pod) bool
	for _, r := range DomainRules(pod, all) {
		if r.Preferred {
			out = append(out, r.Selects)
		}
	}
	for _, g := range PodGroups(pod, all) {
		if g.Preferred {
			out = append(out, g.Selects)
		}
	}
	return out
}

// PrefersPods reports whether the pod has preferences about other pods. Most state none, and
// their rules are not read for that.
func PrefersPods(pod *corev1.Pod) bool {
	wished := func(s corev1.TopologySpreadConstraint) bool { return s.WhenUnsatisfiable == corev1.ScheduleAnyway }
	states := slices.ContainsFunc(pod.Spec.TopologySpreadConstraints, wished)
	if a := pod.Spec.Affinity; a != nil {
		states = states || a.PodAffinity != nil && len(a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0 ||
			a.PodAntiAffinity != nil && len(a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0
	}
	return states && len(PreferredPods(pod, nil)) > 0
}

// PodPreferenceWeight returns the weight of the pod's preferences about other pods.
// A spread that is only wished for has the weight 1.
func PodPreferenceWeight(pod *corev1.Pod) int64 {
	sum := int64(0)
	if a := pod.Spec.Affinity; a != nil && a.PodAffinity != nil {
		for _, t := range a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			sum += int64(t.Weight)
		}
	}
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		for _, t := range a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			sum += int64(t.Weight)
		}
	}
	for i := range pod.Spec.TopologySpreadConstraints {
		if pod.Spec.TopologySpreadConstraints[i].WhenUnsatisfiable == corev1.ScheduleAnyway {
			sum++
		}
	}
	return sum
}
