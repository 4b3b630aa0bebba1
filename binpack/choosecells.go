package binpack

import (
	"github.com/stowage/stowage/binpack/internal/cells"
)

// cellTicks bounds the search around the first plan of each way to choose cells.
const cellTicks = 3_000_000

// chooseCells chooses cells for the pods in other ways too, searches around each
// first plan for a while, and goes on with the best. The way of the first plan
// comes first, so that it is kept where none is better.
func (r *run) chooseCells() {
	if !r.split.Splits() || !r.uses(cellChoice) {
		return
	}
	whole := r.compiled.model
	r.searchBriefly()
	for way := 1; way < cells.Ways && !r.meter.Done(); way++ {
		before := *r
		r.way = way
		r.divide(cells.Another(whole, nil, way))
		r.best = r.settled(r.first()).Normal()
		sound := r.best.Check(r.model) == nil && !r.best.Jumps(r.model)
		if sound {
			r.searchBriefly()
		}
		if !sound || !better(whole, r.split.Whole(r.best), before.split.Whole(before.best)) {
			*r = before
		}
	}
	r.search = nil
}

// searchBriefly searches around the incumbent.
func (r *run) searchBriefly() {
	r.searchAnew()
	for end := r.meter.Spent() + cellTicks; r.meter.Spent() < end && r.neighbours(end-r.meter.Spent()); {
	}
}
