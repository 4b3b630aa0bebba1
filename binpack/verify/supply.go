package verify

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
	"github.com/stowage/stowage/catalog"
)

// A usage is what the launches of a plan draw on together.
type usage struct {
	ofKey   map[catalog.Key]int64 // launches of each offering
	ofPool  []naive.Amounts       // by number of the pool
	ofQuota []naive.Amounts
}

func usageOf(l *layout) usage {
	u := usage{map[catalog.Key]int64{}, make([]naive.Amounts, len(l.problem.Supply.Pools)), make([]naive.Amounts, len(l.problem.Given.Quotas))}
	for i := range u.ofPool {
		u.ofPool[i] = naive.Amounts{}
	}
	for i := range u.ofQuota {
		u.ofQuota[i] = naive.Amounts{}
	}
	for t, n := range l.launched {
		u.ofKey[t.Key] = arith.Add(u.ofKey[t.Key], n)
		u.ofPool[t.Pool.Number].AddTimes(t.Capacity, n)
		for _, q := range t.Quotas {
			u.ofQuota[q].AddTimes(t.Capacity, n)
		}
	}
	return u
}

// checkSupply checks that no more is used of offerings, pool limits and quotas
// than there is.
func checkSupply(_ context.Context, l *layout, found *report) {
	used := usageOf(l)
	checkOfferings(l, used.ofKey, found)
	for i, pool := range l.problem.Supply.Pools {
		checkWithin(pool.Spec.Left(), used.ofPool[i], binpack.PoolLimit, pool.Path+".limits", found)
	}
	for i, quota := range l.problem.Given.Quotas {
		checkWithin(quota.Left, used.ofQuota[i], binpack.QuotaReached, fmt.Sprintf("Quotas[%d].left", i), found)
	}
}

// checkOfferings checks that no offering is launched more often than it can be.
func checkOfferings(l *layout, used map[catalog.Key]int64, found *report) {
	seen := map[catalog.Key]bool{}
	for i := range l.plan.Launches {
		key := l.plan.Launches[i].Offering
		n, most := used[key], l.problem.Supply.Most[key]
		if n > most && !seen[key] {
			seen[key] = true
			found.add("", nil, binpack.NoAvailableOffering, binpack.Detail{
				Offering: describe.Offering(key), Resource: string(quantity.Nodes),
				Asked: resource.NewQuantity(n, resource.DecimalSI), Best: resource.NewQuantity(most, resource.DecimalSI),
			})
		}
	}
}

// checkWithin checks that no more is used than a list of limits allows.
func checkWithin(list corev1.ResourceList, used naive.Amounts, reason binpack.Reason, path string, found *report) {
	limits := naive.AmountsOf(list)
	if name := over(limits, used); name != "" {
		d := describe.Short(name, used[name], limits[name], catalog.Key{})
		d.Path = path
		found.add("", nil, reason, d)
	}
}

// over returns the first resource, by name, that is used in excess of the
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

// allowsOneMore reports whether one more launch of the template would keep its
// pool's limits and the quotas.
func (u usage) allowsOneMore(t *reading.NodeTemplate, quotas []binpack.Quota) bool {
	keeps := func(list corev1.ResourceList, used naive.Amounts) bool {
		sum := naive.Amounts{}
		sum.Add(used)
		sum.Add(t.Capacity)
		return over(naive.AmountsOf(list), sum) == ""
	}
	for _, q := range t.Quotas {
		if !keeps(quotas[q].Left, u.ofQuota[q]) {
			return false
		}
	}
	return keeps(t.Pool.Spec.Left(), u.ofPool[t.Pool.Number])
}
