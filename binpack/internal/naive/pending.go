package naive

import corev1 "k8s.io/api/core/v1"

// pending refuses pods that do not wait for a node. The scheduler takes up a
// pod when it has no node, no gates, is not being deleted and has not ended.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
func pending(pod *corev1.Pod) *Refusal {
	if pod.DeletionTimestamp != nil {
		return &Refusal{Code: NotPending, Path: "metadata.deletionTimestamp"}
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return &Refusal{Code: NotPending, Path: "status.phase", Rule: string(pod.Status.Phase)}
	}
	if pod.Spec.NodeName != "" {
		return &Refusal{Code: NotPending, Path: "spec.nodeName", Rule: pod.Spec.NodeName}
	}
	if len(pod.Spec.SchedulingGates) > 0 {
		return &Refusal{Code: SchedulingGated, Path: "spec.schedulingGates", Rule: pod.Spec.SchedulingGates[0].Name}
	}
	return nil
}
