package explain

import (
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// An Explainer says why pools take no more of the pods that a solution leaves.
type Explainer struct {
	c        *compile.Compiled
	supply   *supply.Supply
	solution model.Solution
	free     []int64 // of each cap
	offers   *offers
	counts   *counts
	far      map[[2]int][]kube.Node // per kind and pool, nodes that do not reach the pod's volumes
	stops    map[int][]stop         // per kind and pool
	placed   map[int][]*big.Int     // per existing node, what the solution's pods on it ask for
	firsts   map[int]int            // per kind, see first
}

// New returns an Explainer of a solution of the model.
func New(c *compile.Compiled, s model.Solution) *Explainer {
	pools := len(c.Reading.Supply.Pools)
	x := &Explainer{
		c: c, supply: c.Reading.Supply, solution: s, free: s.Free(c.Model), far: map[[2]int][]kube.Node{}, stops: map[int][]stop{},
		counts: &counts{c, s, make([]*tally, len(c.Rules))}, placed: map[int][]*big.Int{}, firsts: map[int]int{},
	}
	x.offers = &offers{
		c: c, supply: x.supply, solution: s, free: x.free, list: slices.Clone(c.Offers),
		own: make([][]int, pools), excluded: make([][]exclusion, pools), rooms: map[shape][]*big.Int{},
	}
	for i := range c.Offers {
		if pool := c.Offers[i].Pool; pool != supply.ExistingPool {
			x.offers.own[pool] = append(x.offers.own[pool], i)
		}
	}
	return x
}

// question returns the question why a pool takes no more pods of a kind.
func (x *Explainer) question(k, pool int) *question {
	return &question{x, x.c, x.supply, x.offers, x.counts, k, pool}
}

// Explain returns why each pool, in the Problem's order, takes no more pods of
// a kind beside what the solution places.
func (x *Explainer) Explain(k int) []binpack.PoolReason {
	var out []binpack.PoolReason
	for pool, s := range x.stopsOf(k) {
		switch {
		case s.reason == "":
			s = x.together(k, pool)
		case !x.freesGang(k, s.reason):
			s.detail.Change = nil
		}
		out = append(out, binpack.PoolReason{Pool: x.supply.Pools[pool].Name, Reason: s.reason, Detail: s.detail})
	}
	return out
}

// stopsOf returns what keeps pods of a kind out of each pool.
func (x *Explainer) stopsOf(k int) []stop {
	if stops, known := x.stops[k]; known {
		return stops
	}
	var stops []stop
	for pool := range x.supply.Pools {
		stops = append(stops, x.stopOf(k, pool))
	}
	x.stops[k] = stops
	return stops
}

func (x *Explainer) stopOf(k, pool int) stop {
	if b := x.c.Kinds[k].Blocked; b != nil {
		return stop{b.Reason, binpack.Detail{Path: b.Path, Rule: b.Rule, Lasting: b.Lasting}}
	}
	hurdles, offers := x.question(k, pool).hurdles(), x.offers.own[pool]
	at, left := stopped(hurdles, offers)
	var s stop
	switch {
	case at < 0:
		return s
	case len(offers) == 0 && len(x.question(k, pool).untolerated()) == 0:
		s = x.leavesNothing(pool)
	default:
		s = hurdles[at].blames(left)
		if hurdles[at].domains != nil {
			s.detail.Domains = hurdles[at].domains()
		}
	}
	s.detail.Change = x.question(k, pool).change(hurdles, at, s.reason)
	return s
}

// Named returns the reasons of a kind for one of its pods: alike pods may have
// volumes of other names.
func (x *Explainer) Named(k int, reasons []binpack.PoolReason, pod *corev1.Pod) []binpack.PoolReason {
	if pod == x.c.Kinds[k].Pod || !kube.HasClaims(pod) {
		return reasons
	}
	out := slices.Clone(reasons)
	for pool := range out {
		if r := &out[pool]; r.Reason == binpack.VolumeZone {
			d := x.outOfReach(k, pool, pod)
			d.Change = r.Detail.Change
			r.Detail = d
		}
	}
	return out
}
