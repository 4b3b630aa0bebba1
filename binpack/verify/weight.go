package verify

import (
	"fmt"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// weights checks that no pod is in a pool while one of higher weight must
// launch for it, counted with all launches of the plan.
func (v *verifier) weights(u usage) {
	type question struct {
		kind *judgedKind
		pool *judgedPool
	}
	answers := map[question]*site{} // nil: the pool need not launch
	must := func(kind *judgedKind, pool *judgedPool) *site {
		s, known := answers[question{kind, pool}]
		if !known {
			left := func(s *site) bool { return u.ofKey[s.key] < v.most[s.key] }
			s = v.mustLaunch(kind, pool, left, func(s *site) bool { return v.oneMore(pool, s, u) })
			answers[question{kind, pool}] = s
		}
		return s
	}
	for _, n := range v.nodes {
		in := v.ofPool[n.site]
		if in == nil {
			continue // it was there before
		}
		for _, heavy := range v.heavier(in) {
			for _, l := range n.loads {
				if l.kind.withheld != nil {
					continue
				}
				if s := must(l.kind, heavy); s != nil {
					rule := fmt.Sprintf("pool %q must launch %s for it first", heavy.Name, describe.Offering(s.key))
					v.report(n.where, l.pod, binpack.PoolWeight, binpack.Detail{Path: in.path + ".weight", Rule: rule})
				}
			}
		}
	}
}

// oneMore reports whether one more launch of the site would keep the pool's
// limits and the quotas.
func (v *verifier) oneMore(pool *judgedPool, s *site, u usage) bool {
	keeps := func(limits, used naive.Amounts) bool {
		sum := naive.Amounts{}
		sum.Add(used)
		sum.Add(s.capacity)
		return over(limits, sum) == ""
	}
	for _, q := range s.quotas {
		if !keeps(naive.AmountsOf(v.problem.Quotas[q].Left), u.ofQuota[q]) {
			return false
		}
	}
	return keeps(naive.AmountsOf(pool.Limits), u.ofPool[pool])
}
