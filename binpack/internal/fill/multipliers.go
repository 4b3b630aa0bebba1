package fill

import "math"

const (
	// multiplierRounds is how often the multipliers are adjusted.
	multiplierRounds = 60
	// firstStep is the relative step of a multiplier at first. As long as it
	// goes one way the step grows by longer, and when it turns it shrinks by
	// shorter.
	firstStep, longer, shorter = 0.5, 1.2, 0.5
	// leastStep: multipliers that move less than this have settled.
	leastStep = 1e-7
)

// A tuning looks for multipliers that make the surrogate relaxation of a node
// tight. All of it are guesses in floating point.
type tuning struct {
	shares      []float64 // item·resource: the part of the node that all pods of the item take
	value       []float64 // item: of all its pods
	weight      []float64 // item: of all its pods, by the multipliers
	density     []float64 // item: value per weight
	order       []int
	multipliers []float64
	used        []float64 // resource: the part of the node that the relaxed filling takes
}

// multipliersOf returns a multiplier for each of the resources, from 1 to
// heaviest: one whose resource the relaxed filling overruns becomes greater, one
// whose resource it leaves unused smaller, in steps that each resource has of its
// own (Riedmiller and Braun, A Direct Adaptive Method for Faster Backpropagation
// Learning, 1993). With two resources that is bisection.
func multipliersOf(items []*item, resources int) []int64 {
	t := newTuning(items, resources)
	best, least := append([]float64(nil), t.multipliers...), math.Inf(1)
	step, rose := make([]float64, resources), make([]bool, resources)
	for round := range multiplierRounds {
		if value := t.relax(); value < least {
			least = value
			copy(best, t.multipliers)
		}
		largest := 0.0
		for r := range step {
			rises := t.used[r] > 1
			switch {
			case round == 0:
				step[r] = firstStep
			case rises == rose[r]:
				step[r] = min(step[r]*longer, firstStep)
			default:
				step[r] *= shorter
			}
			if rose[r] = rises; rises {
				t.multipliers[r] *= 1 + step[r]
			} else {
				t.multipliers[r] /= 1 + step[r]
			}
			largest = max(largest, step[r])
		}
		if largest < leastStep {
			break
		}
	}
	return integralMultipliers(best)
}

func integralMultipliers(multipliers []float64) []int64 {
	most := 0.0
	for _, m := range multipliers {
		most = max(most, m)
	}
	out := make([]int64, len(multipliers))
	for r, m := range multipliers {
		out[r] = max(int64(m/most*heaviest), 1)
	}
	return out
}

func newTuning(items []*item, resources int) *tuning {
	t := &tuning{
		shares: make([]float64, len(items)*resources), value: make([]float64, len(items)),
		weight: make([]float64, len(items)), density: make([]float64, len(items)), order: make([]int, len(items)),
		multipliers: make([]float64, resources), used: make([]float64, resources),
	}
	for i, it := range items {
		t.order[i] = i
		t.value[i] = float64(it.value) * float64(it.count)
		for r, s := range it.shares {
			t.shares[i*resources+r] = float64(s) / fullRoom * float64(it.count)
		}
	}
	for r := range t.multipliers {
		t.multipliers[r] = 1
	}
	return t
}

// relax fills the node by value per weight, and returns what that is worth: the
// items of the same density, where not all fit, are cut alike. It selects instead of sorting.
func (t *tuning) relax() float64 {
	budget := 0.0
	for r, m := range t.multipliers {
		budget += m
		t.used[r] = 0
	}
	for i := range t.weight {
		t.weight[i] = 0
		for r, m := range t.multipliers {
			t.weight[i] += float64(m * t.shares[i*len(t.multipliers)+r])
		}
		t.density[i] = t.value[i] / max(t.weight[i], 1e-300)
	}
	worth := 0.0
	take := func(items []int, part float64) {
		for _, i := range items {
			worth += float64(part * t.value[i])
			for r := range t.used {
				t.used[r] += float64(part * t.shares[i*len(t.used)+r])
			}
		}
	}
	for rest := t.order; len(rest) > 0; {
		above, level := t.split(rest)
		weight := t.weigh(rest[:above])
		if weight > budget {
			rest = rest[:above]
			continue
		}
		take(rest[:above], 1)
		budget -= weight
		weight = t.weigh(rest[above : above+level])
		if weight >= budget {
			take(rest[above:above+level], budget/max(weight, 1e-300))
			break
		}
		take(rest[above:above+level], 1)
		budget -= weight
		rest = rest[above+level:]
	}
	return worth
}

func (t *tuning) weigh(items []int) float64 {
	sum := 0.0
	for _, i := range items {
		sum += t.weight[i]
	}
	return sum
}

// split brings items that are denser than some item to the front, then those
// alike, and returns the numbers of both.
func (t *tuning) split(items []int) (above, level int) {
	d := t.middle(items)
	end := len(items)
	for level < end {
		switch i := items[level]; {
		case t.density[i] > d:
			items[above], items[level] = items[level], items[above]
			above++
			level++
		case t.density[i] < d:
			end--
			items[end], items[level] = items[level], items[end]
		default:
			level++
		}
	}
	return above, level - above
}

// middle returns the density of the middle one of three items.
func (t *tuning) middle(items []int) float64 {
	a, b, c := t.density[items[0]], t.density[items[len(items)/2]], t.density[items[len(items)-1]]
	return max(min(a, b), min(max(a, b), c))
}
