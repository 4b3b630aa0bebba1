package solver

import (
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/proof"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/work"
)

// prepareProof finds the model that bounds are of, and proves what is quickly
// proven. The choice that pools must leave is not in it, nor which values of open keys go
// together where these are too many to be looked at, nor are preferences about other pods;
// those about nodes only where all pods are placed and sure to keep theirs: for a pod that
// is left another might give one up.
func (r *run) prepareProof() error {
	reading := r.compiled.Reading.Loosened()
	loose := reading != r.compiled.Reading
	options := compile.Options{Held: compile.NodePreferences, OwnHostnames: true, Charge: int64(r.solver.NodeCharge)}
	choice, held := needsChoice(reading) || len(reading.Supply.Twins()) > 0, r.compiled.Options.Held
	if held == compile.NoPreferences || choice || loose || r.compiled.Model.Ranks > 1 || r.givenUp() || r.leavesSome() {
		options.Held = compile.NoPreferences
	}
	r.proven = r.compiled
	bins, values := r.primal.Pruned(), r.primal.Worth().Duals
	if choice || loose || held != options.Held && r.compiled.AnyPrefers() {
		proven, err := compile.Compile(r.ctx, reading, reading.Kinds, options)
		switch {
		case err == nil:
			r.proven, bins = proven, proven.Model.Prune()
			worth := relax.WorthOf(r.ctx, proven.Model, bins)
			values, r.pivots = worth.Duals, worth.Pivots
		case r.ctx.Err() == nil:
			return err
		} // else no time is left for a proof: the prover finds none
	}
	r.subject.Division = proof.Divide(r.proven.Model, bins, r.named, r.solver.without)
	r.subject.Values = r.subject.Expand(values)
	r.prover = r.newProver()
	if start := r.solver.Start; start != nil && r.ctx.Err() == nil {
		r.prover.StartFrom(r.startCuts(start.Certificate))
	}
	return nil
}

// named returns the key by which a certificate can name a rule over domains of the proven model
// for the pods of a class: these are of one kind, and all who state the rule do so by that key,
// of other domains than nodes. "": it cannot.
func (r *run) named(class, rule int) string {
	if len(indices(r.proven.ClassOf, class)) != 1 {
		return ""
	}
	return keyOf(&r.proven.Rules[rule])
}

// proofDivisor: the proof may take 1/proofDivisor of the work that the search may.
const proofDivisor = 2

func (r *run) newProver() *proof.Prover {
	limit := r.meter.Left(-1)
	if limit > 0 {
		limit /= proofDivisor
	}
	of := r.subject
	of.Left, of.Enough = r.leftByLevel(), r.primal.Cost()
	return proof.New(of, r.solver.without, work.NewMeter(r.ctx, limit))
}

// leftByLevel returns how many pods of each level the incumbent leaves, of those that
// some node holds as the bound sees it.
func (r *run) leftByLevel() []int64 {
	left := make([]int64, len(r.proven.Model.Classes))
	for k, n := range r.left() {
		if class := r.proven.ClassOf[r.compiled.Kinds[k].Of]; class >= 0 {
			left[class] += n
		}
	}
	return r.proven.Model.ByLevel(left)
}

// offerValues gives the prover the values that the search knows.
func (r *run) offerValues() {
	if r.proven == r.compiled {
		for _, values := range r.primal.Values(len(r.subject.Parts), r.subject.Part) {
			r.prover.Offer(r.subject.Filled(values))
		}
		return
	}
	whole := func(class, _ int) int { return class }
	for _, values := range r.primal.Values(len(r.compiled.Model.Classes), whole) {
		r.prover.Offer(r.subject.Expand(r.provenValues(values)))
	}
}

// provenValues returns values of the classes of the model as values of those that bounds
// are of: on average over the pods of each.
func (r *run) provenValues(values []float64) []float64 {
	out, pods := make([]float64, len(r.proven.Model.Classes)), make([]float64, len(r.proven.Model.Classes))
	for k := range r.compiled.Kinds {
		kind := &r.compiled.Kinds[k]
		from, to := r.compiled.ClassOf[k], r.proven.ClassOf[kind.Of]
		if from >= 0 && to >= 0 && kind.Count > 0 {
			out[to] += float64(values[from] * float64(kind.Count))
			pods[to] += float64(kind.Count)
		}
	}
	for c := range out {
		out[c] /= max(pods[c], 1)
	}
	return out
}
