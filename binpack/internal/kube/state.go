package kube

import corev1 "k8s.io/api/core/v1"

// A State says whether a pod waits for a node.
type State int

const (
	Pending    State = iota // it does
	Gated                   // not before its scheduling gates are gone
	NotPending              // it is bound, terminated or being deleted
)

// StateOf returns the pod's state, and the path of what decides it.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
func StateOf(pod *corev1.Pod) (State, string) {
	switch {
	case pod.DeletionTimestamp != nil:
		return NotPending, "metadata.deletionTimestamp"
	case Terminated(pod):
		return NotPending, "status.phase"
	case pod.Spec.NodeName != "":
		return NotPending, "spec.nodeName"
	case len(pod.Spec.SchedulingGates) > 0:
		return Gated, "spec.schedulingGates"
	}
	return Pending, ""
}

// Terminated reports whether the pod has run and takes nothing any more.
func Terminated(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
