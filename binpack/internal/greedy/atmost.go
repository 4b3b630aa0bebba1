package greedy

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Before a bin is filled it is asked what it could be worth at most: by a surrogate
// relaxation, in which a node has one resource, a weighted sum of all, and the last
// class is cut (Glover, Surrogate Constraints, 1968). Any weights are valid. Those
// that explain the values best make it tight.

const (
	// weightSweeps is how often each weight is fitted.
	weightSweeps = 40
	// classesPerTick is how many classes a relaxation looks at in one tick, about.
	classesPerTick = 4
	// upward is what makes a sum of rounded numbers an upper bound.
	upward = 1 + 1e-9
)

// weigh finds the weights, by least squares of the relative errors with which they
// give the values, all of them at least 0.
func (p *Packer) weigh(value []int64) {
	n := p.m.Resources
	p.weights = make([]float64, n)
	squares, products := make([]float64, n*n), make([]float64, n)
	for c := range p.m.Classes {
		requests, v := p.m.Classes[c].Requests, float64(value[c])
		for r, q := range requests {
			if q == 0 {
				continue
			}
			part := float64(q) / v
			products[r] += part
			for s := range requests {
				squares[r*n+s] += float64(part * float64(requests[s]) / v)
			}
		}
	}
	for range weightSweeps {
		for r := range p.weights {
			rest := products[r]
			for s, w := range p.weights {
				if s != r {
					rest -= float64(squares[r*n+s] * w)
				}
			}
			if p.weights[r] = 0; rest > 0 && squares[r*n+r] > 0 {
				p.weights[r] = rest / squares[r*n+r]
			}
		}
	}
}

// sortDense sorts the classes with pods left by value per weight.
func (p *Packer) sortDense(remaining, value []int64) {
	p.dense = p.dense[:0]
	for c, n := range remaining {
		if n == 0 {
			continue
		}
		p.dense = append(p.dense, c)
		p.weight[c] = 0
		for r, q := range p.m.Classes[c].Requests {
			p.weight[c] += float64(float64(q) * p.weights[r])
		}
		p.density[c] = float64(value[c]) / max(p.weight[c], tiny)
	}
	p.meter.Spend(len(p.dense))
	slices.SortFunc(p.dense, func(a, b int) int { return cmp.Or(-cmp.Compare(p.density[a], p.density[b]), cmp.Compare(a, b)) })
}

// tiny keeps a quotient finite.
const tiny = 1e-300

// atMost returns a bound on what the i-th bin can be filled with.
func (p *Packer) atMost(i int, remaining, value []int64) int64 {
	bin := &p.m.Bins[p.bins[i]]
	room, limited := 0.0, true
	for r, capacity := range bin.Capacity {
		if capacity == model.Unlimited {
			limited = limited && p.weights[r] == 0
			continue
		}
		room += float64(min(float64(capacity), p.asked[r]) * p.weights[r])
	}
	worth, looks := 0.0, 0
	for _, c := range p.dense {
		looks++
		if remaining[c] == 0 || !bin.Admits.Has(c) {
			continue
		}
		w := float64(p.weight[c] * float64(remaining[c]))
		if limited && w > room {
			worth += float64(p.density[c] * room)
			break
		}
		worth += float64(float64(value[c]) * float64(remaining[c]))
		room -= w
	}
	p.meter.Spend(1 + looks/classesPerTick)
	return int64(float64(worth*upward)) + 1
}
