package supply

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

// QuotaSelects returns whether a quota with these requirements selects an offer: by
// the labels of type and offering, whatever the pool. It is asked once for offers that
// the requirements cannot tell apart.
func QuotaSelects(requirements []corev1.NodeSelectorRequirement) func(*Offer) bool {
	var keys []string
	for _, r := range requirements {
		keys = append(keys, nodelabel.Canonical(r.Key))
	}
	answers := map[string]bool{}
	return func(o *Offer) bool {
		labels := project(keys, offeringLabels(o.Type, o.Key), nil, nil, nil)
		key := labelsKey(labels)
		answer, known := answers[key]
		if !known {
			nodelabel.AddAliases(labels)
			answer = kube.Unmet(requirements, labels) == nil
			answers[key] = answer
		}
		return answer
	}
}
