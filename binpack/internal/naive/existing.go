package naive

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Existing returns a node that is there as pods see it: with its labels under
// their present names, its name as hostname where it states no other, and with
// the taint that a cordon stands for.
//
// https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration
func Existing(node *corev1.Node) *corev1.Node {
	seen := &corev1.Node{}
	seen.Name = node.Name
	seen.Labels = underCurrentNames(node.Labels)
	if _, stated := seen.Labels[corev1.LabelHostname]; !stated {
		seen.Labels[corev1.LabelHostname] = node.Name
	}
	seen.Spec.Taints = node.Spec.Taints
	if node.Spec.Unschedulable {
		cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
		seen.Spec.Taints = append(slices.Clip(seen.Spec.Taints), cordon)
	}
	return seen
}

// Leaving says why the node takes no pod any more, whatever the pod tolerates, or "": it
// does. An autoscaler that is about to remove a node says so by a taint; one that only
// thinks of it prefers that no pod comes.
//
// https://karpenter.sh/docs/concepts/disruption/#control-flow
func Leaving(node *corev1.Node) string {
	if node.DeletionTimestamp != nil {
		return "the node is being deleted"
	}
	for _, t := range node.Spec.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule && (t.Key == "karpenter.sh/disrupted" || t.Key == "ToBeDeletedByClusterAutoscaler") {
			return "the node is going away: " + t.ToString()
		}
	}
	return ""
}

// Ended reports whether the pod's containers have ended for good. It takes
// nothing of its node any more, and no rule counts it.
//
// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
func Ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// CrewThere returns the pods of an existing node as its crew. None of them has ended.
// That they are there together is no fault.
func CrewThere(pods []*corev1.Pod) Crew {
	crew := Crew{Requests: Amounts{}}
	for _, pod := range pods {
		crew.Join(pod, 1)
	}
	return crew
}

// Join adds a pod that is there the given number of times; Pods names it once.
func (c *Crew) Join(pod *corev1.Pod, times int) {
	c.Requests.AddTimes(RequestsOfRunning(pod), int64(times))
	c.Ports = append(c.Ports, Ports(pod)...)
	c.Pods = append(c.Pods, pod)
}
