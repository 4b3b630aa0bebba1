package naive

import (
	"encoding/json"
	"fmt"
	"math"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A Spread is a rule of a pod about how evenly pods are spread over domains:
// the nodes with the same value of a label.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
type Spread struct {
	Term
	MaxSkew int64

	minDomains int64
	keys       []string // of all such rules of the pod
	owner      *corev1.Pod
	affinity   bool // nodes that the pod's node rules refuse do not count
	taints     bool // nor do nodes with taints that it does not tolerate
}

// Spreads returns the rules that bind, over whatever key: those that only prefer
// are left out. They select pods of the pod's namespace, none that is being
// deleted.
func Spreads(pod *corev1.Pod) []Spread {
	var out []Spread
	var keys []string
	for i, c := range pod.Spec.TopologySpreadConstraints {
		if c.WhenUnsatisfiable == corev1.ScheduleAnyway {
			continue
		}
		selector := selectorOf(pod, c.LabelSelector, c.MatchLabelKeys, nil)
		of := podSelector{namespaces: []string{namespaceOf(pod)}, among: labels.Nothing(), labels: selector}
		s := Spread{
			Term: Term{
				Key:  Current(c.TopologyKey),
				Path: fmt.Sprintf("spec.topologySpreadConstraints[%d]", i),
				Rule: selectorString(selector), idle: isNothing(selector), content: of.content(),
				selects: func(other *corev1.Pod) bool { return other.DeletionTimestamp == nil && of.selects(other) },
			},
			MaxSkew: int64(c.MaxSkew), minDomains: 1, owner: pod,
			affinity: c.NodeAffinityPolicy == nil || *c.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor,
			taints:   c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor,
		}
		if c.MinDomains != nil {
			s.minDomains = int64(*c.MinDomains)
		}
		out = append(out, s)
		keys = append(keys, s.Key)
	}
	for i := range out {
		out[i].keys = keys
	}
	return out
}

// Counts reports whether the node's domain is one that the rule compares, and
// the pods on it are among those compared.
func (s Spread) Counts(node *corev1.Node) bool {
	for _, key := range s.keys {
		if _, ok := Domain(node, key); !ok {
			return false
		}
	}
	if s.affinity && (nodeSelector(s.owner, node) != nil || nodeAffinity(s.owner, node) != nil) {
		return false
	}
	return !s.taints || taints(s.owner, node) == nil
}

// Least returns the number of pods that a domain is measured against: the least of the
// pods in the domains that count, or 0 where there are fewer domains than there must be.
// A domain may hold MaxSkew more.
func (s Spread) Least(counts map[string]int64) int64 {
	least := int64(math.MaxInt64)
	for _, n := range counts {
		least = min(least, n)
	}
	return s.LeastOf(int64(len(counts)), least)
}

// LeastOf is Least of a number of domains, where the emptiest holds least pods.
func (s Spread) LeastOf(domains, least int64) int64 {
	if domains == 0 || domains < s.minDomains {
		return 0
	}
	return least
}

// Content names all of the rule but where it is written.
func (s Spread) Content() string {
	read := []any{s.keys} // of the pod, by Counts
	if s.affinity {
		read = append(read, s.owner.Spec.NodeSelector, requiredNodes(s.owner))
	}
	if s.taints {
		read = append(read, s.owner.Spec.Tolerations)
	}
	content, err := json.Marshal(read)
	if err != nil {
		content = fmt.Appendf(nil, "%p", s.owner) // alike to none
	}
	return fmt.Sprintf("%s;%d;%d;%t;%t;%s", s.Term.Content(), s.MaxSkew, s.minDomains, s.affinity, s.taints, content)
}

// spreadLimits returns the spreads over nodes. A node that might yet be launched
// is a domain without pods: so no node of the pod's holds more than MaxSkew of
// those selected. Which nodes count changes nothing about that.
func spreadLimits(pod *corev1.Pod) []Limit {
	var out []Limit
	for _, s := range Spreads(pod) {
		if s.ByNode() && !s.idle {
			out = append(out, Limit{s.MaxSkew, TopologySpread, s.Path, s.Rule, s.content, s.selects})
		}
	}
	return out
}
