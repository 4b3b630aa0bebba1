package knapsack

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// rounds is the number of steps towards the best multipliers; they start
	// where the bin's last knapsack ended.
	rounds = 25
	// firstStep is the first step's size, as a share of a multiplier.
	firstStep = 0.5
	// leastLambda keeps the multiplier of a resource from vanishing for good,
	// as a share of the largest.
	leastLambda = 1e-4
)

// multipliers sets what a whole node's worth of each resource is worth in the
// knapsack of bin b: weights of the surrogate constraint that bounds it
// about as tightly as can be. They minimise the Lagrangian dual
//
//	Σ_r λ(r) + Σ_c limit(c)·max(0, value(c) - Σ_r λ(r)·share(c,r)),
//
// by steps along the subgradient, which is how far each resource is from being
// used up. It returns the least value found, which no filling is worth more than;
// it ends where that is at most floor.
func (f *Filler) multipliers(b int, state *binState, floor float64) float64 {
	lambda := state.lambda
	if lambda == nil {
		lambda = make([]float64, f.m.Resources)
		for r := range lambda {
			lambda[r] = 1
		}
	}
	used := make([]float64, len(lambda))
	if state.lambda != nil { // often they will do
		if dual := f.dual(&f.m.Bins[b], state, lambda, used); dual <= floor {
			return dual
		}
	}
	lambda = f.scaled(state, lambda)
	best := slices.Clone(lambda)
	least := -1.0
	for k := range rounds {
		dual := f.dual(&f.m.Bins[b], state, lambda, used)
		if least < 0 || dual < least {
			least = dual
			copy(best, lambda)
			if least <= floor {
				break
			}
		}
		step := firstStep / float64(1+k/3)
		most := 0.0
		for r := range lambda {
			over := max(-1, min(1, used[r]-1))
			lambda[r] *= float64(1 + float64(step*over))
			most = max(most, lambda[r])
		}
		for r := range lambda {
			lambda[r] = max(lambda[r], leastLambda*most)
		}
	}
	state.lambda = best
	return least
}

// scaled returns lambda times the factor at which the class that is worth most
// for its size is worth just that.
func (f *Filler) scaled(state *binState, lambda []float64) []float64 {
	densest := 0.0
	for c, v := range f.value {
		if state.most[c] == 0 {
			continue
		}
		if size := size(c, lambda, state.share); size > 0 {
			densest = max(densest, float64(v)/size)
		}
	}
	out := make([]float64, len(lambda))
	for r, l := range lambda {
		out[r] = l * max(densest, 1e-9)
	}
	return out
}

// size returns the part of the node that a pod of class c takes, weighted.
func size(c int, lambda, share []float64) float64 {
	size := 0.0
	for r, l := range lambda {
		size += float64(l * share[c*len(lambda)+r])
	}
	return size
}

// dual returns the value of the Lagrangian dual, and how much of each resource
// its solution uses.
func (f *Filler) dual(bin *model.Bin, state *binState, lambda, used []float64) float64 {
	f.meter.Spend(len(f.value) / 4)
	sum := 0.0
	clear(used)
	for r, l := range lambda {
		if bin.Capacity[r] != model.Unlimited {
			sum += l
		}
	}
	for c, v := range f.value {
		most := min(f.limit[c], state.most[c])
		if most == 0 {
			continue
		}
		gain := float64(v) - size(c, lambda, state.share)
		if gain <= 0 {
			continue
		}
		n := float64(most)
		sum += float64(n * gain)
		for r := range lambda {
			used[r] += float64(n * state.share[c*len(lambda)+r])
		}
	}
	return sum
}
