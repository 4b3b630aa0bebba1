package check

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pod returns the faults of a pod that is to be placed; the paths begin with spec.
func Pod(pod *corev1.Pod) []Fault {
	var f faults
	s := &pod.Spec
	if len(s.Containers) == 0 {
		f.add("spec.containers", errors.New("there are none"))
	}
	f.containers("spec.containers", s.Containers)
	f.containers("spec.initContainers", s.InitContainers)
	f = append(f, Resources("spec.overhead", s.Overhead)...)
	if s.Resources != nil {
		f = append(f, Resources("spec.resources.requests", s.Resources.Requests)...)
		f = append(f, Resources("spec.resources.limits", s.Resources.Limits)...)
	}
	for i, t := range s.Tolerations {
		if !knownOperator(t.Operator) {
			f.add(fmt.Sprintf("spec.tolerations[%d].operator", i), fmt.Errorf("%q is no operator", t.Operator))
		}
	}
	f.spread(s.TopologySpreadConstraints)
	f.preferredNodes(s.Affinity)
	f = append(f, Neighbours(pod)...)
	f.requiredNodes(s.Affinity)
	return f
}

// Neighbours returns the first fault of a pod's rules about the pods near it, which
// also count where the pod runs already.
func Neighbours(pod *corev1.Pod) []Fault {
	a := pod.Spec.Affinity
	if a == nil {
		return nil
	}
	var f faults
	if anti := a.PodAntiAffinity; anti != nil {
		f.podTerms("spec.affinity.podAntiAffinity.", anti.RequiredDuringSchedulingIgnoredDuringExecution, anti.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if with := a.PodAffinity; with != nil {
		f.podTerms("spec.affinity.podAffinity.", with.RequiredDuringSchedulingIgnoredDuringExecution, with.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	return f[:min(len(f), 1)]
}

func (f *faults) podTerms(path string, required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) {
	for i := range required {
		f.podTerm(&required[i], "%srequiredDuringSchedulingIgnoredDuringExecution[%d]", path, i)
	}
	for i := range preferred {
		f.podTerm(&preferred[i].PodAffinityTerm, "%spreferredDuringSchedulingIgnoredDuringExecution[%d]", path, i)
	}
}

// podTerm checks a term that stands where format says.
func (f *faults) podTerm(t *corev1.PodAffinityTerm, format string, at ...any) {
	if err := selector(t.LabelSelector); err != nil {
		f.add(fmt.Sprintf(format, at...)+".labelSelector", err)
	}
	if err := selector(t.NamespaceSelector); err != nil {
		f.add(fmt.Sprintf(format, at...)+".namespaceSelector", err)
	}
	if t.TopologyKey == "" {
		f.add(fmt.Sprintf(format, at...)+".topologyKey", errMissing)
	}
}

func (f *faults) containers(path string, containers []corev1.Container) {
	for i := range containers {
		r := &containers[i].Resources
		if faults := append(Resources("requests", r.Requests), Resources("limits", r.Limits)...); len(faults) > 0 {
			for _, fault := range faults {
				f.add(fmt.Sprintf("%s[%d].resources.%s", path, i, fault.Path), fault.Err)
			}
		}
	}
}

func (f *faults) spread(constraints []corev1.TopologySpreadConstraint) {
	for i := range constraints {
		c := &constraints[i]
		at := func(field string) string { return fmt.Sprintf("spec.topologySpreadConstraints[%d].%s", i, field) }
		if err := selector(c.LabelSelector); err != nil {
			f.add(at("labelSelector"), err)
		}
		if c.TopologyKey == "" {
			f.add(at("topologyKey"), errMissing)
		}
		if c.MaxSkew < 1 {
			f.add(at("maxSkew"), fmt.Errorf("%d is less than 1", c.MaxSkew))
		}
	}
}

// requiredNodes checks the terms of the required node affinity. They are alternatives: to
// the scheduler a term that cannot be read matches no node, and the others still can.
func (f *faults) requiredNodes(a *corev1.Affinity) {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return
	}
	list := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	readable := func(t corev1.NodeSelectorTerm) bool { return terms([]corev1.NodeSelectorTerm{t}) == nil }
	if !slices.ContainsFunc(list, readable) {
		f.add("spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution", terms(list))
	}
}

// preferredNodes checks the terms of the preferred node affinity.
func (f *faults) preferredNodes(a *corev1.Affinity) {
	if a == nil || a.NodeAffinity == nil {
		return
	}
	for i, t := range a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		at := fmt.Sprintf("spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[%d]", i)
		if t.Weight < 1 || t.Weight > 100 {
			f.add(at+".weight", fmt.Errorf("%d is not between 1 and 100", t.Weight))
		}
		f.add(at+".preference", terms([]corev1.NodeSelectorTerm{t.Preference}))
	}
}

// selector returns what is wrong with a label selector.
func selector(s *metav1.LabelSelector) error {
	_, err := metav1.LabelSelectorAsSelector(s)
	return err
}

// knownOperator reports whether Kubernetes has such an operator of tolerations. Lt
// and Gt came with v1.35.
func knownOperator(op corev1.TolerationOperator) bool {
	switch op {
	case "", corev1.TolerationOpEqual, corev1.TolerationOpExists, "Lt", "Gt":
		return true
	}
	return false
}
