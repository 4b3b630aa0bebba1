package primal

import (
	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A space is the model that is solved: the unsplit one, without rules over domains, as a
// split divides it; and what is known of it.
type space struct {
	split   *cells.Split
	model   *model.Model // of the split
	bins    []int        // those worth launching
	worth   *relax.Worth // of the unsplit model
	values  []float64    // per class, the worth of one pod
	costs   costs        // what packing takes for the price of each bin
	meter   *work.Meter
	without technique.Set
}

// newSpace returns the space of a split of the unsplit model, whose bins worth launching
// are pruned.
func newSpace(split *cells.Split, unsplit *model.Model, pruned []int, worth *relax.Worth, meter *work.Meter, without technique.Set) *space {
	p := &space{split: split, model: split.Model, bins: pruned, meter: meter, without: without}
	if p.model != unsplit {
		p.bins = p.model.Prune()
	}
	p.worth = worth
	p.values = split.Values(worth.Pods)
	p.costs = packingCosts(p.model, worth.Caps, without)
	return p
}

// under returns the space with pods in other cells: those of a split that trade made.
func (p *space) under(split *cells.Split) *space {
	out := *p
	out.split, out.model = split, split.Model
	return &out
}
