package lp

import (
	"cmp"
	"slices"
)

// maxCandidates is the most columns that are remembered as paying.
const maxCandidates = 48

// entering returns the column to enter the basis and its reduced cost, or -1.
// Only now and then it looks at all columns: those that paid most then are
// looked at first, until none of them pays (Maros, Computational Techniques of
// the Simplex Method, 2003, chapter 9).
func (p *Master) entering() (int, float64) {
	if p.stalled > stallLimit {
		for j := range p.columns {
			if d := p.reduced(j); d < 0 {
				return j, d
			}
		}
		return -1, 0
	}
	if j, d := p.candidate(); j >= 0 {
		return j, d
	}
	paying := make([]candidate, 0, maxCandidates) // those that pay most, in order
	for j := range p.columns {
		d := p.reduced(j)
		full := len(paying) == maxCandidates
		if d < 0 && (!full || d < paying[maxCandidates-1].d) {
			if full {
				paying = paying[:maxCandidates-1]
			}
			at, _ := slices.BinarySearchFunc(paying, candidate{j, d}, compare)
			paying = slices.Insert(paying, at, candidate{j, d})
		}
	}
	p.candidates = p.candidates[:0]
	for _, c := range paying {
		p.candidates = append(p.candidates, c.j)
	}
	if len(paying) == 0 {
		return -1, 0
	}
	return paying[0].j, paying[0].d
}

type candidate struct {
	j int
	d float64 // reduced cost
}

// compare orders the columns that pay most first, of equal ones those that were added first.
func compare(x, y candidate) int { return cmp.Or(cmp.Compare(x.d, y.d), cmp.Compare(x.j, y.j)) }

// candidate returns the best of the candidates that still pay, or -1, and
// forgets the others.
func (p *Master) candidate() (int, float64) {
	best, least := -1, 0.0
	p.candidates = slices.DeleteFunc(p.candidates, func(j int) bool {
		d := p.reduced(j)
		if d < least {
			best, least = j, d
		}
		return d >= 0
	})
	return best, least
}

// reduced returns the reduced cost of a column where it pays to enter, else 0.
func (p *Master) reduced(j int) float64 {
	if p.basic[j] || p.banned[j] {
		return 0
	}
	c := &p.columns[j]
	d, size := c.cost, c.cost
	for _, e := range c.entries {
		d -= float64(p.pi[e.Row] * e.Value)
	}
	if size == 0 {
		size = 1
	}
	if d >= -float64(dualTol*size) {
		return 0
	}
	return d
}
