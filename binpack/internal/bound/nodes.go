package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/cover"
	"github.com/stowage/stowage/binpack/internal/fill"
)

// An effort bounds the steps that the searches of all nodes may take. Counts, not
// clocks, end them, so that the same instance has the same bound everywhere.
type effort struct {
	first  int // of the first search of a node
	worst  int // of the later searches of those that hold the bound down, together
	others int // of the later searches of the others, together
}

var (
	little = effort{first: 1_000}
	full   = effort{first: 4_000, worst: 500_000, others: 100_000}
)

const (
	// firstSteps bounds the first searches of all nodes together, about.
	firstSteps = 400_000
	// leastSteps is what the first search of a node has in any case.
	leastSteps = 500
	// deepSteps is the most of one later search, in states.
	deepSteps = 200_000
)

// A nodeFill is the most value of nodes that differ in price and limits only.
type nodeFill struct {
	node  *Node // one of them, of the least price
	index []int // of all
	most  fill.Most
}

// coverOf returns the cover of a value in which each node gains the most that it may hold.
func coverOf(ctx context.Context, p *Instance, e effort, value int64) (*cover.Cover, error) {
	all, err := fillings(ctx, p, e)
	if err != nil {
		return nil, err
	}
	return coverBy(p, all, value), nil
}

// fillings fills the nodes as far as the effort goes.
func fillings(ctx context.Context, p *Instance, e effort) ([]*nodeFill, error) {
	all, err := firstFillings(ctx, p, e)
	if err == nil {
		err = deepen(ctx, p.Kinds, all, e)
	}
	return all, err
}

// firstFillings fills the nodes for the first time.
func firstFillings(ctx context.Context, p *Instance, e effort) ([]*nodeFill, error) {
	all := nodeFills(p)
	steps := max(min(firstSteps/max(len(all), 1), e.first), leastSteps)
	for _, h := range all {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		h.most = knapsackOf(p.Kinds, h.node).Most(steps)
		h.most.Steps += leastSteps
	}
	return all, nil
}

// coverBy returns the cover of a value by nodes that are filled.
func coverBy(p *Instance, all []*nodeFill, value int64) *cover.Cover {
	var options []cover.Option
	for _, h := range all {
		for _, b := range h.index {
			if node := &p.Nodes[b]; h.most.Bound > 0 {
				options = append(options, cover.Option{Price: node.Price, Gain: h.most.Bound, Limit: node.Limit, Uses: node.Uses})
			}
		}
	}
	return cover.New(options, p.Caps, value)
}

func nodeFills(p *Instance) []*nodeFill {
	var out []*nodeFill
	at := map[string]*nodeFill{}
	for b := range p.Nodes {
		node := &p.Nodes[b]
		key := string(appendCapacity(nil, node))
		h, known := at[key]
		if !known {
			h = &nodeFill{node: node}
			at[key] = h
			out = append(out, h)
		}
		h.index = append(h.index, b)
		if node.Price < h.node.Price {
			h.node = node
		}
	}
	return out
}

// deepen searches the nodes again that are not exact yet, the one first that may
// hold most for its price. Once none may hold more for its price than one is known
// to, the linear bound is as good as it gets; what then is left of the steps
// makes the others exact, for whole nodes.
func deepen(ctx context.Context, kinds []Kind, all []*nodeFill, e effort) error {
	best := &nodeFill{node: &Node{Price: 1}} // holds most for its price for sure
	for _, h := range all {
		best = best.orBetter(h)
	}
	buffers := fill.Lists{Ended: func() bool { return ctx.Err() != nil }}
	byRatio := func(a, b *nodeFill) int {
		return arith.CompareRatio(b.most.Bound, b.node.Price, a.most.Bound, a.node.Price)
	}
	for _, pass := range []int{e.worst, e.others} {
		open := slices.DeleteFunc(slices.Clone(all), func(h *nodeFill) bool { return h.most.Exact() })
		slices.SortStableFunc(open, byRatio)
		for _, h := range open {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			floor := int64(0)
			if pass == e.worst {
				floor = arith.MulDiv(h.node.Price, best.most.Found, best.node.Price)
			}
			if pass <= 0 || h.most.Bound <= floor {
				break
			}
			taken := knapsackOf(kinds, h.node).Search(&h.most, floor, min(pass, deepSteps), &buffers)
			pass -= taken
			h.most.Steps += taken
			best = best.orBetter(h)
		}
	}
	return nil
}

// orBetter returns o where it is sure to hold more for its price, and can be launched
// any number of times.
func (h *nodeFill) orBetter(o *nodeFill) *nodeFill {
	if o.node.Price > 0 && o.node.Limit == Unlimited && arith.CompareRatio(o.most.Found, o.node.Price, h.most.Found, h.node.Price) > 0 {
		return o
	}
	return h
}

// knapsackOf asks what a node holds of the kinds that is worth most.
func knapsackOf(kinds []Kind, node *Node) *fill.Knapsack {
	items, _ := itemsOf(kinds, node)
	return fill.NewMerged(items, node.Capacity)
}

// itemsOf returns the kinds that are worth something to the node, and which of the
// kinds they are.
func itemsOf(kinds []Kind, node *Node) (items []fill.Item, of []int) {
	items, of = make([]fill.Item, 0, len(kinds)), make([]int, 0, len(kinds))
	for k := range kinds {
		if node.Admits[k] && kinds[k].value > 0 {
			items = append(items, fill.Item{Value: kinds[k].value, Count: kinds[k].most(), Requests: kinds[k].Requests, Number: kinds[k].Number, Excludes: kinds[k].Excludes})
			of = append(of, k)
		}
	}
	return items, of
}
