package bound

import (
	"context"
	"math"
	"slices"
)

// A Price is a lower bound on the price of plans.
type Price struct {
	Least      int64
	Infeasible bool // no plan leaves as few pods; Least means nothing
}

// Evaluate returns a lower bound on the price of launches that place all pods
// but those that fit on no node and Left others of each level. The error is ctx's, or says
// what is wrong with the instance.
func Evaluate(ctx context.Context, in *Instance) (Price, error) { return Above(ctx, in, 0) }

// Above is Evaluate where only a bound above least matters: one that is not may be
// lower than Evaluate's.
func Above(ctx context.Context, in *Instance, least int64) (Price, error) {
	if err := in.check(); err != nil {
		return Price{}, err
	}
	p := prepare(in)
	all, err := firstFillings(ctx, p, full)
	if err != nil {
		return Price{}, err
	}
	if stop, err := hopeless(ctx, p, all, least); stop || err != nil {
		return Price{}, err
	}
	if err := deepen(ctx, p.Kinds, all, full); err != nil {
		return Price{}, err
	}
	return coverBy(p, all, func(m most) int64 { return m.bound }).price(ctx)
}

// Quick is Evaluate with little effort: a bound that is never higher, in a
// fraction of the time.
func Quick(ctx context.Context, in *Instance) (Price, error) {
	if err := in.check(); err != nil {
		return Price{}, err
	}
	c, err := coverOf(ctx, prepare(in), little)
	if err != nil {
		return Price{}, err
	}
	least, ok := c.withoutCaps().linear()
	if p := c.priceCaps(); p != nil && ok {
		if of, within := p.linear(); within {
			least = max(least, p.least(of))
		}
	}
	return Price{Least: roundUp(least, c.options), Infeasible: !ok}, nil
}

// Placeable reports for each kind whether some launch holds a pod of it. Left
// counts pods of those kinds only. The instance must be such as Evaluate
// accepts.
func Placeable(in *Instance) []bool {
	nodes := launchable(in.Nodes, in.Caps, math.MaxInt64)
	out := make([]bool, len(in.Kinds))
	for k := range out {
		out[k] = placeable(in, nodes, k)
	}
	return out
}

// mustCover returns the value of all pods, without the most that those of each
// level can be worth that may be left. Kinds are sorted by value, the greatest
// first.
func mustCover(p *Instance) int64 {
	value, left := int64(0), slices.Clone(p.Left)
	for _, k := range p.Kinds {
		kept := k.Count
		if k.Level < len(left) {
			kept = max(k.Count-left[k.Level], 0)
			left[k.Level] -= k.Count - kept
		}
		value += kept * k.Value
	}
	return value
}
