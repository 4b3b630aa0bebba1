package primal

import (
	"github.com/stowage/stowage/binpack/internal/integral"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// wholeDivisor: the search for whole numbers of nodes may take 1/wholeDivisor of the work
// that is left at a time.
const wholeDivisor = 2

// wholes is the search for whole numbers of nodes, where the problem is small.
type wholes struct {
	search *integral.Search // nil: none
	of     *model.Model     // that it was asked for; nil: none yet
}

// apply reports whether p is small and without rules.
func (w *wholes) apply(p *Primal) bool {
	return p.without.Uses(technique.WholeNodes) && integral.Small(p.space.model, p.space.bins)
}

// steps returns the steps for whole numbers of nodes: one, where p is small and something is left to look at.
func (w *wholes) steps(p *Primal) []Step {
	if !w.apply(p) || w.of == p.space.model && (w.search == nil || w.search.Done()) {
		return nil
	}
	return []Step{{func() int64 { return p.meter.Left(work.Default) / wholeDivisor }, func() { w.improve(p) }}}
}

// improve looks for better solutions of p. It goes on where it was when the model has not changed since.
func (w *wholes) improve(p *Primal) {
	m := p.space.model
	if !w.apply(p) || p.meter.Interrupted() || !model.NoneLeft(p.incumbent.Left(m)) {
		return
	}
	end := p.meter.Spent() + p.columnTicks()/wholeDivisor
	if w.of != m {
		w.of, w.search = m, nil
		if x := p.columns.relaxed; x != nil {
			w.search = integral.New(m, p.space.bins, x.Duals, p.Cost(), p.meter)
		}
	}
	if w.search == nil {
		return
	}
	better := false
	for !w.search.Done() && p.meter.Spent() < end && !p.meter.Done() {
		if s := w.search.Improve(p.Cost(), end-p.meter.Spent()); s != nil && p.keep(s) {
			better = true
		}
	}
	if better {
		p.searchAnew()
	}
}
