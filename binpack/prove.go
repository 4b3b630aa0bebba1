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

// proven is the model that bounds are of: the compiled one, without what bounds do
// not hold.
type proven struct {
	*compiled
	bins   []int     // those that count
	values []float64 // per class, the worth of one pod
}

// prepareProof finds the model that bounds are of, and proves what is quickly
// proven. The choice that pools must leave is not in it, nor are preferences about
// other pods; those about nodes only where all placed pods are sure to keep
// theirs.
func (r *run) prepareProof(g *grouping) error {
	c, holds := r.compiled, scope{held: nodePreferences}
	choice := slices.ContainsFunc(r.supply.pools, func(p Pool) bool { return len(p.MinValues) > 0 })
	if r.scope.held == noPreferences || choice || r.compiled.model.Stages > 1 || r.givenUp() {
		holds.held = noPreferences
	}
	if choice || r.scope.held != holds.held && r.anyPrefers() {
		var err error
		if c, err = compile(r.problem, g, holds); err != nil {
			return err
		}
	}
	r.proven = proven{compiled: c, bins: r.pruned, values: r.worth.duals}
	if c != r.compiled {
		r.proven.bins = c.model.Prune()
		w := worthOf(c.model, r.proven.bins)
		r.proven.values = w.duals
		r.pivots += w.pivots
	}
	if len(c.model.Classes) == 0 {
		r.proof.fewest = true
		return nil
	}
	r.proveFirst()
	return nil
}

// givenUp reports whether pods gave up preferences, or are left with some that
// they could give up.
func (r *run) givenUp() bool {
	for k, n := range r.leftOf(r.split.Whole(r.best)) {
		if r.kinds[k].relaxed || n > 0 && r.kinds[k].blocked == nil && r.prefers(k) {
			return true
		}
	}
	return false
}

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

// above is bound.Evaluate where a bound is no lower than the proof's.
func (p *proof) above(ctx context.Context, in *bound.Instance) (bound.Price, error) {
	return bound.Above(ctx, in, p.lower)
}

// bestGuesses is the number of candidates that are worth their time always.
const bestGuesses = 2

// candidates returns values that may prove something, the likeliest first: the
// duals of the program over columns, the values of the relaxation, both coarser,
// and what the pods ask of one resource.
func (r *run) candidates() [][]int64 {
	m := r.proven.model
	var out [][]int64
	var duals []float64
	if r.duals != nil && r.uses(columnDuals) {
		duals = r.provenValues()
	}
	coarse := coarseSteps
	if !r.uses(coarseValues) {
		coarse = 0
	}
	for i, total := 0, int64(fineTotal); i <= coarse; i, total = i+1, coarseFirst<<(4*i) {
		for _, values := range [][]float64{duals, r.proven.values} {
			if values != nil {
				out = append(out, whole(m, values, total))
			}
		}
	}
	for q := range m.Resources {
		if !r.uses(resourceValues) {
			break
		}
		one := make([]int64, len(m.Classes))
		for c := range m.Classes {
			one[c] = m.Classes[c].Requests[q]
		}
		out = append(out, one)
	}
	return out
}

// provenValues returns the duals as values of the classes that bounds are of: on
// average over the pods of each.
func (r *run) provenValues() []float64 {
	duals := r.split.WholeValues(r.duals, r.worth.pods)
	if r.proven.compiled == r.compiled {
		return duals
	}
	out, pods := make([]float64, len(r.proven.model.Classes)), make([]float64, len(r.proven.model.Classes))
	for k := range r.kinds {
		from, to := r.classOf[k], r.proven.classOf[r.kinds[k].of]
		if from >= 0 && to >= 0 && r.kinds[k].count > 0 {
			out[to] += float64(duals[from] * float64(r.kinds[k].count))
			pods[to] += float64(r.kinds[k].count)
		}
	}
	for c := range out {
		out[c] /= max(pods[c], 1)
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
	m := r.proven.model
	in := instance(m, r.proven.bins, r.left())
	if len(m.Classes) == 1 {
		r.proof.try(r.ctx, in, []int64{1}, bound.Evaluate)
	} else {
		r.proof.try(r.ctx, in, whole(m, r.proven.values, fineTotal), bound.Quick)
	}
	fewest, err := bound.Fewest(r.ctx, in)
	r.proof.fewest = fewest && err == nil
}

// proofTicks is what one evaluation counts as, in ticks.
const proofTicks = 300_000

// proveMore tries what else may raise the bound: the best guesses in any case,
// the others as long as there is work left.
func (r *run) proveMore() {
	in := instance(r.proven.model, r.proven.bins, r.left())
	for i, values := range r.candidates() {
		if r.finished() || i >= bestGuesses && r.meter.Done() {
			return
		}
		r.meter.Spend(proofTicks)
		r.proof.try(r.ctx, in, values, r.proof.above)
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
			if class := r.proven.classOf[k]; class >= 0 {
				values[i] = r.proof.values[class]
			}
		}
		return values
	}
	return Certificate{Pods: of(r.proven.ofPod), Workloads: of(r.proven.ofWorkload)}
}
