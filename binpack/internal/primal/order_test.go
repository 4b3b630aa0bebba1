package primal

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// twoStages is a model of pods that may be on nodes of either of two pools: the
// first may take so much of a limit. Nodes of one and of two pods come at these prices.
func twoStages(limit int64, pods int64) *model.Model {
	bin := func(price, room int64, stage int, uses ...model.Use) model.Bin {
		return model.Bin{Price: price, Capacity: []int64{room}, Admits: model.ClassesWhere(true), Rank: stage, Uses: uses}
	}
	return &model.Model{Resources: 1, Ranks: 2, Caps: []int64{limit},
		Classes: []model.Class{{Count: pods, Requests: []int64{1}, Preferred: []model.PreferredPool{{Bins: []int{0, 1}}}}},
		Bins: []model.Bin{
			bin(10, 1, 0, model.Use{Amount: 2}), bin(15, 2, 0, model.Use{Amount: 3}),
			bin(10, 1, 1), bin(15, 2, 1)}}
}

func TestInOrder(t *testing.T) {
	on := func(bin int, times, pods int64) model.Column {
		return model.Column{Bin: bin, Times: times, Counts: []model.Count{{N: pods}}}
	}
	for name, c := range map[string]struct {
		limit, cost int64
		s, want     model.Solution
	}{
		"nothing is left of the limit":           {3, 45, model.Solution{on(1, 1, 2), on(3, 2, 2)}, model.Solution{on(1, 1, 2), on(3, 2, 2)}},
		"launches go to the first pool":          {6, 45, model.Solution{on(3, 3, 2)}, model.Solution{on(1, 2, 2), on(3, 1, 2)}},
		"the dearest first":                      {5, 40, model.Solution{on(3, 2, 2), on(2, 1, 1)}, model.Solution{on(0, 1, 1), on(1, 1, 2), on(3, 1, 2)}},
		"another node uses up the limit":         {4, 30, model.Solution{on(0, 1, 1), on(3, 1, 2)}, model.Solution{on(1, 1, 1), on(3, 1, 2)}},
		"one launch more uses up what there was": {8, 70, model.Solution{on(3, 4, 2)}, model.Solution{on(0, 1, 1), on(1, 1, 2), on(1, 1, 1), on(3, 2, 2)}},
	} {
		pods := int64(0)
		for _, j := range c.s {
			pods += j.Times * j.Counts[0].N
		}
		m := twoStages(c.limit, pods)
		p := &space{model: m, bins: []int{0, 1, 2, 3}, meter: work.NewMeter(context.Background(), -1)}
		got := p.usedUp(p.promoted(c.s)).Normal()
		require.NoError(t, got.Check(m), name)
		require.False(t, got.OutOfOrder(m), name)
		require.Equal(t, []int64{0}, got.Left(m), name)
		require.Equal(t, c.cost, got.Cost(m), name)
		require.Equal(t, c.want.Normal(), got, name)
	}
}
