package kube

import corev1 "k8s.io/api/core/v1"

// A RuleSet is what a pod asks of a node besides room.
type RuleSet struct {
	Node        NodeRules
	Tolerations []corev1.Toleration
	Preferences NodePreferences
}

// RuleSetOf returns the rules of a pod with these volumes.
func RuleSetOf(pod *corev1.Pod, volumes VolumeRules) RuleSet {
	return RuleSet{NodeRulesOf(pod).With(volumes), pod.Spec.Tolerations, NodePreferencesOf(pod)}
}

// AppendRuleKey appends to b all that the RuleSet of the pod with these volumes reads.
func AppendRuleKey(b []byte, pod *corev1.Pod, volumes VolumeRules) []byte {
	rules := corev1.PodSpec{NodeSelector: pod.Spec.NodeSelector, Tolerations: pod.Spec.Tolerations}
	if a := pod.Spec.Affinity; a != nil {
		rules.Affinity = &corev1.Affinity{NodeAffinity: a.NodeAffinity}
	}
	return volumes.appendNodes(AppendKey(b, &corev1.Pod{Spec: rules}))
}

// An Admission says whether a node admits a pod: Never, or the weight of the pod's
// preferences that the node does not meet.
type Admission int64

// Never is the Admission of a node that the rules do not allow.
const Never Admission = -1

// Admits returns what the rules say to a node.
func (r *RuleSet) Admits(n Node) Admission {
	if !r.Node.Match(n) || Untolerated(r.Tolerations, n.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) != nil {
		return Never
	}
	return Admission(r.Preferences.Unmet(n))
}

// Keys returns the label keys that the rules read.
func (r *RuleSet) Keys() []string { return append(r.Node.Keys(), r.Preferences.Keys()...) }
