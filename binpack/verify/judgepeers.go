package verify

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// peers is what the judge knows of the rules between pods. A rule has a number
// by content: pods with alike rules share it.
type peers struct {
	namespaces []corev1.Namespace
	limits     ledger[naive.Limit]    // of one node
	spreads    ledger[naive.Spread]   // over other domains than nodes
	apart      ledger[naive.Term]     // anti-affinity, in other domains than nodes
	together   ledger[naive.Affinity] // affinity
	repelling  ledger[naive.Term]     // anti-affinity of pods on existing nodes
	selected   map[string]selection   // rules that select a pod, by all that they read of it
}

// peerRules is what rules between pods say of one kind.
type peerRules struct {
	limits    []owned[naive.Limit]
	spreads   []owned[naive.Spread]
	apart     []owned[naive.Term]
	together  []owned[naive.Affinity]
	countedBy selection
	ports     []naive.Port // of the node
}

// A selection is the rules of all pods that select one.
type selection struct{ limits, spreads, apart, together, repelling []int }

// An owned rule is a pod's own, with its number.
type owned[R any] struct {
	rule   R
	number int
}

// A ledger gives numbers to the rules of one sort.
type ledger[R interface {
	Content() string
	Selects(pod *corev1.Pod) bool
}] struct {
	rules   []R
	numbers map[string]int // by content
}

// enter returns the rules with their numbers.
func (l *ledger[R]) enter(rules []R) []owned[R] {
	var out []owned[R]
	for _, rule := range rules {
		content := rule.Content()
		number, known := l.numbers[content]
		if !known {
			if l.numbers == nil {
				l.numbers = map[string]int{}
			}
			number = len(l.rules)
			l.numbers[content] = number
			l.rules = append(l.rules, rule)
		}
		out = append(out, owned[R]{rule, number})
	}
	return out
}

// selecting returns the rules that select the pod.
func (l *ledger[R]) selecting(pod *corev1.Pod) []int {
	var out []int
	for number, rule := range l.rules {
		if rule.Selects(pod) {
			out = append(out, number)
		}
	}
	return out
}

// readRules enters the rules of all pods, so that each pod can be told which
// select it.
func (j *judge) readRules() {
	for _, pod := range j.problem.Pods {
		j.peers.enter(pod)
	}
	for _, w := range j.problem.Workloads {
		j.peers.enter(w.Pod)
	}
	for i := range j.problem.Existing {
		for _, pod := range standingPods(&j.problem.Existing[i]) {
			j.peers.enterThere(pod)
		}
	}
}

// enterThere enters the rules of a pod on an existing node that bind others.
func (p *peers) enterThere(pod *corev1.Pod) []owned[naive.Term] {
	return p.repelling.enter(naive.AntiAffinity(pod, p.namespaces))
}

// enter enters the rules of a pod that is to be placed, and returns them.
func (p *peers) enter(pod *corev1.Pod) peerRules {
	byNode := func(t naive.Term) bool { return t.ByNode() }
	return peerRules{
		limits:   p.limits.enter(naive.Limits(pod, p.namespaces)),
		spreads:  p.spreads.enter(slices.DeleteFunc(naive.Spreads(pod), func(s naive.Spread) bool { return s.ByNode() })),
		apart:    p.apart.enter(slices.DeleteFunc(naive.AntiAffinity(pod, p.namespaces), byNode)),
		together: p.together.enter(naive.Affinities(pod, p.namespaces)),
	}
}

// rulesOf returns what rules between pods say of the pod, and names it: pods of
// one name are alike to all of them. Where there are no such rules it is "".
// The rules of all pods are entered before.
func (p *peers) rulesOf(pod *corev1.Pod) (peerRules, string) {
	if p.none() {
		return peerRules{}, ""
	}
	r := p.enter(pod)
	r.ports = naive.Ports(pod)
	r.countedBy = p.selecting(pod, r.ports)
	return r, fmt.Sprint(numbers(r.limits), numbers(r.spreads), numbers(r.apart), numbers(r.together), r.countedBy)
}

func (p *peers) none() bool {
	return len(p.limits.rules)+len(p.spreads.rules)+len(p.apart.rules)+len(p.together.rules)+len(p.repelling.rules) == 0
}

func numbers[R any](rules []owned[R]) []int {
	var out []int
	for _, o := range rules {
		out = append(out, o.number)
	}
	return out
}

// selecting returns the rules that select the pod.
func (p *peers) selecting(pod *corev1.Pod, ports []naive.Port) selection {
	name := fmt.Sprint(pod.Namespace, pod.DeletionTimestamp != nil, ports)
	for _, key := range slices.Sorted(maps.Keys(pod.Labels)) {
		name += "\n" + key + "=" + pod.Labels[key]
	}
	found, known := p.selected[name]
	if !known {
		found = selection{
			p.limits.selecting(pod), p.spreads.selecting(pod), p.apart.selecting(pod), p.together.selecting(pod), p.repelling.selecting(pod),
		}
		p.selected[name] = found
	}
	return found
}
