package primal

import (
	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/settling"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// settlingDivisor: the search for where pods settle may take 1/settlingDivisor of the work.
const settlingDivisor = 2

// A settler looks for where pods settle.
type settler struct {
	search *settling.Search // nil: none
	asked  bool
}

// applies reports whether there is anything to look for.
func (s *settler) applies(p *Primal) bool {
	if p.asked != p.unsplit || !p.without.Uses(technique.Settling) {
		return false
	}
	if !s.asked {
		s.asked, s.search = true, settling.New(p.unsplit, p.meter)
	}
	return s.search != nil && !s.search.Done()
}

// improve looks for a solution with pods in other domains, and reports whether it found one.
func (s *settler) improve(p *Primal) bool {
	end, better := p.meter.Spent()+p.meter.Left(work.Default)/settlingDivisor, false
	for s.applies(p) && p.meter.Spent() < end && !p.meter.Interrupted() && !p.meter.Done() {
		found := s.search.Improve(p.Unsplit(), end-p.meter.Spent())
		if found == nil || !s.adopt(p, found) {
			break
		}
		better = true
	}
	return better
}

// Adopt makes a solution of the unsplit model that may break rules the incumbent, if it breaks none and is better.
func (p *Primal) Adopt(found model.Solution) {
	if p.asked != p.unsplit || p.apart != nil || found == nil || found.Check(p.unsplit) != nil {
		return
	}
	if rule, _ := found.Broken(p.unsplit); rule < 0 {
		p.settler.adopt(p, found)
	}
}

// adopt makes a solution of the unsplit model the incumbent, if it is better.
func (s *settler) adopt(p *Primal, found model.Solution) bool {
	split := cells.Holding(p.unsplit, found)
	if split == nil || !found.Better(p.unsplit, p.Unsplit()) {
		return false
	}
	before, incumbent, columns := p.space, p.incumbent, p.columns
	p.divide(split)
	p.incumbent = nil
	if !p.keep(split.Hold(found)) {
		p.space, p.incumbent, p.columns = before, incumbent, columns
		return false
	}
	p.generate()
	p.dive()
	return true
}
