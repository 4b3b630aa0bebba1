package greedy

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxSuited is the number of classes with pods left up to which nodes are filled
// by what suits their room: it costs a look at every class per pod. Where there are
// more, some are drawn for each pod.
const maxSuited = 200

// suitedDivisor: 1/suitedDivisor of the pods of a class that would fit are taken at a
// time, at least one.
const suitedDivisor = 8

// fill returns the best of several fillings of the i-th bin, by value, and its
// worth. Once the context has ended it returns the one that takes the least time. The result
// is valid until the next call.
func (p *Packer) fill(i int, remaining, value []int64) ([]model.Count, int64) {
	late := p.meter.Interrupted()
	if len(p.live) > maxSuited && !late {
		counts := p.fillDrawn(i, remaining, value)
		return counts, worthOf(counts, value)
	}
	p.trial = p.fillLargest(p.trial[:0], i, remaining)
	if late {
		return p.trial, worthOf(p.trial, value)
	}
	best, worth := p.trial, worthOf(p.trial, value)
	p.other = p.fillSuited(p.other[:0], i, remaining)
	if w := worthOf(p.other, value); w > worth {
		best, worth = p.other, w
	}
	return best, worth
}

func worthOf(counts []model.Count, value []int64) int64 {
	var worth int64
	for _, n := range counts {
		worth += n.N * value[n.Class]
	}
	return worth
}

// fillLargest takes as many pods of each class as fit, the largest class
// first.
func (p *Packer) fillLargest(counts []model.Count, i int, remaining []int64) []model.Count {
	p.node.Empty(p.bins[i])
	order := p.order[i]
	p.meter.Spend(len(order))
	for _, c := range order {
		if remaining[c] == 0 {
			continue
		}
		if n := p.node.Fit(c, remaining[c]); n > 0 {
			counts = append(counts, model.Count{Class: c, N: n})
			p.node.Take(c, n)
		}
	}
	sortCounts(counts)
	return counts
}

// fillSuited takes a few pods after the others, each time of the class whose parts
// point most in the direction of the room that is left, so that no resource
// runs out long before the others.
func (p *Packer) fillSuited(counts []model.Count, i int, remaining []int64) []model.Count {
	bin := &p.m.Bins[p.bins[i]]
	p.node.Empty(p.bins[i])
	left := make([]float64, p.m.Resources)
	open := slices.DeleteFunc(slices.Clone(p.live), func(c int) bool { return !bin.Admits.Has(c) })
	taken := make([]int64, len(p.m.Classes))
	for {
		for r := range left {
			left[r] = 1
			if bin.Capacity[r] != model.Unlimited && bin.Capacity[r] > 0 {
				left[r] = float64(p.node.Room[r]) / float64(bin.Capacity[r])
			}
		}
		best, most, some := -1, -1.0, int64(0)
		p.meter.Spend(len(open))
		n := 0
		for _, c := range open {
			fits := p.node.Fit(c, remaining[c]-taken[c])
			if fits == 0 {
				continue
			}
			open[n] = c
			n++
			score := 0.0
			for r, part := range p.partsOf(i, c) {
				score += float64(part * left[r])
			}
			if score > most {
				best, most, some = c, score, max(1, fits/suitedDivisor)
			}
		}
		open = open[:n]
		if best < 0 {
			break
		}
		p.node.Take(best, some)
		taken[best] += some
	}
	return countsOf(counts, taken)
}

// countsOf appends what is taken of each class.
func countsOf(counts []model.Count, taken []int64) []model.Count {
	for c, n := range taken {
		if n > 0 {
			counts = append(counts, model.Count{Class: c, N: n})
		}
	}
	return counts
}

func sortCounts(counts []model.Count) {
	slices.SortFunc(counts, func(a, b model.Count) int { return a.Class - b.Class })
}
