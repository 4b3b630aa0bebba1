package settling

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxListed bounds the columns of one list.
	maxListed = 1500
	// listSteps bounds the steps of one list of columns.
	listSteps = 100_000
	// stepsPerLook is how many steps pass between two looks at the context.
	stepsPerLook = 4096
	// stepTicks is what such a step counts as, in ticks.
	stepTicks = 2
)

// A priced is a column and its reduced cost.
type priced struct {
	column  model.Column
	reduced float64
}

// within is the columns whose reduced cost by the duals is less than gap, of those with the same
// pods only the cheapest; or, where they are too many, of half the reduced cost, and so on for as many
// lists. all reports whether it is the first list. nil: they are too many for each.
func within(m *model.Model, bins []int, pi []float64, gap float64, lists int, meter *work.Meter) (out []model.Column, all bool) {
	for i := range lists {
		if list, all := listed(m, bins, pi, gap, meter); all {
			return list, i == 0
		}
		gap /= 2
	}
	return nil, false
}

// listed returns the columns whose reduced cost is less than gap, and whether that is all
// of them.
func listed(m *model.Model, bins []int, pi []float64, gap float64, meter *work.Meter) (out []model.Column, all bool) {
	var list []priced
	steps := listSteps
	for _, b := range bins {
		l := newLister(m, b, pi, gap, steps)
		l.ended = meter.Interrupted
		l.visit(0, 0)
		meter.Spend(stepTicks * (steps - l.steps))
		list, steps = append(list, l.found...), l.steps
		if steps <= 0 || len(list) > 4*maxListed || meter.Done() {
			return nil, false
		}
	}
	slices.SortStableFunc(list, func(a, b priced) int { return cmp.Compare(a.reduced, b.reduced) })
	known := map[string]bool{}
	for _, p := range list {
		var key []byte
		for _, n := range p.column.Counts {
			key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(n.Class)), uint64(n.N))
		}
		if !known[string(key)] {
			known[string(key)] = true
			out = append(out, p.column)
		}
	}
	return out, len(out) <= maxListed
}

// A lister lists the columns of one bin, depth first over its classes.
type lister struct {
	m       *model.Model
	bin     int
	classes []int
	pi      []float64
	gap     float64
	node    *model.Filling
	counts  []int64     // per place in classes
	rest    []float64   // per place, what pods of the classes from there on are worth at most
	density [][]float64 // per place and resource, most worth per unit of the classes from there on
	steps   int         // left
	ended   func() bool // asked now and then; true: no steps are left
	found   []priced
}

func newLister(m *model.Model, bin int, pi []float64, gap float64, steps int) *lister {
	l := &lister{m: m, bin: bin, pi: pi, gap: gap, node: model.NewFilling(m), steps: steps}
	l.node.Empty(bin)
	for c := range m.Classes {
		if m.MostOf(c, bin) > 0 {
			l.classes = append(l.classes, c)
		}
	}
	size := func(c int) float64 {
		most := 0.0
		for r, q := range m.Classes[c].Requests {
			if room := l.node.Room[r]; q > 0 && room != model.Unlimited {
				most = max(most, float64(q)/float64(room))
			}
		}
		return most
	}
	slices.SortStableFunc(l.classes, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
	n := len(l.classes)
	l.counts, l.rest, l.density = make([]int64, n), make([]float64, n+1), make([][]float64, n+1)
	l.density[n] = make([]float64, m.Resources)
	for i := n - 1; i >= 0; i-- {
		c := l.classes[i]
		l.rest[i] = l.rest[i+1] + float64(pi[c]*float64(m.MostOf(c, bin)))
		l.density[i] = slices.Clone(l.density[i+1])
		for r, q := range m.Classes[c].Requests {
			if pi[c] > 0 {
				l.density[i][r] = max(l.density[i][r], pi[c]/max(float64(q), 1e-9))
			}
		}
	}
	return l
}

// visit lists the columns with the counts of the first i classes, worth so much.
func (l *lister) visit(i int, worth float64) {
	if l.steps--; l.steps%stepsPerLook == 0 && l.ended() {
		l.steps = 0
	}
	if l.steps <= 0 || len(l.found) > 4*maxListed {
		return
	}
	price, most := float64(l.m.Bins[l.bin].Price), l.rest[i]
	for r, room := range l.node.Room {
		if room != model.Unlimited {
			most = min(most, float64(float64(room)*l.density[i][r]))
		}
	}
	if price-worth-most >= l.gap {
		return
	}
	if i == len(l.classes) {
		l.keep(price - worth)
		return
	}
	c := l.classes[i]
	for n := l.node.Fit(c, l.m.Classes[c].Count); n >= 0; n-- {
		l.node.Take(c, n)
		l.counts[i] = n
		l.visit(i+1, worth+float64(l.pi[c]*float64(n)))
		l.node.Take(c, -n)
		l.counts[i] = 0
	}
}

// keep adds the column to those found, unless one more pod fits into it.
func (l *lister) keep(reduced float64) {
	j := model.Column{Bin: l.bin, Times: 1}
	for i, c := range l.classes {
		if l.counts[i] < l.m.Classes[c].Count && l.node.Fit(c, 1) > 0 {
			return
		}
		if l.counts[i] > 0 {
			j.Counts = append(j.Counts, model.Count{Class: c, N: l.counts[i]})
		}
	}
	slices.SortFunc(j.Counts, func(a, b model.Count) int { return cmp.Compare(a.Class, b.Class) })
	if len(j.Counts) > 0 {
		l.found = append(l.found, priced{j, reduced})
	}
}
