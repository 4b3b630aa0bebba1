package primal

import (
	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// neighbourhood is the search around an incumbent.
type neighbourhood struct {
	search *search.State // nil: not begun
	begins uint64        // searches that were begun
	trader *cells.Trader // of the search; nil: no pod could be in another cell
}

func (n *neighbourhood) begun() bool { return n.search != nil }

// patience is how many ticks the search around an incumbent may go without a
// better one: about a tenth of a second.
const patience = 5_000_000

// idleTicks is what a turn without a search counts as, so that the turns come to an end.
const idleTicks = 100_000

// searchAnew begins the search from the incumbent. Pods may go to other cells on the
// way. Every other search packs with caps priced, where that differs.
func (p *Primal) searchAnew() {
	n := &p.neighbourhood
	n.trader = nil
	var trader model.Trader
	if p.without.Uses(technique.CellTrade) {
		if n.trader = p.space.split.Trader(); n.trader != nil {
			trader = n.trader
		}
	}
	price := p.space.costs.at(0)
	if n.begins%2 == 0 && p.space.costs.count() > 1 {
		price = p.space.costs.at(1)
	}
	values := packingValues(p.space.model, p.space.values, p.columns.duals)
	n.search = search.New(p.space.model, p.space.bins, p.incumbent, values, price, trader, n.begins, p.meter)
	n.begins++
	if !p.without.Uses(technique.Draining) {
		n.search.NeverDrain()
	}
}

// neighbours searches around the incumbent until it finds a better one, for about
// ticks ticks at most, and reports whether it did.
func (p *Primal) neighbours(ticks int64) bool {
	if !p.without.Uses(technique.Neighbourhoods) {
		p.meter.Spend(idleTicks)
		return false
	}
	n := &p.neighbourhood
	if !n.search.Improve(ticks) {
		return false
	}
	s := n.search.Solution()
	if n.trader == nil {
		p.keep(s)
		return true
	}
	if !keepTraded(p, n.trader, s) {
		p.searchAnew()
	}
	return true
}

// keepTraded makes s the incumbent, with pods in the cells where a trader has moved them, where it is better. It reports whether it is.
func keepTraded(p *Primal, trader *cells.Trader, s model.Solution) bool {
	before := p.space
	p.space = before.under(trader.Split())
	if p.keep(s) {
		return true
	}
	p.space = before
	return false
}
