package compile

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// ranksOf returns the rank of each pool: 0 of those with the highest weight, and
// so on; and how many ranks there are.
func ranksOf(pools []binpack.Pool) (ranks []int, n int) {
	var weights []int32
	for i := range pools {
		weights = append(weights, pools[i].Weight)
	}
	slices.Sort(weights)
	weights = slices.Compact(weights)
	for i := range pools {
		at, _ := slices.BinarySearch(weights, pools[i].Weight)
		ranks = append(ranks, len(weights)-1-at)
	}
	return ranks, len(weights)
}

// preferred returns, for pods that these bins hold, the bins of each pool, the
// cheapest first, pools that are used first before others. nil: all pools have
// one weight. Pools that must leave a choice are not among them where the choice does
// not count: they may be unable to launch.
func (a *admitter) preferred(holds []int) []model.PreferredPool {
	if a.bins.ranks <= 1 {
		return nil
	}
	ofPool := make([]model.PreferredPool, len(a.supply.Pools))
	for _, b := range holds {
		if pool := a.first(b).Pool; pool != supply.ExistingPool && (a.options.Choice || len(a.supply.Pools[pool].MinValues) == 0) {
			ofPool[pool].Pool, ofPool[pool].Rank = pool, a.bins.list[b].Rank
			ofPool[pool].Bins = append(ofPool[pool].Bins, b)
		}
	}
	ofPool = slices.DeleteFunc(ofPool, func(p model.PreferredPool) bool { return len(p.Bins) == 0 || p.Rank == a.bins.ranks-1 })
	for _, p := range ofPool {
		slices.SortStableFunc(p.Bins, func(x, y int) int { return cmp.Compare(a.bins.list[x].Price, a.bins.list[y].Price) })
	}
	slices.SortStableFunc(ofPool, func(x, y model.PreferredPool) int { return cmp.Compare(x.Rank, y.Rank) })
	return ofPool
}

// withoutChoice reports whether the choice that some pool must leave does not count here:
// then limits alone do not tell what a pool can launch.
func (a *admitter) withoutChoice() bool {
	return !a.options.Choice && slices.ContainsFunc(a.supply.Pools, func(p binpack.Pool) bool { return len(p.MinValues) > 0 })
}

// lastRank returns the last rank whose bins the pods may use: the first with a pool
// that no limit stops from launching the cheapest bin for them.
func (a *admitter) lastRank(preferred []model.PreferredPool) int {
	for _, p := range preferred {
		for _, b := range p.Bins {
			if a.bins.list[b].Price > a.bins.list[p.Bins[0]].Price {
				break
			}
			if len(a.bins.list[b].Uses) == 0 {
				return p.Rank
			}
		}
	}
	return a.bins.ranks
}
