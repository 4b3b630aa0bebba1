package kube

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	helpers "k8s.io/component-helpers/resource"
)

// Requests returns what the pod takes of a node: its requests as the scheduler
// counts them (containers, init containers, sidecars, overhead, pod-level
// resources) and one of the resource "pods". A limit without a request counts
// as a request, as the API server would have made it.
//
// https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits
func Requests(pod *corev1.Pod) corev1.ResourceList {
	return countedAsOne(helpers.PodRequests(withDefaults(pod), helpers.PodResourcesOptions{}))
}

// countedAsOne adds one of the resource "pods".
func countedAsOne(requests corev1.ResourceList) corev1.ResourceList {
	pods := requests[corev1.ResourcePods]
	pods.Add(*resource.NewQuantity(1, resource.DecimalSI))
	requests[corev1.ResourcePods] = pods
	return requests
}

// RequestsThere returns what a pod takes of the node that it runs on. While it is
// resized in place that is, resource by resource, the larger of what its spec asks for
// and what its status says it has; a resize that the node cannot do counts not at all.
// That of the pod as a whole counts where the Kubernetes libraries of the build know its
// status, from v0.35 on. Module binpack/internal/conformance is built with the newest
// libraries, and compares with the scheduler (TestResizes); this module's tests are built with v0.34.
//
// https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
func RequestsThere(pod *corev1.Pod) corev1.ResourceList {
	there := withDefaults(pod)
	there.Status = pod.Status
	return countedAsOne(helpers.PodRequests(there, ofRunning()))
}

// ofRunning returns the options for running pods. One of them v0.34 does not have, so that
// it is set by name.
func ofRunning() helpers.PodResourcesOptions {
	options := helpers.PodResourcesOptions{UseStatusResources: true}
	_ = json.Unmarshal([]byte(`{"InPlacePodLevelResourcesVerticalScalingEnabled": true}`), &options) // else it stays off
	return options
}

// withDefaults returns the pod with the requests that the API server would add.
// The pod itself is not modified.
func withDefaults(pod *corev1.Pod) *corev1.Pod {
	d := &corev1.Pod{Spec: pod.Spec}
	d.Spec.Containers = withRequests(pod.Spec.Containers)
	d.Spec.InitContainers = withRequests(pod.Spec.InitContainers)
	if pod.Spec.Resources != nil && len(pod.Spec.Resources.Limits) > 0 {
		level := *pod.Spec.Resources
		level.Requests = podLevelRequests(d)
		d.Spec.Resources = &level
	}
	return d
}

func withRequests(containers []corev1.Container) []corev1.Container {
	containers = slices.Clone(containers)
	for i := range containers {
		r := &containers[i].Resources
		requests := make(corev1.ResourceList, len(r.Limits))
		maps.Copy(requests, r.Limits)
		maps.Copy(requests, r.Requests)
		r.Requests = requests
	}
	return containers
}

// podLevelRequests returns the pod-level requests of a pod with pod-level limits: what
// they do not speak of but the containers request is their sum, and what neither does is the
// limit. Huge pages cannot be overcommitted: there the limit counts whatever the containers
// request.
//
// https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
func podLevelRequests(pod *corev1.Pod) corev1.ResourceList {
	requests := corev1.ResourceList{}
	for name, sum := range helpers.AggregateContainerRequests(pod, helpers.PodResourcesOptions{}) {
		if helpers.IsSupportedPodLevelResource(name) && !strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			requests[name] = sum
		}
	}
	maps.Copy(requests, pod.Spec.Resources.Requests)
	for name, limit := range pod.Spec.Resources.Limits {
		if _, stated := requests[name]; !stated {
			requests[name] = limit
		}
	}
	return requests
}
