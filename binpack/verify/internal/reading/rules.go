package reading

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// Rules are the rules between the pods of a problem.
type Rules struct {
	Limits         Registry[naive.Limit]    // of one node
	Spreads        Registry[naive.Spread]   // over other domains than nodes
	AntiAffinities Registry[naive.Term]     // in other domains than nodes
	Affinities     Registry[naive.Affinity] // required
	Repelling      Registry[naive.Term]     // anti-affinity of pods on existing nodes

	namespaces []*corev1.Namespace
	selected   map[string]Selection // by all of a pod that rules read to select it
}

// PodRules are what rules between pods say of one kind.
type PodRules struct {
	Limits         []Ref[naive.Limit]
	Spreads        []Ref[naive.Spread]
	AntiAffinities []Ref[naive.Term]
	Affinities     []Ref[naive.Affinity]
	SelectedBy     Selection
	Ports          []naive.Port // of the node

	spreadsByNode []Ref[naive.Spread] // which are of Limits as long as a node can come
}

// A Selection is the numbers of the rules, of whatever pods, that select one pod.
type Selection struct{ Limits, Spreads, AntiAffinities, Affinities, Repelling []int }

// readRules registers the rules of all pods, so that each pod can be told which
// select it.
func readRules(p *binpack.Problem) *Rules {
	r := &Rules{namespaces: p.Namespaces, selected: map[string]Selection{}}
	for _, pod := range p.Pods {
		r.intern(pod)
	}
	for _, w := range p.Workloads {
		r.intern(w.Pod)
	}
	for i := range p.Existing {
		for pod := range p.Existing[i].Alike() {
			if !naive.Ended(pod) {
				r.internResident(pod)
			}
		}
	}
	for _, pod := range p.DaemonPods {
		r.internResident(naive.DaemonTemplate(pod))
	}
	return r
}

// internResident registers the rules of a pod on an existing node that bind others.
func (r *Rules) internResident(pod *corev1.Pod) []Ref[naive.Term] {
	return r.Repelling.Intern(naive.AntiAffinity(pod, r.namespaces))
}

// intern registers the rules of a pod that is to be placed, and returns them.
func (r *Rules) intern(pod *corev1.Pod) PodRules {
	byNode := func(t naive.Term) bool { return t.ByNode() }
	spreads := r.Spreads.Intern(naive.Spreads(pod))
	overNodes := func(s Ref[naive.Spread]) bool { return s.Rule.ByNode() }
	return PodRules{
		spreadsByNode:  slices.DeleteFunc(slices.Clone(spreads), func(s Ref[naive.Spread]) bool { return !overNodes(s) }),
		Limits:         r.Limits.Intern(naive.Limits(pod, r.namespaces)),
		Spreads:        slices.DeleteFunc(slices.Clone(spreads), overNodes),
		AntiAffinities: r.AntiAffinities.Intern(slices.DeleteFunc(naive.AntiAffinity(pod, r.namespaces), byNode)),
		Affinities:     r.Affinities.Intern(naive.Affinities(pod, r.namespaces)),
	}
}

// of returns what rules between pods say of the pod, and its content: pods of
// equal content are alike to all rules. Where there are no rules it is "".
func (r *Rules) of(pod *corev1.Pod) (PodRules, string) {
	if r.none() {
		return PodRules{}, ""
	}
	own := r.intern(pod)
	own.Ports = naive.Ports(pod)
	own.SelectedBy = r.selecting(pod, own.Ports)
	return own, fmt.Sprint(numbers(own.Limits), numbers(own.Spreads), numbers(own.spreadsByNode), numbers(own.AntiAffinities), numbers(own.Affinities), own.SelectedBy)
}

func (r *Rules) none() bool {
	return r.Limits.Len()+r.Spreads.Len()+r.AntiAffinities.Len()+r.Affinities.Len()+r.Repelling.Len() == 0
}

// selecting returns the rules that select the pod.
func (r *Rules) selecting(pod *corev1.Pod, ports []naive.Port) Selection {
	content := fmt.Sprint(pod.Namespace, pod.DeletionTimestamp != nil, ports)
	for _, key := range slices.Sorted(maps.Keys(pod.Labels)) {
		content += "\n" + key + "=" + pod.Labels[key]
	}
	found, known := r.selected[content]
	if !known {
		found = Selection{
			r.Limits.selecting(pod), r.Spreads.selecting(pod), r.AntiAffinities.selecting(pod), r.Affinities.selecting(pod), r.Repelling.selecting(pod),
		}
		r.selected[content] = found
	}
	return found
}
