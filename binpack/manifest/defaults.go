package manifest

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// complete fills in what the API server fills in when a pod is made, as far as
// it has a say in where the pod may run.
func (b *builder) complete(pod *corev1.Pod, at place) {
	if len(pod.Spec.Containers) == 0 {
		b.fault(at.object, at.of("spec.containers"), "there are none")
		return
	}
	// In this order: defaults of the API, then the admission plugins.
	// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
	defaultPorts(pod)
	defaultRequests(pod)
	b.defaultLimits(pod)
	b.applyPriority(pod, at)
	b.applyRuntime(pod, at)
	if asksForNothing(pod) {
		b.notes.note(at.object, at.of("spec.containers"), "ask for neither CPU nor memory: they are taken to need none")
	}
}

// asksForNothing reports whether no container of the pod, and not the pod as a
// whole, requests something.
func asksForNothing(pod *corev1.Pod) bool {
	some := len(pod.Spec.Overhead) > 0 || pod.Spec.Resources != nil && len(pod.Spec.Resources.Requests)+len(pod.Spec.Resources.Limits) > 0
	eachContainer(pod, func(c *corev1.Container) { some = some || len(c.Resources.Requests) > 0 })
	return !some
}

// of returns a path of the pod from the object that it comes from.
func (p place) of(path string) string {
	if p.template == "" {
		return path
	}
	return p.template + "." + path
}

// eachContainer calls f for all containers of the pod.
func eachContainer(pod *corev1.Pod, f func(*corev1.Container)) {
	for i := range pod.Spec.InitContainers {
		f(&pod.Spec.InitContainers[i])
	}
	for i := range pod.Spec.Containers {
		f(&pod.Spec.Containers[i])
	}
}

// defaultPorts makes the ports of a pod that uses its host's network ports of
// the host.
func defaultPorts(pod *corev1.Pod) {
	if !pod.Spec.HostNetwork {
		return
	}
	eachContainer(pod, func(c *corev1.Container) {
		for i := range c.Ports {
			if c.Ports[i].HostPort == 0 {
				c.Ports[i].HostPort = c.Ports[i].ContainerPort
			}
		}
	})
}

// defaultRequests lets limits stand for requests that are not stated.
func defaultRequests(pod *corev1.Pod) {
	eachContainer(pod, func(c *corev1.Container) {
		fill(&c.Resources.Requests, c.Resources.Limits)
	})
}

// fill sets what is missing in a list.
func fill(list *corev1.ResourceList, from corev1.ResourceList) {
	for name, q := range from {
		if *list == nil {
			*list = corev1.ResourceList{}
		}
		if _, stated := (*list)[name]; !stated {
			(*list)[name] = q
		}
	}
}

// defaultLimits applies the defaults of the namespace's LimitRanges to
// containers. A default limit is a default request too, and so, last, is the
// least that is allowed; the most that is allowed is a default limit.
//
// https://kubernetes.io/docs/concepts/policy/limit-range/
func (b *builder) defaultLimits(pod *corev1.Pod) {
	for _, o := range b.limits[namespaceOf(pod.Namespace)] {
		for _, item := range o.value.(*corev1.LimitRange).Spec.Limits {
			if item.Type != corev1.LimitTypeContainer {
				continue
			}
			limits, requests := corev1.ResourceList{}, corev1.ResourceList{}
			fill(&limits, item.Default)
			fill(&limits, item.Max)
			fill(&requests, item.DefaultRequest)
			fill(&requests, limits)
			fill(&requests, item.Min)
			eachContainer(pod, func(c *corev1.Container) {
				fill(&c.Resources.Limits, limits)
				fill(&c.Resources.Requests, requests)
			})
		}
	}
}

// wellKnownPriorities are those of the classes that every cluster has.
func wellKnownPriorities() map[string]int32 {
	const system = 2_000_000_000 // scheduling.SystemCriticalPriority
	return map[string]int32{"system-cluster-critical": system, "system-node-critical": system + 1000}
}

// applyPriority sets the pod's priority by its class.
func (b *builder) applyPriority(pod *corev1.Pod, at place) {
	if pod.Spec.Priority != nil {
		return
	}
	class := pod.Spec.PriorityClassName
	if class == "" {
		class = b.usual
	}
	if class == "" {
		return
	}
	value, known := b.priorities[class]
	if !known {
		b.notes.note(at.object, at.of("spec.priorityClassName"), fmt.Sprintf("PriorityClass %s is not there: taken to be 0", class))
		return
	}
	pod.Spec.Priority = &value
}

// applyRuntime adds what the pod's runtime class asks for.
//
// https://kubernetes.io/docs/concepts/containers/runtime-class/
func (b *builder) applyRuntime(pod *corev1.Pod, at place) {
	if pod.Spec.RuntimeClassName == nil || *pod.Spec.RuntimeClassName == "" {
		return
	}
	class := b.runtimes[*pod.Spec.RuntimeClassName]
	if class == nil {
		b.notes.note(at.object, at.of("spec.runtimeClassName"), fmt.Sprintf("RuntimeClass %s is not there: taken to ask for nothing", *pod.Spec.RuntimeClassName))
		return
	}
	if class.Overhead != nil && pod.Spec.Overhead == nil {
		pod.Spec.Overhead = class.Overhead.PodFixed
	}
	if s := class.Scheduling; s != nil {
		for key, value := range s.NodeSelector {
			if pod.Spec.NodeSelector == nil {
				pod.Spec.NodeSelector = map[string]string{}
			}
			if own, stated := pod.Spec.NodeSelector[key]; stated && own != value {
				b.notes.note(at.object, at.of("spec.nodeSelector"), fmt.Sprintf("conflicts with RuntimeClass %s: the API server refuses the pod", class.Name))
			}
			pod.Spec.NodeSelector[key] = value
		}
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, s.Tolerations...)
	}
}
