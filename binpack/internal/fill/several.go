package fill

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// A Node is one of several whose most value counts where it is large for the price.
type Node struct {
	Price     int64
	Unlimited bool             // it can be launched any number of times
	Knapsack  func() *Knapsack // what it holds

	Most Most // what is known of it
}

// An Effort bounds the steps that the searches of all nodes may take. Counts, not
// clocks, end them, so that the same nodes have the same bounds everywhere.
type Effort struct {
	First  int // of the first search of a node
	Worst  int // of the later searches of those that hold the bound down, together
	Others int // of the later searches of the others, together
}

const (
	// LeastSteps is what the first search of a node has in any case.
	LeastSteps = 500
	// firstSteps bounds the first searches of all nodes together, about.
	firstSteps = 400_000
	// deepSteps is the most of one later search, in states.
	deepSteps = 200_000
)

// Several finds the most value of each node as far as the effort goes. The error is ctx's.
func Several(ctx context.Context, nodes []*Node, e Effort) error {
	steps := max(min(firstSteps/max(len(nodes), 1), e.First), LeastSteps)
	for _, n := range nodes {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n.Most = n.Knapsack().Most(steps)
		n.Most.Steps += LeastSteps
	}
	return deepen(ctx, nodes, e)
}

// deepen searches the nodes again that are not exact yet, the one first that may
// hold most for its price. Once none may hold more for its price than one is known
// to, the linear bound is as good as it gets; what then is left of the steps
// makes the others exact, for whole nodes.
func deepen(ctx context.Context, all []*Node, e Effort) error {
	best := &Node{Price: 1} // holds most for its price for sure
	for _, n := range all {
		best = best.orBetter(n)
	}
	buffers := Lists{Ended: func() bool { return ctx.Err() != nil }}
	byRatio := func(a, b *Node) int {
		return arith.CompareRatio(b.Most.Bound, b.Price, a.Most.Bound, a.Price)
	}
	for _, pass := range []int{e.Worst, e.Others} {
		open := slices.DeleteFunc(slices.Clone(all), func(n *Node) bool { return n.Most.Exact() })
		slices.SortStableFunc(open, byRatio)
		for _, n := range open {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			floor := int64(0)
			if pass == e.Worst {
				floor = arith.MulDiv(n.Price, best.Most.Found, best.Price)
			}
			if pass <= 0 || n.Most.Bound <= floor {
				break
			}
			taken := n.Knapsack().Search(&n.Most, floor, min(pass, deepSteps), &buffers)
			pass -= taken
			n.Most.Steps += taken
			best = best.orBetter(n)
		}
	}
	return nil
}

// orBetter returns o where it is sure to hold more for its price, and can be launched
// any number of times.
func (n *Node) orBetter(o *Node) *Node {
	if o.Price > 0 && o.Unlimited && arith.CompareRatio(o.Most.Found, o.Price, n.Most.Found, n.Price) > 0 {
		return o
	}
	return n
}
