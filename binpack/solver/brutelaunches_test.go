package solver_test

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	corev1 "k8s.io/api/core/v1"
)

// everyLaunch returns every launch that may be legal, without pods.
func everyLaunch(p binpack.Problem) []binpack.Launch {
	pools := p.Pools
	if pools == nil {
		pools = []binpack.Pool{{}}
	}
	var out []binpack.Launch
	for _, pool := range pools {
		c := pool.Catalog
		if c == nil {
			c = p.Catalog
		}
		for key, offering := range c.Offerings() {
			for _, labels := range labelings(p, pool) {
				out = append(out, binpack.Launch{Pool: pool.Name, Offering: key, Labels: labels, Price: offering.Price})
			}
		}
	}
	return out
}

// labelings returns every choice of one value, or none, for each key that is
// required to be In some, or that the pool leaves open: then of the values that
// the pods name, and one that none does.
func labelings(p binpack.Problem, pool binpack.Pool) []map[string]string {
	values := map[string][]string{}
	for _, r := range pool.Requirements {
		if r.Operator == corev1.NodeSelectorOpIn {
			values[r.Key] = append(values[r.Key], r.Values...)
		}
	}
	for key := range pool.Keys {
		if values[key] == nil {
			values[key] = append(namedValues(p, key), "any")
		}
	}
	out := []map[string]string{nil}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		slices.Sort(values[key])
		for _, labels := range out {
			for _, value := range slices.Compact(values[key]) {
				with := map[string]string{key: value}
				maps.Copy(with, labels)
				out = append(out, with)
			}
		}
	}
	return out
}

// namedValues returns the values of the key that the pods select.
func namedValues(p binpack.Problem, key string) []string {
	var out []string
	pods := slices.Clone(p.Pods)
	for _, w := range p.Workloads {
		pods = append(pods, w.Pod)
	}
	for _, pod := range append(pods, p.DaemonPods...) {
		if value, ok := pod.Spec.NodeSelector[key]; ok {
			out = append(out, value)
		}
		if pod.Spec.Affinity == nil || pod.Spec.Affinity.NodeAffinity == nil {
			continue
		}
		var terms []corev1.NodeSelectorTerm
		if required := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
			terms = slices.Clone(required.NodeSelectorTerms)
		}
		for _, preferred := range pod.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			terms = append(terms, preferred.Preference)
		}
		for _, term := range terms {
			for _, r := range term.MatchExpressions {
				if r.Key == key {
					out = append(out, r.Values...)
				}
			}
		}
	}
	return out
}
