package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestPruneKeepsPlans: with the kept bins alone, existing nodes among them, there
// is a plan that leaves as few pods at the same cost as the best with all bins, and
// has no pod in a later stage.
func TestPruneKeepsPlans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{There: true, Stages: true, Levels: true})
		kept := m.Prune()
		worth := func(nodes []modeltest.Node) []int64 {
			late, s := int64(0), modeltest.SolutionOf(nodes)
			for _, n := range nodes {
				if m.Bins[n.Bin].Rank > 0 {
					late += sum(n.On)
				}
			}
			return append(modeltest.LeftBy(m, nodes), s.Cost(m), late)
		}
		of := func(allowed func(modeltest.Node) bool) (best []int64) {
			modeltest.Plans(m, func(nodes []modeltest.Node) bool {
				if w := worth(nodes); !slices.ContainsFunc(nodes, func(n modeltest.Node) bool { return !allowed(n) }) && (best == nil || slices.Compare(w, best) < 0) {
					best = w
				}
				return true
			})
			return best
		}
		all := of(func(modeltest.Node) bool { return true })
		require.Equal(t, all, of(func(n modeltest.Node) bool { return slices.Contains(kept, n.Bin) }))
	})
}

func sum(on []int64) (n int64) {
	for _, k := range on {
		n += k
	}
	return n
}
