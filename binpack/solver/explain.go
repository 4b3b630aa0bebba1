package solver

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// An explainer says why pools take no more of the pods that a solution leaves.
type explainer struct {
	compiled // its own copy, to whose supply come offers that pools exclude
	problem  *binpack.Problem
	solution model.Solution
	free     []int64 // of each cap

	own      [][]int       // per pool, the offers that it allows
	excluded [][]exclusion // per pool; nil: not looked for yet
	storage  kube.Storage
	far      map[[2]int]kube.Node // per kind and pool, a node that does not reach the pod's volumes
	rooms    map[shape][]*big.Int // what daemons leave, by resource; nil: no limit
	tallies  []*tally             // per rule over domains; nil: not counted yet
	stops    map[int][]stop       // per kind and pool
}

func (c *compiled) explainer(p *binpack.Problem, s model.Solution) *explainer {
	x := &explainer{
		compiled: *c, problem: p, solution: s, free: s.Free(c.model), storage: storageOf(p),
		excluded: make([][]exclusion, len(c.supply.pools)), rooms: map[shape][]*big.Int{}, far: map[[2]int]kube.Node{},
		tallies: make([]*tally, len(c.kindRules)), stops: map[int][]stop{},
	}
	for pool := range c.supply.pools {
		x.own = append(x.own, c.offersOf(pool))
	}
	return x
}

// explain returns why each pool, in the Problem's order, takes no more pods of
// a kind beside what the solution places.
func (x *explainer) explain(k int) []binpack.PoolReason {
	var out []binpack.PoolReason
	for pool, s := range x.stopsOf(k) {
		switch {
		case s.reason == "":
			s = x.together(k, pool)
		case !x.freesGang(k, s.reason):
			s.detail.Change = nil
		}
		out = append(out, binpack.PoolReason{Pool: x.supply.pools[pool].Name, Reason: s.reason, Detail: s.detail})
	}
	return out
}

// A stop is what keeps pods of a kind out of a pool, whatever becomes of their
// gang; without a reason: nothing.
type stop struct {
	reason binpack.Reason
	detail binpack.Detail
}

// stopsOf returns what keeps pods of a kind out of each pool.
func (x *explainer) stopsOf(k int) []stop {
	if stops, known := x.stops[k]; known {
		return stops
	}
	var stops []stop
	for pool := range x.supply.pools {
		stops = append(stops, x.stopOf(k, pool))
	}
	x.stops[k] = stops
	return stops
}

func (x *explainer) stopOf(k, pool int) stop {
	if b := x.kinds[k].blocked; b != nil {
		return stop{b.reason, binpack.Detail{Path: b.path, Rule: b.rule}}
	}
	hurdles, offers := x.hurdles(k, pool), x.own[pool]
	at, left := stopped(hurdles, offers)
	var s stop
	switch {
	case at < 0:
		return s
	case len(offers) == 0 && len(x.untolerated(k, pool)) == 0:
		s = stop{binpack.NoAvailableOffering, binpack.Detail{Rule: "the pool's requirements and labels leave nothing of its catalog"}}
	default:
		s = hurdles[at].blames(left)
		if hurdles[at].domains != nil {
			s.detail.Domains = hurdles[at].domains()
		}
	}
	s.detail.Change = x.change(pool, hurdles, at, s.reason)
	return s
}

// A hurdle is one rule between a kind of pods and the offers of a pool.
type hurdle struct {
	about    about
	passes   func(offer int) bool
	blames   func(offers []int) stop            // that came so far, none of which passes
	domains  func() []binpack.Domain            // of a rule about the pods of a domain; nil: of any other
	change   func(offers []int) *binpack.Change // that lets one of the offers pass; nil: none does
	asksLess bool                               // the change is that the pod asks for less
}

// about says what a hurdle is about.
type about int

const (
	aboutNode   about = iota // a node and the pod alone on it
	aboutPods                // other pods
	aboutSupply              // what can be launched
)

// hurdles returns the rules between a kind and a pool in the order in which the
// scheduler asks them; behind them those about what can be launched.
//
// https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
func (x *explainer) hurdles(k, pool int) []hurdle {
	out := slices.Concat(x.alone(k, pool), x.amongPods(k, pool))
	for _, h := range []hurdle{x.available(), x.minValues(k, pool), x.weight(k, pool), x.limits()} {
		h.about = aboutSupply
		out = append(out, h)
	}
	return out
}

// alone returns the rules about a node and a pod alone on it.
func (x *explainer) alone(k, pool int) []hurdle {
	return []hurdle{x.taints(k, pool), x.nodeRules(k, pool), x.ports(k), x.room(k), x.daemonRoom(), x.volumes(k, pool)}
}

// stopped returns the first hurdle that none of the offers passes, and those that
// come to it; -1: some offer passes all. Where other pods keep the pod off some
// and the supply off the others, it is the rule about pods: that says of each
// domain what closes it.
func stopped(hurdles []hurdle, offers []int) (at int, left []int) {
	for _, order := range [][]about{{aboutNode, aboutPods}, {aboutNode, aboutSupply, aboutPods}} {
		left = offers
		for _, about := range order {
			for at, h := range hurdles {
				if h.about != about {
					continue
				}
				passed := slices.DeleteFunc(slices.Clone(left), func(o int) bool { return !h.passes(o) })
				if len(passed) == 0 {
					return at, left
				}
				left = passed
			}
		}
	}
	return -1, left
}

func passesAll(hurdles []hurdle, offer int) bool {
	return !slices.ContainsFunc(hurdles, func(h hurdle) bool { return !h.passes(offer) })
}

// change returns what would let the pool take a pod of the kind, where one rule
// is all that is in the way of some offer: what the pool excludes, if it is
// about nodes; then the rule that is the reason, then others. To ask for less
// comes last.
func (x *explainer) change(pool int, hurdles []hurdle, at int, reason binpack.Reason) *binpack.Change {
	switch reason {
	case binpack.NoAvailableOffering, binpack.NodeAffinity, binpack.InsufficientResources, binpack.VolumeZone:
		if c := x.admitting(pool, hurdles); c != nil {
			return c
		}
	}
	only := make([][]int, len(hurdles)) // per hurdle, the offers that pass all others
	for _, o := range x.own[pool] {
		if h, one := soleHurdle(hurdles, o); one {
			only[h] = append(only[h], o)
		}
	}
	order := make([]int, len(hurdles))
	for h := range order {
		order[h] = h
	}
	rank := func(h int) int {
		switch {
		case hurdles[h].asksLess:
			return 2
		case h == at:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	for _, h := range order {
		if hurdles[h].change == nil || len(only[h]) == 0 {
			continue
		}
		if c := hurdles[h].change(only[h]); c != nil {
			return c
		}
	}
	return nil
}

// soleHurdle returns the hurdle that an offer does not pass, and whether there is
// one only.
func soleHurdle(hurdles []hurdle, offer int) (hurdle int, one bool) {
	for h := range hurdles {
		switch {
		case hurdles[h].passes(offer):
		case one:
			return 0, false
		default:
			hurdle, one = h, true
		}
	}
	return hurdle, one
}

// cheapest returns the offer of the lowest price, the first by name among equals.
func (x *explainer) cheapest(offers []int) int {
	return slices.MinFunc(offers, func(a, b int) int {
		return cmp.Compare(x.supply.offers[a].price(), x.supply.offers[b].price())
	})
}
