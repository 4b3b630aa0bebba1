package binpack

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/catalog"
)

// A capName says what a cap of the model stands for.
type capName struct {
	path     string              // of the limit in the Problem; "": an offering's launches
	reason   Reason              // why a pod waits for it
	resource corev1.ResourceName // that the limit is about
	scale    scale
}

// compileCaps makes the caps of the model, and returns what one launch of each
// offer takes of them.
func (c *compiled) compileCaps(p *Problem) [][]model.Use {
	uses := make([][]model.Use, len(c.supply.offers))
	c.capOfferings(uses)
	for _, i := range byName(c.supply.pools, func(p Pool) string { return p.Name }) {
		selects := func(o *offer) bool { return o.pool == i }
		c.capResources(uses, c.supply.pools[i].Limits, fmt.Sprintf("Pools[%d].limits", i), PoolLimit, selects)
	}
	for _, i := range byName(p.Quotas, func(q Quota) string { return q.Name }) {
		c.capResources(uses, p.Quotas[i].Left, fmt.Sprintf("Quotas[%d].left", i), QuotaReached, quotaSelects(p.Quotas[i].Requirements))
	}
	return uses
}

// byName returns the numbers of the list in the order of names, so that the
// order of the list does not matter.
func byName[T any](list []T, name func(T) string) []int {
	order, names := make([]int, len(list)), make([]string, len(list))
	for i := range order {
		order[i], names[i] = i, name(list[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	return order
}

func (c *compiled) newCap(name capName, limit int64) int {
	c.model.Caps = append(c.model.Caps, limit)
	c.model.Counted = append(c.model.Counted, name.reason == NoAvailableOffering)
	c.caps = append(c.caps, name)
	return len(c.caps) - 1
}

// capOfferings caps the launches of each offering, over all pools.
func (c *compiled) capOfferings(uses [][]model.Use) {
	caps := map[catalog.Key]int{}
	for i := range c.supply.offers {
		o := &c.supply.offers[i]
		if o.node != nil || o.limit == Unlimited || o.limit == 0 {
			continue
		}
		if _, ok := caps[o.key]; !ok {
			caps[o.key] = c.newCap(capName{reason: NoAvailableOffering}, min(int64(o.limit), maxSum))
		}
		uses[i] = append(uses[i], model.Use{Cap: caps[o.key], Amount: 1})
	}
}

// capResources caps what the launches of the selected offers count together.
func (c *compiled) capResources(uses [][]model.Use, limits corev1.ResourceList, path string, reason Reason, selects func(*offer) bool) {
	var selected []int
	for i := range c.supply.offers {
		if c.supply.offers[i].node == nil && selects(&c.supply.offers[i]) {
			selected = append(selected, i)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		amounts := map[*catalog.InstanceType]*big.Int{}
		for _, i := range selected {
			if t := c.supply.offers[i].itype; amounts[t] == nil {
				amounts[t] = counted(t, name)
			}
		}
		limit := nano(limits[name])
		s := scaleOf(append(slices.Collect(maps.Values(amounts)), limit))
		k := c.newCap(capName{path: fmt.Sprintf("%s[%s]", path, name), reason: reason, resource: name, scale: s}, s.down(limit))
		for _, i := range selected {
			if n := s.down(amounts[c.supply.offers[i].itype]); n > 0 {
				uses[i] = append(uses[i], model.Use{Cap: k, Amount: n})
			}
		}
	}
}

// counted returns what one launch of the type counts towards a limit, in
// billionths: one node, or the type's capacity.
func counted(t *catalog.InstanceType, name corev1.ResourceName) *big.Int {
	if name == nodesResource {
		return big.NewInt(1_000_000_000)
	}
	return nano(t.Capacity[name])
}

// quotaSelects returns whether a quota with these requirements selects an
// offer: by the labels of type and offering, whatever the pool. It is asked
// once for offers that the requirements cannot tell apart.
func quotaSelects(requirements []corev1.NodeSelectorRequirement) func(*offer) bool {
	var keys []string
	for _, r := range requirements {
		keys = append(keys, kube.CanonicalKey(r.Key))
	}
	answers := map[string]bool{}
	return func(o *offer) bool {
		labels := project(keys, offeringLabels(o.itype, o.key), nil, nil)
		key := labelsKey(labels)
		answer, known := answers[key]
		if !known {
			kube.AddAliases(labels)
			answer = kube.Unmet(requirements, labels) == nil
			answers[key] = answer
		}
		return answer
	}
}
