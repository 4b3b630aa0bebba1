package explain

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// The hurdles of taints, node selector and node affinity, and host ports.

func (q *question) taints() hurdle {
	taints := q.untolerated()
	h := hurdle{passes: func(int) bool { return len(taints) == 0 }}
	h.blames = func([]int) stop {
		var rules []string
		for i := range taints {
			rules = append(rules, taints[i].ToString())
		}
		return stop{binpack.UntoleratedTaint, binpack.Detail{Path: "spec.tolerations", Rule: strings.Join(rules, " and ")}}
	}
	if len(taints) == 1 && !q.counts.spreads(q.k) {
		path := fmt.Sprintf("spec.tolerations[%d]", len(q.c.Kinds[q.k].Pod.Spec.Tolerations))
		h.change = func(offers []int) *binpack.Change {
			return q.offers.with(path, taints[0].ToString(), q.offers.cheapest(offers))
		}
	}
	return h
}

// untolerated returns the taints of the pool that keep pods of the kind off.
func (q *question) untolerated() []corev1.Taint {
	return slices.DeleteFunc(slices.Clone(q.supply.Pools[q.pool].Taints), func(t corev1.Taint) bool {
		return kube.Untolerated(q.c.Reading.Sets[q.c.Kinds[q.k].Rules].Tolerations, []corev1.Taint{t}, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
	})
}

// nodeRules: nodes that are alike to all rules miss the same.
func (q *question) nodeRules() hurdle {
	ofProfile := map[int][]kube.Miss{}
	misses := func(o int) []kube.Miss {
		profile := q.offers.list[o].Profile
		out, known := ofProfile[profile]
		if !known {
			out = q.c.Reading.Sets[q.c.Kinds[q.k].Rules].Node.Misses(q.offers.node(o))
			ofProfile[profile] = out
		}
		return out
	}
	h := hurdle{passes: func(o int) bool { return len(misses(o)) == 0 }}
	h.blames = func(offers []int) stop {
		nearest := misses(slices.MinFunc(offers, func(a, b int) int { return len(misses(a)) - len(misses(b)) }))
		var rules, hints []string
		for i := range nearest {
			rules = append(rules, nearest[i].Rule)
			if hint := q.hint(&nearest[i]); hint != "" {
				hints = append(hints, hint)
			}
		}
		rule := strings.Join(slices.Compact(rules), " and ")
		if len(hints) > 0 {
			rule += ", but " + strings.Join(hints, " and ")
		}
		return stop{binpack.NodeAffinity, binpack.Detail{Path: nearest[0].Path, Rule: rule}}
	}
	if !q.counts.spreads(q.k) {
		h.change = func(offers []int) *binpack.Change {
			offers = slices.DeleteFunc(offers, func(o int) bool { return len(misses(o)) > 1 })
			if len(offers) == 0 {
				return nil
			}
			o := q.offers.cheapest(offers)
			return q.admitNode(&misses(o)[0], o)
		}
	}
	return h
}

// hint returns what the pool's nodes have in place of what is missed, where none
// has that; else "".
func (q *question) hint(m *kube.Miss) string {
	if m.Asks.Key == "" {
		return ""
	}
	values, found := q.offers.valuesOf(m.Asks.Key, q.pool)
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

// admitNode returns the change by which an offer's node no longer misses m: a
// label of the pool where none of its nodes has the key, else what m asks for.
func (q *question) admitNode(m *kube.Miss, o int) *binpack.Change {
	if m.Asks.Key == "" || m.Asks.Key == corev1.LabelHostname {
		return nil
	}
	if c := q.label(m, o); c != nil {
		return c
	}
	v, has := q.offers.node(o).Labels[m.Asks.Key]
	if named, own := q.supply.Values[q.pool][nodelabel.Canonical(m.Asks.Key)]; own && !slices.Contains(named, v) {
		return nil // a value that stands for any other exists for nobody
	}
	if m.Path == "spec.nodeSelector" && has && v != "" {
		return q.offers.with(m.At, v, o)
	}
	if path, value := admit(m.At, m.Drop, &m.Asks, q.offers.node(o).Labels); path != "" {
		return q.offers.with(path, value, o)
	}
	return nil
}

// label returns the label that the pool could give its nodes, where none has one
// of the key and the rules of the pool and of daemons do not mind; or nil.
func (q *question) label(m *kube.Miss, o int) *binpack.Change {
	_, found := q.offers.valuesOf(m.Asks.Key, q.pool)
	if found || m.Asks.Operator != corev1.NodeSelectorOpIn || m.Asks.Values[0] == "" || q.supply.Pools[q.pool].Name == "" || nodelabel.OnEveryNode(nodelabel.Canonical(m.Asks.Key)) {
		return nil
	}
	node := q.offers.node(o)
	node.Labels = maps.Clone(node.Labels)
	node.Labels[m.Asks.Key] = m.Asks.Values[0]
	if kube.Unmet(q.supply.Pools[q.pool].Requirements, node.Labels) != nil || !slices.Equal(kube.Running(q.supply.Daemons, node), q.supply.Profiles[q.offers.list[o].Profile].Daemons) {
		return nil
	}
	return q.offers.with(fmt.Sprintf("Pools[%d].labels[%s]", q.pool, m.Asks.Key), m.Asks.Values[0], o)
}

// ports: on a new node only daemons claim ports.
func (q *question) ports() hurdle {
	kind := &q.c.Kinds[q.k]
	clashes := func(o int) (ports []kube.HostPort, daemon int) {
		for _, p := range kind.Ports {
			for _, d := range q.supply.Profiles[q.offers.list[o].Profile].Daemons {
				if _, clash := kube.Clash([]kube.HostPort{p}, q.supply.Daemons[d].Ports); clash {
					ports, daemon = append(ports, p), d
					break
				}
			}
		}
		return ports, daemon
	}
	h := hurdle{passes: func(o int) bool { return !q.supply.Claimed(&q.offers.list[o], kind.Ports) }}
	h.blames = func(offers []int) stop {
		ports, daemon := clashes(offers[0])
		last := ports[len(ports)-1]
		return stop{binpack.HostPort, binpack.Detail{Path: kube.PathOfPort(kind.Pod, last), Rule: fmt.Sprintf("%s, which DaemonPods[%d] claims on each node", last, daemon)}}
	}
	h.change = func(offers []int) *binpack.Change {
		o := q.offers.cheapest(offers)
		ports, _ := clashes(o)
		if len(ports) > 1 || kind.Pod.Spec.HostNetwork {
			return nil
		}
		return q.offers.with(kube.PathOfPort(kind.Pod, ports[0]), "", o)
	}
	return h
}

// admit returns what has to stand where for a requirement to admit the labels: a
// value more, or one less, or another limit; else nothing in the place of drop,
// where that is a path.
func admit(at, drop string, r *corev1.NodeSelectorRequirement, labels map[string]string) (path, value string) {
	v, has := labels[r.Key]
	switch n, err := strconv.ParseInt(v, 10, 64); {
	case !has || v == "" || v == kube.UnknownName:
	case r.Operator == corev1.NodeSelectorOpIn:
		return fmt.Sprintf("%s.values[%d]", at, len(r.Values)), v
	case r.Operator == corev1.NodeSelectorOpNotIn && len(r.Values) > 1:
		return fmt.Sprintf("%s.values[%d]", at, slices.Index(r.Values, v)), ""
	case r.Operator == corev1.NodeSelectorOpGt && err == nil:
		return at + ".values[0]", strconv.FormatInt(n-1, 10)
	case r.Operator == corev1.NodeSelectorOpLt && err == nil:
		return at + ".values[0]", strconv.FormatInt(n+1, 10)
	case kube.IsBound(r.Operator) && err == nil:
		return at + ".values[0]", v
	}
	return drop, ""
}
