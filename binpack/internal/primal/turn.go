package primal

import "github.com/stowage/stowage/binpack/internal/work"

// A Step is a part of the search, and about how many ticks a concurrent proof may take.
type Step struct {
	Ticks func() int64 // asked before Do
	Do    func()
}

// Turn returns the steps of the next turn, in order: columns and a dive among them
// first; then the neighbourhood of the incumbent, for as long as that gives something,
// and columns and dives when it does not. Of many sections each has its turn.
func (p *Primal) Turn() []Step {
	part := func(of int64) func() int64 { return func() int64 { return p.meter.Left(work.Default) / of } }
	if !p.turned {
		p.turned, p.apart = true, searchApart(p)
	}
	if p.apart != nil {
		return []Step{{part(10), p.turnApart}}
	}
	if !p.neighbourhood.begun() {
		if (dives{p}).twice() {
			return []Step{{part(10), p.generate}, {part(5), dives{p}.half}, {part(10), p.generate}, {part(10), p.dive}}
		}
		steps := []Step{{part(10), p.generate}, {part(5), p.dive}}
		if p.settler.applies(p) {
			steps = append(steps, Step{part(5), func() { p.settler.improve(p) }})
		}
		return append(steps, p.columns.whole.steps(p)...)
	}
	return append(p.columns.whole.steps(p), Step{func() int64 { return patience }, func() {
		others := &p.columns.others
		if others.soon(p) && others.improve(p, patience) || p.neighbours(patience) || p.around(patience) || p.settler.improve(p) {
			return
		}
		p.generate()
		p.dive()
		if !others.soon(p) {
			others.improve(p, patience)
		}
	}})
}
