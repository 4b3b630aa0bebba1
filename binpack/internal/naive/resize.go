package naive

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	helpers "k8s.io/component-helpers/resource"
)

// RequestsOfRunning returns what a running pod takes of its node. A resize in place that
// is not done yet counts with what is larger, what is asked for or what there is; one that
// the node cannot do does not count. Of the pod as a whole the helper knows this from
// v0.35 on; the conformance tests are built with a version that does.
//
// https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
func RequestsOfRunning(pod *corev1.Pod) Amounts {
	p := asStored(pod)
	p.Status = pod.Status
	var o helpers.PodResourcesOptions
	_ = json.Unmarshal([]byte(`{"UseStatusResources": true, "InPlacePodLevelResourcesVerticalScalingEnabled": true}`), &o) // the latter is not known to v0.34
	requests := AmountsOf(helpers.PodRequests(p, o))
	requests.Add(Amounts{corev1.ResourcePods: one()})
	return requests
}
