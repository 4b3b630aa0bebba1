package solver

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
)

// stagesOf returns the stage of each pool: 0 of those with the highest weight, and
// so on; and how many stages there are.
func stagesOf(pools []binpack.Pool) (stages []int, n int) {
	var weights []int32
	for i := range pools {
		weights = append(weights, pools[i].Weight)
	}
	slices.Sort(weights)
	weights = slices.Compact(weights)
	for i := range pools {
		at, _ := slices.BinarySearch(weights, pools[i].Weight)
		stages = append(stages, len(weights)-1-at)
	}
	return stages, len(weights)
}

// ahead returns, for pods that these bins hold, the bins of each pool, the
// cheapest first, pools that are used first before others. nil: all pools have
// one weight. Pools that must leave a choice are not among them where the choice does
// not count: they may be unable to launch.
func (c *compiled) ahead(holds []bool) []model.Ahead {
	if c.model.Stages <= 1 {
		return nil
	}
	ofPool := make([]model.Ahead, len(c.supply.pools))
	for b, is := range holds {
		if pool := c.supply.offers[c.offersIn[b][0]].pool; is && pool != existing && (c.scope.choice || len(c.supply.pools[pool].MinValues) == 0) {
			ofPool[pool].Pool, ofPool[pool].Stage = pool, c.model.Bins[b].Stage
			ofPool[pool].Bins = append(ofPool[pool].Bins, b)
		}
	}
	ofPool = slices.DeleteFunc(ofPool, func(a model.Ahead) bool { return len(a.Bins) == 0 || a.Stage == c.model.Stages-1 })
	for _, a := range ofPool {
		slices.SortStableFunc(a.Bins, func(x, y int) int { return cmp.Compare(c.model.Bins[x].Price, c.model.Bins[y].Price) })
	}
	slices.SortStableFunc(ofPool, func(a, b model.Ahead) int { return cmp.Compare(a.Stage, b.Stage) })
	return ofPool
}

// withoutChoice reports whether the choice that some pool must leave does not count here:
// then limits alone do not tell what a pool can launch.
func (c *compiled) withoutChoice() bool {
	return !c.scope.choice && slices.ContainsFunc(c.supply.pools, func(p binpack.Pool) bool { return len(p.MinValues) > 0 })
}

// lastStage returns the last stage of which the pods may use bins: the first with
// a pool that no limit stops from launching the cheapest bin for them.
func (c *compiled) lastStage(ahead []model.Ahead) int {
	for _, a := range ahead {
		for _, b := range a.Bins {
			if c.model.Bins[b].Price > c.model.Bins[a.Bins[0]].Price {
				break
			}
			if len(c.model.Bins[b].Uses) == 0 {
				return a.Stage
			}
		}
	}
	return c.model.Stages
}
