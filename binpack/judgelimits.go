package binpack

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// peers is what the judge knows of the rules between the pods of one node. A
// limit has a number, by content: pods with alike rules share it.
type peers struct {
	namespaces []corev1.Namespace
	limits     []naive.Limit
	numbers    map[string]int   // of limits, by content
	selected   map[string][]int // limits that select a pod, by all that they read of it
}

// peerRules is what rules between pods say of one kind.
type peerRules struct {
	limits    []naive.Limit // its own
	owns      []int         // their numbers
	countedBy []int         // limits that select it, its own or another's
	ports     []naive.Port  // of the node
}

// add numbers the pod's limits. Every pod is added before rulesOf is asked.
func (p *peers) add(pod *corev1.Pod) {
	for _, l := range naive.Limits(pod, p.namespaces) {
		content := l.Content()
		if _, known := p.numbers[content]; !known {
			p.numbers[content] = len(p.limits)
			p.limits = append(p.limits, l)
		}
	}
}

// rulesOf returns what rules between pods say of the pod, and names it: pods of
// one name are alike to all of them. Where there are no such rules it is "".
func (p *peers) rulesOf(pod *corev1.Pod) (peerRules, string) {
	if len(p.limits) == 0 {
		return peerRules{}, ""
	}
	r := peerRules{limits: naive.Limits(pod, p.namespaces), ports: naive.Ports(pod)}
	r.countedBy = p.selecting(pod, r.ports)
	for i := range r.limits {
		r.owns = append(r.owns, p.numbers[r.limits[i].Content()])
	}
	return r, fmt.Sprint(r.owns, r.countedBy)
}

// selecting returns the limits that select the pod.
func (p *peers) selecting(pod *corev1.Pod, ports []naive.Port) []int {
	name := fmt.Sprint(pod.Namespace, ports)
	for _, key := range slices.Sorted(maps.Keys(pod.Labels)) {
		name += "\n" + key + "=" + pod.Labels[key]
	}
	found, known := p.selected[name]
	if !known {
		for i := range p.limits {
			if p.limits[i].Selects(pod) {
				found = append(found, i)
			}
		}
		p.selected[name] = found
	}
	return found
}
