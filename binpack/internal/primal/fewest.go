package primal

import (
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
)

// Fewest returns the incumbent as a solution of the unsplit model, on as few nodes as are
// found at the same cost: the pods of two nodes on one, where that costs what the two
// do. A scheduler that places the pods by itself strands fewer on few large nodes than
// on many small ones. Once the context has ended it looks for none.
func (p *Primal) Fewest() model.Solution {
	s := p.Unsplit()
	if p.meter.Interrupted() {
		return s
	}
	m := p.space.model
	all := make([]int, len(m.Bins))
	for b := range all {
		all[b] = b
	}
	section, _ := tied(m, all)
	joined := search.Join(m, p.incumbent, section)
	if len(joined) == 0 || joined.OutOfOrder(m) || joined.Check(m) != nil {
		return s
	}
	out := p.space.split.Unsplit(joined)
	if rule, _ := out.Broken(p.unsplit); rule >= 0 {
		return s
	}
	return out
}
