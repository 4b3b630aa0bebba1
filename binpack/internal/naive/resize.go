package naive

import (
	corev1 "k8s.io/api/core/v1"
	helpers "k8s.io/component-helpers/resource"
)

// RequestsOfRunning returns what a running pod takes of its node. A resize in place that
// is not done yet counts with what is larger, what is asked for or what there is; one that
// the node cannot do does not count. Of the pod as a whole the helper knows this from
// v0.35 on.
//
// https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
func RequestsOfRunning(pod *corev1.Pod) Amounts {
	p := asStored(pod)
	p.Status = pod.Status
	requests := AmountsOf(helpers.PodRequests(p, helpers.PodResourcesOptions{UseStatusResources: true}))
	requests.Add(Amounts{corev1.ResourcePods: one()})
	return requests
}
