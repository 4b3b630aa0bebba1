package manifest

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// anyValue stands for the value of a key that no pod asks for a value of.
const anyValue = "any"

// openKeys lets pods choose the values of keys that a pool requires to exist and
// that nothing else carries, as Karpenter does: the values are those that pods
// ask for.
//
// Such keys go into Pool.Keys in place of this, once there is such a field.
//
// https://karpenter.sh/docs/concepts/scheduling/#on-demandspot-ratio-split
func (s *shop) openKeys(pool *binpack.Pool, c catalog.Catalog) {
	for i := range pool.Requirements {
		r := &pool.Requirements[i]
		if _, own := pool.Labels[r.Key]; own || r.Operator != corev1.NodeSelectorOpExists || reserved(r.Key) || carried(c, r.Key) {
			continue
		}
		r.Operator, r.Values = corev1.NodeSelectorOpIn, s.asksFor(r.Key)
		if len(r.Values) == 0 {
			r.Values = []string{anyValue}
		}
	}
}

// reserved reports whether a key is one that nodes have or have not, whatever pods
// ask for: those of Kubernetes, Karpenter and clouds.
func reserved(key string) bool {
	domain, _, ok := strings.Cut(key, "/")
	return ok && slices.ContainsFunc([]string{"kubernetes.io", "k8s.io", "karpenter.sh", "karpenter.k8s.aws", "amazonaws.com", "azure.com", "google.com"}, func(d string) bool {
		return domain == d || strings.HasSuffix(domain, "."+d)
	})
}

// carried reports whether some instance type has a label of the key.
func carried(c catalog.Catalog, key string) bool {
	for _, t := range c {
		if _, ok := t.Labels[key]; ok {
			return true
		}
	}
	return false
}

// asksFor returns the values of a key that pods select or require, by name.
func (s *shop) asksFor(key string) []string {
	var values []string
	read := func(pod *corev1.Pod) {
		if v, ok := pod.Spec.NodeSelector[key]; ok {
			values = append(values, v)
		}
		if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil && a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil {
			for _, term := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
				for _, e := range term.MatchExpressions {
					if e.Key == key && e.Operator == corev1.NodeSelectorOpIn {
						values = append(values, e.Values...)
					}
				}
			}
		}
	}
	for _, pod := range s.result.Problem.Pods {
		read(pod)
	}
	for _, w := range s.result.Problem.Workloads {
		read(w.Pod)
	}
	slices.Sort(values)
	return slices.Compact(values)
}
