package main

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"
)

// usage is what nodes have and what their pods ask for. Shares are for the
// eye: sums are in floating point.
type usage struct {
	node corev1.ResourceList // allocatable of one node
	have map[corev1.ResourceName]float64
	used map[corev1.ResourceName]float64
}

func newUsage() usage {
	return usage{have: map[corev1.ResourceName]float64{}, used: map[corev1.ResourceName]float64{}}
}

func (u *usage) addNodes(count int) {
	for name, q := range u.node {
		u.have[name] += q.AsApproximateFloat64() * float64(count)
	}
}

func (u *usage) addPods(requests corev1.ResourceList, count int) {
	for name, q := range requests {
		if !q.IsZero() {
			u.used[name] += q.AsApproximateFloat64() * float64(count)
		}
	}
}

// share returns how much of a resource is used, in percent of what the nodes
// have; "-": they have none.
func (u *usage) share(name corev1.ResourceName) string {
	if u.have[name] == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*u.used[name]/u.have[name])
}

// requestsOf returns what a pod takes of a node, with the one unit of pods
// that each takes. Like the API server it lets a limit stand for a request
// that is not stated.
func requestsOf(pod *corev1.Pod) corev1.ResourceList {
	pod = pod.DeepCopy()
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			r := &containers[i].Resources
			if r.Requests == nil {
				r.Requests = corev1.ResourceList{}
			}
			for name, q := range r.Limits {
				if _, stated := r.Requests[name]; !stated {
					r.Requests[name] = q
				}
			}
		}
	}
	requests := resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})
	pods := requests[corev1.ResourcePods]
	pods.Add(*resource.NewQuantity(1, resource.DecimalSI))
	requests[corev1.ResourcePods] = pods
	return requests
}
