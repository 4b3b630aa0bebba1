package bound

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Steps that the searches may take. Counts, not clocks, end them, so that the
// same instance has the same bound everywhere.
const (
	nodeSteps  = 20_000    // of one knapsack, at most
	leastSteps = 1_000     // of one knapsack, where there are very many
	allSteps   = 4_000_000 // of all knapsacks together, about
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
	c, err := valueCover(ctx, in, nodeSteps)
	if err != nil {
		return Price{}, err
	}
	return c.price(ctx)
}

// Quick is Evaluate with little effort: a bound that is never higher, in a
// fraction of the time.
func Quick(ctx context.Context, in *Instance) (Price, error) {
	c, err := valueCover(ctx, in, leastSteps)
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

// valueCover returns the cover of the pods' values, with so many steps for each
// node.
func valueCover(ctx context.Context, in *Instance, steps int) (*cover, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	p := prepare(in)
	c, err := coverOf(ctx, p, steps)
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

// coverOf computes what each node can hold at most, in so many steps for each.
// Nodes that differ in price and limits only share the search.
func coverOf(ctx context.Context, p *Instance, mostSteps int) (*cover, error) {
	c := &cover{caps: p.Caps}
	known := map[string]int64{}
	for b := range p.Nodes {
		known[string(appendHolds(nil, &p.Nodes[b]))] = 0
	}
	steps := min(max(allSteps/max(len(known), 1), leastSteps), mostSteps)
	clear(known)
	for b := range p.Nodes {
		node := &p.Nodes[b]
		key := string(appendHolds(nil, node))
		gain, ok := known[key]
		if !ok {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			gain = most(p.Kinds, node, steps)
			known[key] = gain
		}
		if gain > 0 {
			c.options = append(c.options, option{price: node.Price, gain: gain, limit: node.Limit, uses: node.Uses})
		}
	}
	slices.SortStableFunc(c.options, func(a, b option) int {
		return cmp.Or(compareRatio(a.price, a.gain, b.price, b.gain), cmp.Compare(b.gain, a.gain), cmp.Compare(b.limit, a.limit))
	})
	return c, nil
}
