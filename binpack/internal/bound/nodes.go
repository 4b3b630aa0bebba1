package bound

import (
	"context"

	"github.com/stowage/stowage/binpack/internal/cover"
	"github.com/stowage/stowage/binpack/internal/fill"
)

// Efforts for a bound that is soon to be known, and for one that is to be as good as it gets.
var (
	little = fill.Effort{First: 1_000}
	full   = fill.Effort{First: 4_000, Worst: 500_000, Others: 100_000}
)

// A nodeFill is the most value of nodes that differ in price and limits only.
type nodeFill struct {
	of    fill.Node // one of them, of the least price
	index []int     // of all
}

// coverOf returns the cover of a value in which each node gains the most that it may hold.
func coverOf(ctx context.Context, p *Instance, e fill.Effort, value int64) (*cover.Cover, error) {
	all, err := fillings(ctx, p, e)
	if err != nil {
		return nil, err
	}
	return coverBy(p, all, value), nil
}

// fillings fills the nodes as far as the effort goes.
func fillings(ctx context.Context, p *Instance, e fill.Effort) ([]*nodeFill, error) {
	all := nodeFills(p)
	nodes := make([]*fill.Node, len(all))
	for i, h := range all {
		nodes[i] = &h.of
	}
	return all, fill.Several(ctx, nodes, e)
}

// coverBy returns the cover of a value by nodes that are filled.
func coverBy(p *Instance, all []*nodeFill, value int64) *cover.Cover {
	var options []cover.Option
	for _, h := range all {
		for _, b := range h.index {
			if node := &p.Nodes[b]; h.of.Most.Bound > 0 {
				options = append(options, cover.Option{Price: node.Price, Gain: h.of.Most.Bound, Limit: node.Limit, Uses: node.Uses})
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
			h = &nodeFill{}
			at[key] = h
			out = append(out, h)
		}
		h.index = append(h.index, b)
		if !known || node.Price < h.of.Price {
			h.of = fill.Node{Price: node.Price, Unlimited: node.Limit == Unlimited, Knapsack: func() *fill.Knapsack { return knapsackOf(p.Kinds, node) }}
		}
	}
	return out
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
