package verify

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// A usage is what the launches of a plan draw on together.
type usage struct {
	ofKey   map[catalog.Key]int64 // launches of each offering
	ofPool  map[*judgedPool]naive.Amounts
	ofQuota []naive.Amounts
}

func (v *verifier) used() usage {
	u := usage{map[catalog.Key]int64{}, map[*judgedPool]naive.Amounts{}, make([]naive.Amounts, len(v.problem.Quotas))}
	for i := range v.judge.pools {
		u.ofPool[&v.judge.pools[i]] = naive.Amounts{}
	}
	for i := range u.ofQuota {
		u.ofQuota[i] = naive.Amounts{}
	}
	for s, n := range v.launches {
		u.ofKey[s.key] += n
		u.ofPool[v.ofPool[s]].AddTimes(s.capacity, n)
		for _, q := range s.quotas {
			u.ofQuota[q].AddTimes(s.capacity, n)
		}
	}
	return u
}

// supply checks that no more is used of offerings, pool limits and quotas than
// there is.
func (v *verifier) supply(u usage) {
	v.offerings(u.ofKey)
	for i := range v.judge.pools {
		pool := &v.judge.pools[i]
		v.within(pool.Limits, u.ofPool[pool], binpack.PoolLimit, pool.path+".limits")
	}
	for i, quota := range v.problem.Quotas {
		v.within(quota.Left, u.ofQuota[i], binpack.QuotaReached, fmt.Sprintf("Quotas[%d].left", i))
	}
}

// offerings checks that no offering is launched more often than it can be.
func (v *verifier) offerings(used map[catalog.Key]int64) {
	seen := map[catalog.Key]bool{}
	for _, l := range v.plan.Launches {
		n, most := used[l.Offering], v.most[l.Offering]
		if n > most && !seen[l.Offering] {
			seen[l.Offering] = true
			v.report("", nil, binpack.NoAvailableOffering, binpack.Detail{
				Offering: describe.Offering(l.Offering), Resource: string(quantity.Nodes),
				Asked: resource.NewQuantity(n, resource.DecimalSI), Best: resource.NewQuantity(most, resource.DecimalSI),
			})
		}
	}
}

// within checks that no more is used than a list of limits allows.
func (v *verifier) within(list corev1.ResourceList, used naive.Amounts, reason binpack.Reason, path string) {
	limits := naive.AmountsOf(list)
	if name := over(limits, used); name != "" {
		d := describe.Short(name, used[name], limits[name], catalog.Key{})
		d.Path = path
		v.report("", nil, reason, d)
	}
}

// over returns the first resource, by name, of which more is used than the
// limits allow, or "". What they do not name is not limited.
func over(limits, used naive.Amounts) corev1.ResourceName {
	limited := naive.Amounts{}
	for name, amount := range used {
		if limits[name] != nil {
			limited[name] = amount
		}
	}
	return naive.Lacks(limits, limited)
}
