package check

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/internal/quantity"
)

// Readable returns the pod without the quantities that cannot be read: itself where all
// can. The pod is not modified.
func Readable(pod *corev1.Pod) *corev1.Pod {
	s := &pod.Spec
	sound := readable(s.Overhead) && (s.Resources == nil || readableOf(s.Resources))
	for _, list := range [...][]corev1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			sound = sound && readableOf(&list[i].Resources)
		}
	}
	if sound {
		return pod
	}
	out := *pod
	out.Spec.Overhead = kept(s.Overhead)
	out.Spec.InitContainers, out.Spec.Containers = slices.Clone(s.InitContainers), slices.Clone(s.Containers)
	for _, list := range [...][]corev1.Container{out.Spec.InitContainers, out.Spec.Containers} {
		for i := range list {
			list[i].Resources = keptOf(list[i].Resources)
		}
	}
	if s.Resources != nil {
		r := keptOf(*s.Resources)
		out.Spec.Resources = &r
	}
	return &out
}

func readable(list corev1.ResourceList) bool {
	for _, q := range list {
		if quantity.Check(q) != nil {
			return false
		}
	}
	return true
}

func readableOf(r *corev1.ResourceRequirements) bool {
	return readable(r.Requests) && readable(r.Limits)
}

func kept(list corev1.ResourceList) corev1.ResourceList {
	if readable(list) {
		return list
	}
	out := maps.Clone(list)
	maps.DeleteFunc(out, func(_ corev1.ResourceName, q resource.Quantity) bool { return quantity.Check(q) != nil })
	return out
}

func keptOf(r corev1.ResourceRequirements) corev1.ResourceRequirements {
	r.Requests, r.Limits = kept(r.Requests), kept(r.Limits)
	return r
}
