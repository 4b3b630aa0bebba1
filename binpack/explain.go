package binpack

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// explain returns why each pool, in the Problem's order, takes no more pods of
// a kind beside what the solution places.
func (c *compiled) explain(k int, s model.Solution) []PoolReason {
	free := s.Free(c.model)
	out := make([]PoolReason, len(c.supply.pools))
	for i := range out {
		out[i].Pool = c.supply.pools[i].Name
		out[i].Reason, out[i].Detail = c.reason(k, i, free)
	}
	return out
}

// reason asks the rules one after the other, as the scheduler does: the first
// that leaves none of the pool's offers is the reason.
func (c *compiled) reason(k, pool int, free []int64) (Reason, Detail) {
	kind := &c.kinds[k]
	if kind.blocked != nil {
		return kind.blocked.reason, Detail{Path: kind.blocked.path}
	}
	tolerations, taints := c.sets[kind.rules].tolerations, c.supply.pools[pool].Taints
	if t := kube.Untolerated(tolerations, taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute); t != nil {
		return UntoleratedTaint, Detail{Path: "spec.tolerations", Rule: t.ToString()}
	}
	offers := c.offersOf(pool)
	if len(offers) == 0 {
		return NoAvailableOffering, Detail{Rule: "the pool's requirements and labels leave nothing of its catalog"}
	}
	offers, miss := c.matching(kind, offers)
	if len(offers) == 0 {
		return NodeAffinity, Detail{Path: miss.Path, Rule: miss.Rule}
	}
	if offers = slices.DeleteFunc(offers, func(i int) bool { return c.supply.offers[i].limit == 0 }); len(offers) == 0 {
		return NoAvailableOffering, Detail{Rule: "every offering that its node rules admit is unavailable"}
	}
	offers, short := c.roomy(kind, offers)
	if len(offers) == 0 {
		return InsufficientResources, short
	}
	offers = slices.DeleteFunc(offers, func(i int) bool { return c.claimed(&c.supply.offers[i], kind.ports) })
	if len(offers) == 0 {
		return HostPort, Detail{Path: "spec.containers", Rule: "daemons claim a host port of it on every node"}
	}
	if t := kube.Untolerated(tolerations, taints, corev1.TaintEffectPreferNoSchedule); t != nil && !c.admitted(k, offers) {
		return UntoleratedTaint, Detail{Path: "spec.tolerations", Rule: t.ToString()}
	}
	return c.usedUp(offers, free)
}

// offersOf returns the offers of a pool.
func (c *compiled) offersOf(pool int) []int {
	var out []int
	for i := range c.supply.offers {
		if c.supply.offers[i].pool == pool {
			out = append(out, i)
		}
	}
	return out
}

// matching returns the offers that the kind's node rules match; where there are
// none, what the one that comes nearest misses.
func (c *compiled) matching(k *kind, offers []int) ([]int, kube.Miss) {
	var out []int
	var nearest []kube.Miss
	for _, i := range offers {
		misses := c.sets[k.rules].node.Misses(c.supply.views[c.supply.offers[i].view].Node)
		switch {
		case len(misses) == 0:
			out = append(out, i)
		case nearest == nil || len(misses) < len(nearest):
			nearest = misses
		}
	}
	if len(out) > 0 {
		return out, kube.Miss{}
	}
	var rules []string
	for _, m := range nearest {
		rules = append(rules, m.Rule)
	}
	return nil, kube.Miss{Path: nearest[0].Path, Rule: strings.Join(rules, " and ")}
}

// roomy returns the offers whose empty node holds a pod of the kind; where
// there are none, the resource that no node has enough of. If each is there on
// some node but not together, it is the one that the node which comes nearest
// has least of.
func (c *compiled) roomy(k *kind, offers []int) ([]int, Detail) {
	names := slices.DeleteFunc(slices.Clone(c.resources), func(n corev1.ResourceName) bool {
		q := k.requests[n]
		return q.Sign() == 0
	})
	best := make([]Detail, len(names)) // per resource, the node with most of it
	var near Detail
	var nearest *big.Rat
	var out []int
	for _, i := range offers {
		var worst Detail
		var least *big.Rat // share of the request that the node has
		for n, name := range names {
			asked, has := k.requests[name], c.room(i, name)
			d := Detail{Resource: string(name), Asked: &asked, Best: &has, Offering: offeringName(c.supply.offers[i].key)}
			if best[n].Best == nil || has.Cmp(*best[n].Best) > 0 {
				best[n] = d
			}
			share := new(big.Rat).SetFrac(nano(has), nano(asked))
			if least == nil || share.Cmp(least) < 0 {
				worst, least = d, share
			}
		}
		if least == nil || least.Cmp(big.NewRat(1, 1)) >= 0 {
			out = append(out, i)
		} else if nearest == nil || least.Cmp(nearest) > 0 {
			near, nearest = worst, least
		}
	}
	for _, d := range best {
		if len(out) == 0 && d.Best.Cmp(*d.Asked) < 0 {
			return nil, d
		}
	}
	return out, near
}

// room returns what the daemons leave of a resource on a node of the offer.
func (c *compiled) room(i int, name corev1.ResourceName) resource.Quantity {
	o := &c.supply.offers[i]
	q, limited := allocatable(o, name)
	if !limited {
		return *resource.NewQuantity(model.Unlimited, resource.DecimalSI)
	}
	return quantityOf(name, q.Sub(q, c.daemonsTake(o.view, name)))
}

// admitted reports whether the model lets the kind on one of the offers.
func (c *compiled) admitted(k int, offers []int) bool {
	class := c.classOf[k]
	return class >= 0 && slices.ContainsFunc(offers, func(i int) bool {
		b := c.binOf[i]
		return b >= 0 && c.model.Bins[b].Admits[class]
	})
}

// usedUp returns the cap that is in the way of the cheapest offer.
func (c *compiled) usedUp(offers []int, free []int64) (Reason, Detail) {
	cheapest := slices.MinFunc(offers, func(a, b int) int {
		return cmp.Compare(c.supply.offers[a].offering.Price, c.supply.offers[b].offering.Price)
	})
	for _, u := range c.model.Bins[c.binOf[cheapest]].Uses {
		if u.Amount <= free[u.Cap] {
			continue
		}
		name, at := c.caps[u.Cap], offeringName(c.supply.offers[cheapest].key)
		if name.path == "" {
			return name.reason, Detail{Rule: "all launches are used", Offering: at}
		}
		asked, left := name.scale.quantity(u.Amount, name.resource), name.scale.quantity(free[u.Cap], name.resource)
		return name.reason, Detail{Path: name.path, Resource: string(name.resource), Asked: &asked, Best: &left, Offering: at}
	}
	return NoAvailableOffering, Detail{Rule: "what is left is no improvement on leaving the pod"}
}
