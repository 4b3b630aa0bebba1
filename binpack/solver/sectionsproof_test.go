package solver_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// TestSectionsUnderWeights has two kinds of pods with nodes of their own, where one costs
// nothing, in pools of different weight: the bound sees sections, and the judge must too.
func TestSectionsUnderWeights(t *testing.T) {
	p, err := problemfile.Read(strings.NewReader(`{
		"instanceTypes": [
			{"name": "t0", "allocatable": {"cpu": "2", "memory": "1748Mi", "gpu": "1", "pods": "2"}, "labels": {"size": "2"}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 0}]},
			{"name": "t1", "allocatable": {"cpu": "2", "memory": "1748Mi"}, "labels": {"size": "3"}, "offerings": [{"zone": "a", "capacityType": "on-demand", "price": 0.000000004, "limit": 2}]}],
		"pools": [{"name": "p0", "weight": 1}, {"name": "p1", "limits": {"memory": "5Gi", "nodes": "1"}}],
		"pods": [
			{"name": "web", "requests": {"cpu": "1500m", "memory": "1500Mi"}, "nodeSelector": {"size": "3"}},
			{"name": "train", "count": 2, "requests": {"cpu": "500m", "memory": "1500Mi", "gpu": "1"}}]}`))
	require.NoError(t, err)
	plan, err := solver.Solver{Work: 200_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.EqualValues(t, 4, plan.LowerBound)
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
