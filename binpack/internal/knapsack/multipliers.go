package knapsack

import "github.com/stowage/stowage/binpack/internal/model"

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

// multipliers returns what a whole node's worth of each resource is worth in
// the knapsack of bin b: weights of the surrogate constraint that bounds it
// about as tightly as can be. They minimise the Lagrangian dual
//
//	Σ_r λ(r) + Σ_c limit(c)·max(0, value(c) - Σ_r λ(r)·share(c,r)),
//
// by steps along the subgradient, which is how far each resource is from being
// used up.
func (f *Filler) multipliers(b int, value, limit []int64) []float64 {
	share := f.shares(b)
	lambda, ok := f.last[b]
	if !ok {
		lambda = make([]float64, f.m.Resources)
		for r := range lambda {
			lambda[r] = 1
		}
	}
	lambda = f.scaled(b, lambda, value, share)
	best := append([]float64(nil), lambda...)
	least := -1.0
	used := make([]float64, len(lambda))
	for k := range rounds {
		dual := f.dual(b, lambda, value, limit, share, used)
		if least < 0 || dual < least {
			least = dual
			copy(best, lambda)
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
	f.last[b] = best
	return best
}

// scaled returns lambda times the factor at which the class that is worth most
// for its size is worth just that.
func (f *Filler) scaled(b int, lambda []float64, value []int64, share []float64) []float64 {
	densest := 0.0
	for c := range value {
		if !f.m.Bins[b].Admits[c] {
			continue
		}
		if size := f.size(c, lambda, share); size > 0 {
			densest = max(densest, float64(value[c])/size)
		}
	}
	out := make([]float64, len(lambda))
	for r, l := range lambda {
		out[r] = l * max(densest, 1e-9)
	}
	return out
}

func (f *Filler) size(c int, lambda, share []float64) float64 {
	size := 0.0
	for r, l := range lambda {
		size += float64(l * share[c*len(lambda)+r])
	}
	return size
}

// dual returns the value of the Lagrangian dual, and how much of each resource
// its solution uses.
func (f *Filler) dual(b int, lambda []float64, value, limit []int64, share, used []float64) float64 {
	bin := &f.m.Bins[b]
	f.meter.Spend(len(value))
	sum := 0.0
	clear(used)
	for r, l := range lambda {
		if bin.Capacity[r] != model.Unlimited {
			sum += l
		}
	}
	for c, v := range value {
		if limit[c] == 0 || !bin.Admits[c] {
			continue
		}
		gain := float64(v) - f.size(c, lambda, share)
		n := float64(min(limit[c], f.m.MostOf(c, b)))
		if gain <= 0 || n == 0 {
			continue
		}
		sum += float64(n * gain)
		for r := range lambda {
			used[r] += float64(n * share[c*len(lambda)+r])
		}
	}
	return sum
}
