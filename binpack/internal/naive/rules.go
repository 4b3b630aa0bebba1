package naive

import corev1 "k8s.io/api/core/v1"

// A Refusal says which rule keeps a pod off a node.
type Refusal struct {
	Code Code
	Path string // the rule, from the pod
	Rule string // the rule's content: a term, a taint
}

// A Code names a kind of refusal, as binpack.Reason spells it.
type Code string

// The codes.
const (
	NodeAffinity     Code = "NodeAffinity"
	UntoleratedTaint Code = "UntoleratedTaint"
	HostPort         Code = "HostPort"
	TopologySpread   Code = "TopologySpread"
	PodAffinity      Code = "PodAffinity"
	PodAntiAffinity  Code = "PodAntiAffinity"
	VolumeZone       Code = "VolumeZone"
	SchedulingGated  Code = "SchedulingGated"
	NotPending       Code = "NotPending"
	Unsupported      Code = "Unsupported"
	Invalid          Code = "Invalid"
)

// Withheld returns why the pod may be placed nowhere, whatever the node, or
// nil.
func Withheld(pod *corev1.Pod) *Refusal {
	return first(pod, pending, supported)
}

// Refuses returns the first rule that keeps the pod off the node, or nil.
// Whether the node has room, and whom the pod would share it with, is not asked
// here: Amounts and Limits tell; nor whether it reaches the pod's volumes.
func Refuses(pod *corev1.Pod, node *corev1.Node) *Refusal {
	if r := nodeSelector(pod, node); r != nil {
		return r
	}
	if r := nodeAffinity(pod, node); r != nil {
		return r
	}
	return taints(pod, node)
}

func first(pod *corev1.Pod, rules ...func(*corev1.Pod) *Refusal) *Refusal {
	for _, rule := range rules {
		if r := rule(pod); r != nil {
			return r
		}
	}
	return nil
}
