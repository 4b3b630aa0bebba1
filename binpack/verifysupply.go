package binpack

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// supply checks what launches draw on together: offerings, pool limits and
// quotas.
func (v *verifier) supply() {
	v.offerings()
	ofPool := map[*judgedPool]naive.Amounts{}
	ofQuota := make([]naive.Amounts, len(v.problem.Quotas))
	for i := range v.judge.pools {
		ofPool[&v.judge.pools[i]] = naive.Amounts{}
	}
	for i := range ofQuota {
		ofQuota[i] = naive.Amounts{}
	}
	for s, n := range v.launches {
		ofPool[v.ofPool[s]].AddTimes(s.capacity, n)
		for _, q := range s.quotas {
			ofQuota[q].AddTimes(s.capacity, n)
		}
	}
	for i := range v.judge.pools {
		pool := &v.judge.pools[i]
		v.within(pool.Limits, ofPool[pool], PoolLimit, fmt.Sprintf("Pools[%d].limits", i))
	}
	for i, quota := range v.problem.Quotas {
		v.within(quota.Left, ofQuota[i], QuotaReached, fmt.Sprintf("Quotas[%d].left", i))
	}
}

// offerings checks that no offering is launched more often than it can be.
func (v *verifier) offerings() {
	used := map[catalog.Key]int64{}
	for s, n := range v.launches {
		used[s.key] += n
	}
	seen := map[catalog.Key]bool{}
	for _, l := range v.plan.Launches {
		n, most := used[l.Offering], v.most[l.Offering]
		if n > most && !seen[l.Offering] {
			seen[l.Offering] = true
			v.report("", nil, NoAvailableOffering, Detail{
				Offering: offeringName(l.Offering), Resource: string(nodesResource),
				Asked: resource.NewQuantity(n, resource.DecimalSI), Best: resource.NewQuantity(most, resource.DecimalSI),
			})
		}
	}
}

// within checks that no more is used than a list of limits allows. What it does
// not name is not limited.
func (v *verifier) within(list corev1.ResourceList, used naive.Amounts, reason Reason, path string) {
	limits := naive.AmountsOf(list)
	for name := range used {
		if limits[name] == nil {
			delete(used, name)
		}
	}
	if name := naive.Lacks(limits, used); name != "" {
		d := short(name, used[name], limits[name], catalog.Key{})
		d.Path = path
		v.report("", nil, reason, d)
	}
}
