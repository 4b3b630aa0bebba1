package explain

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A question asks why a pool takes no more pods of a kind.
type question struct {
	x      *Explainer
	c      *compile.Compiled
	supply *supply.Supply
	offers *offers
	counts *counts
	k      int
	pool   int
}

// hurdles returns the rules between a kind and a pool in the order in which the
// scheduler asks them; behind them those about what can be launched.
//
// https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
func (q *question) hurdles() []hurdle {
	out := slices.Concat(q.alone(), q.amongPods())
	for _, h := range []hurdle{q.available(), q.minValues(), q.weight(), q.limits()} {
		h.about = aboutSupply
		out = append(out, h)
	}
	return out
}

// alone returns the rules about a node and a pod alone on it.
func (q *question) alone() []hurdle {
	return []hurdle{q.taints(), q.nodeRules(), q.ports(), q.daemonRoom(), q.room(), q.volumes(), q.crew()}
}

// amongPods returns the hurdles of rules about the pods of a domain: those of the
// kind, spread first, then affinity and anti-affinity, and those of other pods.
func (q *question) amongPods() []hurdle {
	var out []hurdle
	for _, kind := range []model.RuleKind{model.Spread, model.Together, model.Apart} {
		for _, r := range q.counts.required(q.k) {
			if q.c.Rules[r].Kind == kind {
				out = append(out, q.ownRule(r))
			}
		}
	}
	out = append(out, q.repelledBy(), q.othersRules(model.Apart), q.othersRules(model.Spread))
	for i := range out {
		out[i].about = aboutPods
	}
	return out
}

// change returns what would let the pool take a pod of the kind, where one rule
// is all that is in the way of some offer: what the pool excludes, if it is
// about nodes; then the rule that is the reason, then others. To ask for less
// comes last.
func (q *question) change(hurdles []hurdle, at int, reason binpack.Reason) *binpack.Change {
	switch reason {
	case binpack.NoAvailableOffering, binpack.NodeAffinity, binpack.InsufficientResources, binpack.VolumeZone:
		if c := q.offers.admitting(q.pool, hurdles); c != nil {
			return c
		}
	}
	only := make([][]int, len(hurdles)) // per hurdle, the offers that pass all others
	for _, o := range q.offers.own[q.pool] {
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
