package binpack

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A proof is a lower bound and the values that it follows from.
type proof struct {
	lower  int64
	values []int64 // per class; nil: none are needed
	fewest bool    // no plan leaves fewer pods
}

const (
	// fineTotal is the value of all pods together at which rounding values to
	// whole numbers costs next to nothing.
	fineTotal = 1 << 44
	// coarseTotals are values of all pods at which the nodes that cover them
	// can be counted exactly. Rounding costs more there, whole nodes give more.
	coarseSteps, coarseFirst = 3, 1 << 9
)

// instance returns the model as package bound sees it, with left pods that may
// be left out.
func instance(m *model.Model, bins []int, left int64) *bound.Instance {
	in := &bound.Instance{Left: left, Caps: m.Caps}
	for _, c := range m.Classes {
		in.Kinds = append(in.Kinds, bound.Kind{Count: c.Count, Requests: c.Requests})
	}
	for _, b := range bins {
		bin := &m.Bins[b]
		node := bound.Node{Price: bin.Price, Capacity: bin.Capacity, Admits: bin.Admits, Limit: bound.Unlimited}
		for _, u := range bin.Uses {
			node.Uses = append(node.Uses, bound.Use(u))
		}
		in.Nodes = append(in.Nodes, node)
	}
	return in
}

// try keeps the bound that the values give if it is higher. Where ctx ends
// before it is computed, the proof stays as it was.
func (p *proof) try(ctx context.Context, in *bound.Instance, values []int64) {
	for c := range in.Kinds {
		in.Kinds[c].Value = values[c]
	}
	price, err := bound.Evaluate(ctx, in)
	if err == nil && !price.Infeasible && price.Least > p.lower {
		p.lower, p.values = price.Least, slices.Clone(values)
	}
}

// leavesFewest sets fewest where no plan places more than placed pods.
func (p *proof) leavesFewest(ctx context.Context, in *bound.Instance, placed int64) {
	most, err := bound.MostPlaced(ctx, in)
	p.fewest = err == nil && most <= placed
}

// candidates returns values that may prove more than the fine ones: the same
// ones coarser, and what the pods ask of one resource.
func candidates(m *model.Model, values []float64) [][]int64 {
	var out [][]int64
	for i, total := 0, int64(coarseFirst); i < coarseSteps; i, total = i+1, total*16 {
		out = append(out, whole(m, values, total))
	}
	for r := range m.Resources {
		one := make([]int64, len(m.Classes))
		for c := range m.Classes {
			one[c] = m.Classes[c].Requests[r]
		}
		out = append(out, one)
	}
	return out
}

// whole returns the values as whole numbers, rounded down, that sum to about
// total over all pods. None is below 0.
func whole(m *model.Model, values []float64, total int64) []int64 {
	sum := 0.0
	for c, v := range values {
		sum += float64(v * float64(m.Classes[c].Count))
	}
	out := make([]int64, len(values))
	if sum > 0 {
		for c, v := range values {
			out[c] = int64(float64(v/sum) * float64(total))
		}
	}
	return out
}
