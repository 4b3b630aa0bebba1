package solver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// The hurdles of taints, node selector and node affinity, and host ports.

// untolerated returns the taints of the pool that keep pods of the kind off.
func (x *explainer) untolerated(k, pool int) []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(x.supply.pools[pool].Taints), func(t corev1.Taint) bool {
		return kube.Untolerated(x.sets[x.kinds[k].rules].tolerations, []corev1.Taint{t}, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
	})
}

func (x *explainer) taints(k, pool int) hurdle {
	taints := x.untolerated(k, pool)
	h := hurdle{passes: func(int) bool { return len(taints) == 0 }}
	h.blames = func([]int) stop {
		var rules []string
		for i := range taints {
			rules = append(rules, taints[i].ToString())
		}
		return stop{binpack.UntoleratedTaint, binpack.Detail{Path: "spec.tolerations", Rule: strings.Join(rules, " and ")}}
	}
	if len(taints) == 1 && !x.spreads(k) {
		path := fmt.Sprintf("spec.tolerations[%d]", len(x.kinds[k].pod.Spec.Tolerations))
		h.change = func(offers []int) *binpack.Change { return x.with(path, taints[0].ToString(), x.cheapest(offers)) }
	}
	return h
}

// with returns a change that lets an offer take the pod.
func (x *explainer) with(path, value string, offer int) *binpack.Change {
	return &binpack.Change{Path: path, Value: value, Offering: x.supply.offers[offer].name()}
}

// node returns what rules see of an offer's node.
func (x *explainer) node(offer int) kube.Node {
	return x.supply.views[x.supply.offers[offer].view].Node
}

// nodeRules: nodes that are alike to all rules miss the same.
func (x *explainer) nodeRules(k, pool int) hurdle {
	ofView := map[int][]kube.Miss{}
	misses := func(o int) []kube.Miss {
		view := x.supply.offers[o].view
		out, known := ofView[view]
		if !known {
			out = x.sets[x.kinds[k].rules].node.Misses(x.node(o))
			ofView[view] = out
		}
		return out
	}
	h := hurdle{passes: func(o int) bool { return len(misses(o)) == 0 }}
	h.blames = func(offers []int) stop {
		nearest := misses(slices.MinFunc(offers, func(a, b int) int { return len(misses(a)) - len(misses(b)) }))
		var rules, hints []string
		for i := range nearest {
			rules = append(rules, nearest[i].Rule)
			if hint := x.hint(&nearest[i], pool); hint != "" {
				hints = append(hints, hint)
			}
		}
		rule := strings.Join(slices.Compact(rules), " and ")
		if len(hints) > 0 {
			rule += ", but " + strings.Join(hints, " and ")
		}
		return stop{binpack.NodeAffinity, binpack.Detail{Path: nearest[0].Path, Rule: rule}}
	}
	if !x.spreads(k) {
		h.change = func(offers []int) *binpack.Change {
			offers = slices.DeleteFunc(offers, func(o int) bool { return len(misses(o)) > 1 })
			if len(offers) == 0 {
				return nil
			}
			o := x.cheapest(offers)
			return x.admitNode(&misses(o)[0], pool, o)
		}
	}
	return h
}

// hint returns what the pool's nodes have in place of what is missed, where none
// has that; else "".
func (x *explainer) hint(m *kube.Miss, pool int) string {
	if m.Asks.Key == "" {
		return ""
	}
	values, found := x.valuesOf(m.Asks.Key, pool)
	for v := range values {
		if kube.Unmet([]corev1.NodeSelectorRequirement{m.Asks}, map[string]string{m.Asks.Key: v}) == nil {
			return ""
		}
	}
	switch {
	case m.Asks.Operator == corev1.NodeSelectorOpDoesNotExist:
		return ""
	case !found:
		return "no new node is known to have the label " + m.Asks.Key
	}
	has := corev1.NodeSelectorRequirement{Key: m.Asks.Key, Operator: corev1.NodeSelectorOpIn, Values: slices.Sorted(maps.Keys(values))}
	return "the pool has " + kube.RequirementString(has)
}

// valuesOf returns the values of a label on the pool's nodes, and whether there
// are any. Of the hostname nothing is known yet.
func (x *explainer) valuesOf(key string, pool int) (values map[string]bool, found bool) {
	values = map[string]bool{}
	for _, o := range x.own[pool] {
		if v, ok := x.node(o).Labels[key]; ok && v != kube.UnknownName {
			values[v] = true
		}
	}
	return values, len(values) > 0
}

// admitNode returns the change by which an offer's node no longer misses m: a
// label of the pool where none of its nodes has the key, else what m asks for.
func (x *explainer) admitNode(m *kube.Miss, pool, o int) *binpack.Change {
	if m.Asks.Key == "" || m.Asks.Key == corev1.LabelHostname {
		return nil
	}
	if c := x.label(m, pool, o); c != nil {
		return c
	}
	v, has := x.node(o).Labels[m.Asks.Key]
	if m.Path == "spec.nodeSelector" && has && v != "" {
		return x.with(m.At, v, o)
	}
	if path, value := admit(m.At, m.Drop, &m.Asks, x.node(o).Labels); path != "" {
		return x.with(path, value, o)
	}
	return nil
}

// label returns the label that the pool could give its nodes, where none has one
// of the key and the rules of the pool and of daemons do not mind; or nil.
func (x *explainer) label(m *kube.Miss, pool, o int) *binpack.Change {
	_, found := x.valuesOf(m.Asks.Key, pool)
	if found || m.Asks.Operator != corev1.NodeSelectorOpIn || m.Asks.Values[0] == "" || x.supply.pools[pool].Name == "" || nodelabel.OnEveryNode(nodelabel.Canonical(m.Asks.Key)) {
		return nil
	}
	node := x.node(o)
	node.Labels = maps.Clone(node.Labels)
	node.Labels[m.Asks.Key] = m.Asks.Values[0]
	if kube.Unmet(x.supply.pools[pool].Requirements, node.Labels) != nil || !slices.Equal(running(x.daemons, node), x.supply.views[x.supply.offers[o].view].daemons) {
		return nil
	}
	return x.with(fmt.Sprintf("Pools[%d].labels[%s]", pool, m.Asks.Key), m.Asks.Values[0], o)
}

// ports: on a new node only daemons claim ports.
func (x *explainer) ports(k int) hurdle {
	kind := &x.kinds[k]
	clashes := func(o int) (ports []kube.HostPort, daemon int) {
		for _, p := range kind.ports {
			for _, d := range x.supply.views[x.supply.offers[o].view].daemons {
				if _, clash := kube.Clash([]kube.HostPort{p}, x.daemons[d].ports); clash {
					ports, daemon = append(ports, p), d
					break
				}
			}
		}
		return ports, daemon
	}
	h := hurdle{passes: func(o int) bool { return !x.claimed(&x.supply.offers[o], kind.ports) }}
	h.blames = func(offers []int) stop {
		ports, daemon := clashes(offers[0])
		last := ports[len(ports)-1]
		return stop{binpack.HostPort, binpack.Detail{Path: kube.PathOfPort(kind.pod, last), Rule: fmt.Sprintf("%s, which DaemonPods[%d] claims on each node", last, daemon)}}
	}
	h.change = func(offers []int) *binpack.Change {
		o := x.cheapest(offers)
		ports, _ := clashes(o)
		if len(ports) > 1 || kind.pod.Spec.HostNetwork {
			return nil
		}
		return x.with(kube.PathOfPort(kind.pod, ports[0]), "", o)
	}
	return h
}
