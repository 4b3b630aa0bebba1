package estimate

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Kind is pending pods that no rule and no request tells apart.
type Kind struct {
	Pod   *corev1.Pod   // what counts of each of them
	Pods  []*corev1.Pod // the pods as they came
	Count int           // how many are pending
	Key   string        // the same for pods of one kind, in other questions too
}

// Kinds returns the kinds of pods in the order of their first pods, and the kind of each
// pod. Pods that differ only in what no rule reads are of one kind.
func Kinds(pods []*corev1.Pod) ([]Kind, []int) {
	keys := selectorKeys(pods)
	var kinds []Kind
	of := make([]int, len(pods))
	known := make(map[string]int)
	for i, pod := range pods {
		core := reduce(pod, keys)
		key := marshalled(core) + claims(pod)
		k, ok := known[key]
		if !ok {
			k = len(kinds)
			known[key] = k
			kinds = append(kinds, Kind{Pod: core, Key: key})
		}
		kinds[k].Pods = append(kinds[k].Pods, pod)
		kinds[k].Count++
		of[i] = k
	}
	return kinds, of
}

// claims names the volume claims of a pod. They are not modelled, but pods with other
// claims may be kept to other zones.
func claims(pod *corev1.Pod) string {
	names := ""
	for i := range pod.Spec.Volumes {
		if c := pod.Spec.Volumes[i].PersistentVolumeClaim; c != nil {
			names += "/" + c.ClaimName
		}
	}
	return names
}

func marshalled(pod *corev1.Pod) string {
	b, err := pod.Marshal()
	if err != nil { // a pod that was read from bytes can be written
		return pod.String()
	}
	return string(b)
}

// reduce returns what of a pod a new node may be asked about, with the labels whose
// keys some selector reads.
func reduce(pod *corev1.Pod, keys map[string]bool) *corev1.Pod {
	labels := make(map[string]string)
	for k, v := range pod.Labels {
		if keys[k] {
			labels[k] = v
		}
	}
	s := &pod.Spec
	core := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Labels: labels},
		Spec: corev1.PodSpec{
			Containers:                bare(s.Containers),
			InitContainers:            bare(s.InitContainers),
			Resources:                 s.Resources,
			NodeSelector:              s.NodeSelector,
			Affinity:                  required(s.Affinity),
			Tolerations:               s.Tolerations,
			TopologySpreadConstraints: hard(s.TopologySpreadConstraints),
			Overhead:                  s.Overhead,
			HostNetwork:               s.HostNetwork,
			Priority:                  s.Priority,
		},
	}
	return core
}

// bare returns containers with requests, ports and restart policy alone.
func bare(containers []corev1.Container) []corev1.Container {
	var out []corev1.Container
	for i := range containers {
		c := &containers[i]
		b := corev1.Container{RestartPolicy: c.RestartPolicy}
		b.Resources.Requests = c.Resources.Requests
		if len(c.Resources.Requests) == 0 { // the API server sets requests from limits
			b.Resources.Requests = c.Resources.Limits
		}
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				b.Ports = append(b.Ports, p)
			}
		}
		out = append(out, b)
	}
	return out
}

// required returns an affinity without preferences; nil: nothing is required.
func required(a *corev1.Affinity) *corev1.Affinity {
	if a == nil {
		return nil
	}
	var out corev1.Affinity
	if n := a.NodeAffinity; n != nil && n.RequiredDuringSchedulingIgnoredDuringExecution != nil {
		out.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: n.RequiredDuringSchedulingIgnoredDuringExecution}
	}
	if n := a.PodAffinity; n != nil && len(n.RequiredDuringSchedulingIgnoredDuringExecution) > 0 {
		out.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: n.RequiredDuringSchedulingIgnoredDuringExecution}
	}
	if n := a.PodAntiAffinity; n != nil && len(n.RequiredDuringSchedulingIgnoredDuringExecution) > 0 {
		out.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: n.RequiredDuringSchedulingIgnoredDuringExecution}
	}
	if out == (corev1.Affinity{}) {
		return nil
	}
	return &out
}

// hard returns the spread constraints that forbid.
func hard(all []corev1.TopologySpreadConstraint) []corev1.TopologySpreadConstraint {
	var out []corev1.TopologySpreadConstraint
	for _, c := range all {
		if c.WhenUnsatisfiable == corev1.DoNotSchedule {
			out = append(out, c)
		}
	}
	return out
}

// selectorKeys returns the label keys that rules between pods read.
func selectorKeys(pods []*corev1.Pod) map[string]bool {
	keys := make(map[string]bool)
	read := func(s *metav1.LabelSelector, more ...[]string) {
		if s != nil {
			for k := range s.MatchLabels {
				keys[k] = true
			}
			for _, e := range s.MatchExpressions {
				keys[e.Key] = true
			}
		}
		for _, list := range more {
			for _, k := range list {
				keys[k] = true
			}
		}
	}
	for _, pod := range pods {
		for _, c := range pod.Spec.TopologySpreadConstraints {
			read(c.LabelSelector, c.MatchLabelKeys)
		}
		a := required(pod.Spec.Affinity)
		if a == nil {
			continue
		}
		for _, t := range terms(a.PodAffinity, a.PodAntiAffinity) {
			read(t.LabelSelector, t.MatchLabelKeys, t.MismatchLabelKeys)
		}
	}
	return keys
}

// terms returns the required terms of both.
func terms(with *corev1.PodAffinity, apart *corev1.PodAntiAffinity) []corev1.PodAffinityTerm {
	var out []corev1.PodAffinityTerm
	if with != nil {
		out = append(out, with.RequiredDuringSchedulingIgnoredDuringExecution...)
	}
	if apart != nil {
		out = append(out, apart.RequiredDuringSchedulingIgnoredDuringExecution...)
	}
	return out
}
