package conformance

import corev1 "k8s.io/api/core/v1"

// resize gives a pod that is there already the status of one that is resized in place:
// what its containers, or the pod as a whole, were allocated and have, and whether more is
// asked for than the node can give.
func (d *drawer) resize(pod *corev1.Pod) {
	for _, c := range pod.Spec.Containers {
		if d.chance(20) {
			continue
		}
		s := corev1.ContainerStatus{Name: c.Name}
		if d.chance(80) {
			s.AllocatedResources = d.amounts()
		}
		if d.chance(80) {
			s.Resources = &corev1.ResourceRequirements{Requests: d.amounts()}
		}
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, s)
	}
	if pod.Spec.Resources != nil && d.chance(70) {
		pod.Status.AllocatedResources = d.amounts()
		pod.Status.Resources = &corev1.ResourceRequirements{Requests: d.amounts()}
	}
	switch d.IntN(4) {
	case 0:
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: pick(d, corev1.PodReasonInfeasible, corev1.PodReasonDeferred)}}
	case 1:
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizeInProgress, Status: corev1.ConditionTrue}}
	}
}

// amounts draws what a container, or a pod, has.
func (d *drawer) amounts() corev1.ResourceList {
	r := d.requirements()
	if r.Requests == nil {
		return r.Limits
	}
	return r.Requests
}
