package solver

import (
	"github.com/stowage/stowage/binpack"
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
	options := compile.Options{Held: compile.NodePreferences, Loose: true, Charge: int64(r.solver.NodeCharge)}
	choice, held := needsChoice(reading) || len(reading.Supply.Twins()) > 0, r.compiled.Options.Held
	if held == compile.NoPreferences || choice || loose || r.compiled.Model.Ranks > 1 || r.givenUp() || r.leavesSome() {
		options.Held = compile.NoPreferences
	}
	r.proven = r.compiled
	r.subject = proof.Subject{Model: r.compiled.Model, Bins: r.primal.Pruned(), Values: r.primal.Worth().Duals}
	if choice || loose || held != options.Held && r.compiled.AnyPrefers() {
		proven, err := compile.Compile(r.ctx, reading, reading.Kinds, options)
		if err != nil && r.ctx.Err() != nil { // no time is left for a proof
			r.prover = r.newProver()
			return nil
		}
		if err != nil {
			return err
		}
		r.proven = proven
		bins := r.proven.Model.Prune()
		worth := relax.WorthOf(r.proven.Model, bins)
		r.subject = proof.Subject{Model: r.proven.Model, Bins: bins, Values: worth.Duals}
		r.pivots = worth.Pivots
	}
	r.prover = r.newProver()
	if start := r.solver.Start; start != nil {
		r.prover.StartFrom(r.startCuts(start.Certificate))
	}
	return nil
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

// provenValues returns values of the classes of the model as values of those that bounds
// are of: on average over the pods of each.
func (r *run) provenValues(values []float64) []float64 {
	if r.proven == r.compiled {
		return values
	}
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

// certificate gives the pods the values of their classes.
func (r *run) certificate() binpack.Certificate {
	c := binpack.Certificate{Strongest: r.prover.Strongest()}
	for _, values := range r.prover.Cuts() {
		of := func(kinds []int) []int64 {
			out := make([]int64, len(kinds))
			for i, k := range kinds {
				if class := r.proven.ClassOf[k]; class >= 0 {
					out[i] = values[class]
				}
			}
			return out
		}
		reading := r.proven.Reading
		c.Cuts = append(c.Cuts, binpack.Cut{Pods: of(reading.OfPod), Workloads: of(reading.OfWorkload)})
	}
	return c
}

// startCuts returns the cuts of a certificate as values of the classes that bounds are
// of: on average over the pods that it names. It names pods by their place in the
// Problem; where there are more or fewer now than it names it says nothing.
func (r *run) startCuts(c binpack.Certificate) [][]int64 {
	var out [][]int64
	reading := r.proven.Reading
	for _, cut := range c.Cuts {
		if len(cut.Pods) != len(reading.OfPod) || len(cut.Workloads) != len(reading.OfWorkload) {
			return nil
		}
		sum, pods := make([]float64, len(r.proven.Model.Classes)), make([]float64, len(r.proven.Model.Classes))
		note := func(kind int, value, count int64) {
			if class := r.proven.ClassOf[kind]; class >= 0 {
				sum[class] += float64(value) * float64(count)
				pods[class] += float64(count)
			}
		}
		for i, v := range cut.Pods {
			note(reading.OfPod[i], v, 1)
		}
		for i, v := range cut.Workloads {
			note(reading.OfWorkload[i], v, int64(reading.Problem.Workloads[i].Replicas))
		}
		values := make([]int64, len(sum))
		for class := range values {
			values[class] = int64(sum[class]/max(pods[class], 1) + 0.5)
		}
		out = append(out, values)
	}
	return out
}
