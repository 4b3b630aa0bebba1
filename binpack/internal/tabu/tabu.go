package tabu

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// mostWhole is the number of nodes up to which all of a solution are looked at together; of more, someNodes are.
	mostWhole, someNodes = 40, 16
	// triesOfSome is how many exchanges of some nodes are tried in vain before Improve gives up. Other nodes are looked at the next time.
	triesOfSome = 6
	// firstPatience is how many moves a packing goes on at first without coming closer, and lastPatience how many in the end.
	firstPatience, lastPatience = 150, 5_000
	// firstDepth is how many nodes are exchanged at most at first, and lastDepth how many in the end.
	firstDepth, lastDepth = 2, 3
	// partTicks is what a look at some nodes counts as, beside the exchanges.
	partTicks = 1_000
)

// A Search looks for other nodes, for solutions of models that differ in nothing but how many pods a class has.
type Search struct {
	values   []float64  // per class, of one pod
	gains    []float64  // per bin, the most value that a node is known to hold; 0: it is not launched
	bins     []int      // that may be launched
	choices  [][]choice // by depth, what may be launched together
	meter    *work.Meter
	rng      *rand.Rand
	patience int
	depth    int
	tried    map[string]bool // numbers of nodes, with this patience
}

// New returns a search with values of the pods of each class. columns are what nodes may hold: bins without any are not launched.
func New(m *model.Model, values []float64, columns []model.Column, meter *work.Meter) *Search {
	s := &Search{
		values: values, gains: make([]float64, len(m.Bins)), meter: meter, rng: rand.New(rand.NewPCG(5, 11)),
		patience: firstPatience, depth: firstDepth, tried: map[string]bool{},
	}
	for i := range columns {
		j := &columns[i]
		s.gains[j.Bin] = max(s.gains[j.Bin], s.worth(j.Counts))
	}
	s.bins = s.likely(m)
	s.choices = s.chosen(m)
	return s
}

func (s *Search) worth(counts []model.Count) (sum float64) {
	for _, n := range counts {
		sum += float64(float64(n.N) * s.values[n.Class])
	}
	return sum
}

// Improve returns a cheaper solution of m that leaves no more pods, or nil: none was found in about ticks ticks. cuts are what all
// solutions meet. Where it finds one, trader, which may be nil, has moved pods to the classes that they are of there.
func (s *Search) Improve(m *model.Model, from model.Solution, cuts []model.Cut, trader model.Trader, ticks int64) model.Solution {
	for end := s.meter.Spent() + ticks; s.meter.Spent() < end && !s.meter.Done(); {
		p := s.part(m, from, cuts)
		s.meter.Spend(partTicks)
		u := unitsOf(m, p.nodes, trader)
		if u == nil {
			if p.whole() {
				return nil
			}
			continue
		}
		tries := 0
		for _, x := range s.exchanges(p) {
			if s.meter.Spent() >= end || s.meter.Done() || tries == triesOfSome && !p.whole() {
				return nil
			}
			if !s.first(p, &x) {
				continue
			}
			tries++
			if found := s.pack(p, u, &x); found != nil {
				return append(found, p.stay...)
			}
		}
		if p.whole() && s.meter.Spent() < end && !s.lookLonger() {
			return nil
		}
	}
	return nil
}

// lookLonger has what was tried in vain be tried for longer, and reports whether that is possible.
func (s *Search) lookLonger() bool {
	if s.depth == lastDepth && s.patience > lastPatience {
		return false
	}
	s.depth = lastDepth
	s.patience *= 2
	clear(s.tried)
	return true
}

// first reports whether the numbers of nodes after the exchange are tried for the first time, where all nodes are looked at.
func (s *Search) first(p *part, x *exchange) bool {
	if !p.whole() {
		return true
	}
	numbers := make([]int64, len(s.gains))
	for i := range p.nodes {
		numbers[p.nodes[i].Bin]++
	}
	for _, i := range x.out {
		numbers[p.nodes[i].Bin]--
	}
	for _, b := range x.in {
		numbers[b]++
	}
	var name []byte
	for b, n := range numbers {
		if n > 0 {
			name = binary.AppendVarint(binary.AppendVarint(name, int64(b)), n)
		}
	}
	if s.tried[string(name)] {
		return false
	}
	s.tried[string(name)] = true
	return true
}
