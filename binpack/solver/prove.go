package solver

import (
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
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
	choice := slices.ContainsFunc(r.supply.pools, func(p binpack.Pool) bool { return len(p.MinValues) > 0 })
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
	r.prover = r.newProver()
	if r.from != nil {
		r.prover.startFrom(r.startCuts(r.from.Certificate))
	}
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
	in.Turns = turns(m, bins)
	return in
}

// beside does something, and lets the prover work beside it for about so many
// ticks. The two see nothing of each other until both are done, and the work of the
// one is not taken from the other: the plan does not depend on what is proven,
// except that the search ends when nothing is left to prove.
func (r *run) beside(ticks int64, do func()) {
	if r.duals != nil && r.uses(columnDuals) {
		r.prover.offer(r.provenValues(r.duals))
		if r.relaxed != nil && len(r.relaxed.Center) > 0 {
			r.prover.offer(r.provenValues(r.relaxed.Center))
		}
	}
	if r.generator != nil {
		r.prover.ready = true
		if len(r.prover.cases) > 0 && r.proven.compiled == r.compiled {
			r.prover.columns = slices.Clone(r.split.Whole(r.generator.Columns))
		}
	}
	p, target, done := r.prover, r.best.Cost(r.model), make(chan struct{})
	go func() {
		defer close(done)
		p.prove(ticks, target)
	}()
	do()
	<-done
	if left := r.left(); !slices.Equal(left, p.left) { // the bound was of plans that leave more
		r.prover = r.newProver()
	}
}

func (r *run) newProver() *prover {
	limit := r.meter.Left(-1)
	if limit > 0 {
		limit /= proofShare
	}
	return newProver(r.proven, r.left(), r.best.Cost(r.model), r.without, work.NewMeter(r.ctx, limit))
}

// proofShare: the proof may take one part in so many of the work that the search
// may.
const proofShare = 2

// provenValues returns duals of the model as values of the classes that bounds are of: on
// average over the pods of each.
func (r *run) provenValues(duals []float64) []float64 {
	duals = r.split.WholeValues(duals, r.worth.pods)
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

// certificate gives the pods the values of their classes.
func (r *run) certificate() binpack.Certificate {
	var c binpack.Certificate
	for _, values := range r.prover.cuts {
		of := func(kinds []int) []int64 {
			out := make([]int64, len(kinds))
			for i, k := range kinds {
				if class := r.proven.classOf[k]; class >= 0 {
					out[i] = values[class]
				}
			}
			return out
		}
		c.Cuts = append(c.Cuts, binpack.Cut{Pods: of(r.proven.ofPod), Workloads: of(r.proven.ofWorkload)})
	}
	return c
}
