package primal

import (
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/tabu"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// firstOthers is what the first look for other nodes may take in vain, in ticks, but no more than 1/othersDivisor of the work that is
	// left. Each one after it takes twice as much.
	firstOthers, othersDivisor = 4_000_000, 4
	// mostVain bounds how often that is doubled.
	mostVain = 10
)

// others looks for other nodes that hold the same pods.
type others struct {
	search *tabu.Search // nil: none yet
	vain   int          // looks that found nothing
}

// Hear tells of cuts that the proof knows: nodes that do not meet them are not tried.
func (p *Primal) Hear(cuts []model.Cut) { p.cuts = cuts }

// soon reports whether to look for other nodes before the neighbourhood is searched: where rules or many classes make that slow.
func (o *others) soon(p *Primal) bool { return ruled(p.unsplit) || p.space.wide() }

// improve looks for other nodes that cost less than some of the incumbent and hold their pods, for about ticks ticks at
// most, and reports whether it found some.
func (o *others) improve(p *Primal, ticks int64) bool {
	c := &p.columns
	if c.generator == nil || c.duals == nil || !p.without.Uses(technique.OtherNodes) {
		return false
	}
	if o.search == nil {
		o.search = tabu.New(p.space.model, c.duals, c.generator.Columns, p.meter)
	}
	better := false
	ticks = min(ticks, min(firstOthers, p.meter.Left(work.Default)/othersDivisor)<<min(o.vain, mostVain))
	for end := p.meter.Spent() + ticks; p.meter.Spent() < end && o.exchange(p, end-p.meter.Spent()); {
		better = true
	}
	if better {
		p.searchAnew()
	} else {
		o.vain++
	}
	return better
}

// exchange exchanges nodes of the incumbent for others, and reports whether it found some.
func (o *others) exchange(p *Primal, ticks int64) bool {
	var trader model.Trader
	moved := p.space.split.Trader()
	if moved != nil && p.without.Uses(technique.CellTrade) {
		trader = moved
	}
	s := o.search.Improve(p.space.model, p.incumbent, p.cuts, trader, ticks)
	switch {
	case s == nil:
		return false
	case moved == nil:
		return p.keep(s.Normal())
	}
	return keepTraded(p, moved, s.Normal())
}
