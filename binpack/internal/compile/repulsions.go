package compile

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A Repulsion is a pod on an existing node that keeps kinds out of its domain.
type Repulsion struct {
	Key, Value string
	Kinds      []bool
	Path       string // of the rule in the Problem
	Whom       string // the rule selects, as a person would write it
}

// Repels reports whether the pod keeps a kind off a node with these labels.
func (r *Repulsion) Repels(kind int, labels map[string]string) bool {
	return r.Kinds[kind] && labels[r.Key] == r.Value
}

// repulsionsOf returns the repulsions over other keys than the hostname.
func repulsionsOf(r *ruleReader, offers []supply.Offer) []Repulsion {
	var out []Repulsion
	seen := map[string]bool{}
	for _, there := range r.supply.Residents {
		if r.ctx.Err() != nil {
			return nil
		}
		for _, rule := range kube.DomainRules(there.Pod, r.namespaces) {
			if rule.Kind != kube.Apart || rule.Preferred {
				continue
			}
			for i := range offers {
				node := offers[i].Existing
				if node == nil || there.On[node.Number] == 0 {
					continue
				}
				if value, ok := node.Node.Labels[rule.Key]; ok {
					n := Repulsion{Key: rule.Key, Value: value, Path: there.Path + "." + rule.Path, Whom: rule.Whom}
					out = r.repel(out, seen, n, rule.Selects)
				}
			}
		}
	}
	return out
}

func (r *ruleReader) repel(out []Repulsion, seen map[string]bool, n Repulsion, selects func(*corev1.Pod) bool) []Repulsion {
	n.Kinds = make([]bool, len(r.kinds))
	for k := range r.kinds {
		n.Kinds[k] = selects(r.kinds[k].Pod)
	}
	if key := fmt.Sprint(n.Key, n.Value, n.Kinds); !seen[key] && slices.Contains(n.Kinds, true) {
		seen[key] = true
		out = append(out, n)
	}
	return out
}
