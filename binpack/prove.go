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
	// Values of all pods at which the nodes that cover them can be counted
	// exactly: coarseSteps of them from coarseFirst on, each 16 times the one
	// before. Rounding costs more there, whole nodes give more.
	coarseSteps, coarseFirst = 3, 1 << 9
)

// instance returns the model as package bound sees it, with so many pods of each
// level that may be left out.
func instance(m *model.Model, bins []int, left []int64) *bound.Instance {
	in := &bound.Instance{Left: left, Caps: m.Caps}
	for c, class := range m.Classes {
		kind := bound.Kind{Count: class.Count, Level: class.Level, Requests: class.Requests}
		if most := m.PerNode(c); most != model.Unlimited {
			kind.PerNode = most
		}
		in.Kinds = append(in.Kinds, kind)
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

// try keeps the bound that the values give by the method if it is higher. Where
// ctx ends before it is computed, the proof stays as it was.
func (p *proof) try(ctx context.Context, in *bound.Instance, values []int64, method func(context.Context, *bound.Instance) (bound.Price, error)) {
	for c := range in.Kinds {
		in.Kinds[c].Value = values[c]
	}
	price, err := method(ctx, in)
	if err == nil && !price.Infeasible && price.Least > p.lower {
		p.lower, p.values = price.Least, slices.Clone(values)
	}
}

// bestGuesses is the number of candidates that are worth their time always.
const bestGuesses = 2

// candidates returns values that may prove something, the likeliest first: the
// duals of the program over columns, the values of the relaxation, both coarser,
// and what the pods ask of one resource.
func (r *run) candidates() [][]int64 {
	m := r.model
	var out [][]int64
	for i, total := 0, int64(fineTotal); i <= coarseSteps; i, total = i+1, coarseFirst<<(4*i) {
		for _, values := range [][]float64{r.duals, r.values} {
			if values != nil {
				out = append(out, whole(m, values, total))
			}
		}
	}
	for q := range m.Resources {
		one := make([]int64, len(m.Classes))
		for c := range m.Classes {
			one[c] = m.Classes[c].Requests[q]
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

// proveFirst proves what is quickly proven: all that there is to prove of one
// class, and a first bound of several.
func (r *run) proveFirst() {
	left := r.model.ByLevel(r.best.Left(r.model))
	in := instance(r.model, r.bins, left)
	if len(r.model.Classes) == 1 {
		r.proof.try(r.ctx, in, []int64{1}, bound.Evaluate)
	} else {
		r.proof.try(r.ctx, in, whole(r.model, r.values, fineTotal), bound.Quick)
	}
	fewest, err := bound.Fewest(r.ctx, in)
	r.proof.fewest = fewest && err == nil
}

// proofTicks is what one evaluation counts as, in ticks.
const proofTicks = 300_000

// proveMore tries what else may raise the bound: the best guesses in any case,
// the others as long as there is work left.
func (r *run) proveMore() {
	in := instance(r.model, r.bins, r.model.ByLevel(r.best.Left(r.model)))
	for i, values := range r.candidates() {
		if r.finished() || i >= bestGuesses && r.meter.Done() {
			return
		}
		r.meter.Spend(proofTicks)
		r.proof.try(r.ctx, in, values, bound.Evaluate)
	}
}

// certificate gives the pods the values of their classes.
func (r *run) certificate() Certificate {
	if r.proof.values == nil {
		return Certificate{}
	}
	of := func(kinds []int) []int64 {
		values := make([]int64, len(kinds))
		for i, k := range kinds {
			if class := r.classOf[k]; class >= 0 {
				values[i] = r.proof.values[class]
			}
		}
		return values
	}
	return Certificate{Pods: of(r.ofPod), Workloads: of(r.ofWorkload)}
}
