package naive

import (
	corev1 "k8s.io/api/core/v1"
	helpers "k8s.io/component-helpers/resource"
)

// Requests returns what one pod takes of a node: what it asks for, by
// Kubernetes' own definition, and one of the resource "pods". The pod may come
// from a manifest; requests are first filled in as the API server does it.
//
// https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
func Requests(pod *corev1.Pod) Amounts {
	requests := AmountsOf(helpers.PodRequests(asStored(pod), helpers.PodResourcesOptions{}))
	requests.Add(Amounts{corev1.ResourcePods: one()})
	return requests
}

// asStored returns the pod's spec with the requests that the API server fills in.
func asStored(pod *corev1.Pod) *corev1.Pod {
	p := &corev1.Pod{Spec: *pod.Spec.DeepCopy()}
	for i := range p.Spec.Containers {
		fillIn(&p.Spec.Containers[i].Resources)
	}
	for i := range p.Spec.InitContainers {
		fillIn(&p.Spec.InitContainers[i].Resources)
	}
	if p.Spec.Resources != nil {
		fillInPod(p)
	}
	return p
}

// fillIn: a container's limit without a request is a request too.
//
// https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
func fillIn(r *corev1.ResourceRequirements) {
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; !ok {
			if r.Requests == nil {
				r.Requests = corev1.ResourceList{}
			}
			r.Requests[name] = limit
		}
	}
}

// fillInPod: a pod-level limit without a pod-level request is a request,
// unless containers request the resource: then their sum is. Huge pages are
// never overcommitted, so there the limit counts.
//
// https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
func fillInPod(p *corev1.Pod) {
	r := p.Spec.Resources
	if len(r.Limits) == 0 {
		return
	}
	if r.Requests == nil {
		r.Requests = corev1.ResourceList{}
	}
	asked := helpers.AggregateContainerRequests(p, helpers.PodResourcesOptions{})
	for name, sum := range asked {
		if _, ok := r.Requests[name]; !ok && (name == corev1.ResourceCPU || name == corev1.ResourceMemory) {
			r.Requests[name] = sum
		}
	}
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; !ok {
			r.Requests[name] = limit
		}
	}
}
