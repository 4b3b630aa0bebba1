package problemfile

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// names gives the entries of a file their names. The first pod of a name has
// just that; the second of the same name has "#2" added, and so on, and the
// first pod without a name is "#1". No name in Kubernetes has a "#", so that
// an entry's name tells the pod's, and no two entries share one.
type names map[string]int

// next names the entry of pod, which is at path in the Problem.
func (n names) next(path string, pod *corev1.Pod) (string, error) {
	if pod == nil {
		return "", fault(path, "is nil")
	}
	own := pod.Name
	if ownName(own) != own {
		return "", fault(path+".metadata.name", "%q has a #", own)
	}
	n[own]++
	if n[own] == 1 && own != "" {
		return own, nil
	}
	return fmt.Sprintf("%s#%d", own, n[own]), nil
}

// ownName returns the name of the pod of an entry.
func ownName(entry string) string {
	own, _, _ := strings.Cut(entry, "#")
	return own
}

// newPodEntry returns the entry of a pod: short where that says it all.
func newPodEntry(name string, pod *corev1.Pod) podEntry {
	e := podEntry{Name: name, shortPod: newShortPod(pod)}
	if !equal(e.shortPod.pod(ownName(name)), pod) {
		e = podEntry{Name: name, Pod: pod}
	}
	return e
}

// pod returns the pod of an entry.
func (e *podEntry) pod(path string) (*corev1.Pod, error) {
	own := ownName(e.Name)
	if e.Pod == nil {
		return e.shortPod.pod(own), nil
	}
	if !equal(e.shortPod, shortPod{}) {
		return nil, fault(path, "has fields of a pod beside the whole pod")
	}
	switch e.Pod.Name {
	case "":
		pod := *e.Pod
		pod.Name = own
		return &pod, nil
	case own:
		return e.Pod, nil
	}
	if e.Name == "" {
		return e.Pod, nil // where names do not matter; elsewhere checkNames misses it
	}
	return nil, fault(path+".name", "%q is not the name of the pod, %q", e.Name, e.Pod.Name)
}

// newShortPod returns as much of a pod as the short form can say.
func newShortPod(pod *corev1.Pod) shortPod {
	s := shortPod{
		Namespace:                 pod.Namespace,
		Labels:                    pod.Labels,
		NodeSelector:              pod.Spec.NodeSelector,
		Tolerations:               pod.Spec.Tolerations,
		Affinity:                  pod.Spec.Affinity,
		TopologySpreadConstraints: pod.Spec.TopologySpreadConstraints,
		Priority:                  pod.Spec.Priority,
	}
	if len(pod.Spec.Containers) > 0 {
		c := &pod.Spec.Containers[0]
		s.Requests = c.Resources.Requests
		for _, p := range c.Ports {
			s.HostPorts = append(s.HostPorts, hostPort{HostPort: p.HostPort, Protocol: p.Protocol, HostIP: p.HostIP})
		}
	}
	return s
}

// pod returns the pod that the short form stands for: one container, without a
// name, that asks for everything.
func (s *shortPod) pod(name string) *corev1.Pod {
	c := corev1.Container{Resources: corev1.ResourceRequirements{Requests: s.Requests}}
	for _, p := range s.HostPorts {
		c.Ports = append(c.Ports, corev1.ContainerPort{
			HostPort: p.HostPort, ContainerPort: p.HostPort, Protocol: p.Protocol, HostIP: p.HostIP,
		})
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: s.Namespace, Labels: s.Labels},
		Spec: corev1.PodSpec{
			Containers:                []corev1.Container{c},
			NodeSelector:              s.NodeSelector,
			Tolerations:               s.Tolerations,
			Affinity:                  s.Affinity,
			TopologySpreadConstraints: s.TopologySpreadConstraints,
			Priority:                  s.Priority,
		},
	}
}

// addPods reads the entries of pods[] into p.
func addPods(p *binpack.Problem, entries []podEntry) error {
	for i := range entries {
		e, path := &entries[i], at("pods", i)
		pod, err := e.pod(path)
		if err != nil {
			return err
		}
		switch {
		case e.Count == nil:
			p.Pods = append(p.Pods, pod)
		case *e.Count < 0:
			return fault(path+".count", "%d is negative", *e.Count)
		default:
			p.Workloads = append(p.Workloads, binpack.Workload{Pod: pod, Replicas: *e.Count})
		}
	}
	return checkNames(*p, entries)
}

// checkNames checks that the entries of pods[] have the names that their pods
// have in any file, so that a plan may name them.
func checkNames(p binpack.Problem, entries []podEntry) error {
	pods, workloads, err := entryNames(p)
	if err != nil {
		return err
	}
	for i, e := range entries {
		rest := &pods
		if e.Count != nil {
			rest = &workloads
		}
		want := (*rest)[0]
		*rest = (*rest)[1:]
		switch {
		case e.Name == "":
			return fault(at("pods", i)+".name", "is missing")
		case e.Name != want:
			return fault(at("pods", i)+".name", "%q is a duplicate or out of turn: expected %q", e.Name, want)
		}
	}
	return nil
}

// entryNames returns the names that the pods of p have in a file.
func entryNames(p binpack.Problem) (pods, workloads []string, err error) {
	n := names{}
	for i, pod := range p.Pods {
		name, err := n.next(at("Pods", i), pod)
		if err != nil {
			return nil, nil, err
		}
		pods = append(pods, name)
	}
	for i, w := range p.Workloads {
		name, err := n.next(at("Workloads", i)+".Pod", w.Pod)
		if err != nil {
			return nil, nil, err
		}
		workloads = append(workloads, name)
	}
	return pods, workloads, nil
}

// newPodEntries returns the entries of p for pods[]: Pods without a count,
// then Workloads with one.
func newPodEntries(p binpack.Problem) ([]podEntry, error) {
	pods, workloads, err := entryNames(p)
	if err != nil {
		return nil, err
	}
	entries := []podEntry{}
	for i, name := range pods {
		entries = append(entries, newPodEntry(name, p.Pods[i]))
	}
	for i, name := range workloads {
		e := newPodEntry(name, p.Workloads[i].Pod)
		e.Count = &p.Workloads[i].Replicas
		entries = append(entries, e)
	}
	return entries, nil
}
