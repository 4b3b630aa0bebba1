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
func Evaluate(ctx context.Context, in *Instance) (Price, error) {
	c, err := valueCover(ctx, in, full)
	if err != nil {
		return Price{}, err
	}
	return c.price(ctx)
}

// Quick is Evaluate with little effort: a bound that is never higher, in a
// fraction of the time.
func Quick(ctx context.Context, in *Instance) (Price, error) {
	c, err := valueCover(ctx, in, little)
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

// valueCover returns the cover of the pods' values.
func valueCover(ctx context.Context, in *Instance, e effort) (*cover, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	p := prepare(in)
	c, err := coverOf(ctx, p, e)
	if err != nil {
		return nil, err
	}
	c.value = mustCover(p)
	return c, nil
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
