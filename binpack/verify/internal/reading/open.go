package reading

import (
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// Open reports whether one launch of the template is left, by the limit of the offering,
// those of its pool and the quotas: else it makes no domain. Whether its daemon pods fit
// is not asked.
func (s *Supply) Open(t *NodeTemplate) bool {
	allows := func(list corev1.ResourceList) bool {
		for name, left := range naive.AmountsOf(list) {
			one := t.Capacity[name]
			if one == nil {
				one = new(big.Int)
			}
			if one.Cmp(left) > 0 {
				return false
			}
		}
		return true
	}
	return s.Most[t.Key] > 0 && allows(t.Pool.Spec.Left()) &&
		!slices.ContainsFunc(t.Quotas, func(q int) bool { return !allows(s.quotas[q].Left) })
}

// settleNodeSpreads decides for each kind what its spreads by hostname mean. While a node
// can be launched that admits its pods, an empty node is a domain, and so no node holds
// more than MaxSkew. Where none can come the nodes that exist are the domains.
func (p *Problem) settleNodeSpreads() {
	for _, kind := range p.Kinds.All {
		byNode := kind.Rules.spreadsByNode
		if len(byNode) == 0 || p.comes(kind) {
			continue
		}
		kind.Rules.Spreads = slices.Concat(kind.Rules.Spreads, byNode)
		kind.Rules.Limits = slices.DeleteFunc(slices.Clone(kind.Rules.Limits), func(r Ref[naive.Limit]) bool {
			return r.Rule.Code == naive.TopologySpread
		})
	}
}

// comes reports whether some node that admits pods of the kind can be launched.
func (p *Problem) comes(kind *Kind) bool {
	for _, pool := range p.Supply.Pools {
		for _, t := range p.Supply.Templates(pool, kind) {
			if p.Supply.Open(t) && t.Takes(kind) {
				return true
			}
		}
	}
	return false
}
