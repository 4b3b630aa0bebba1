package solver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// TestEndsWhereNothingCosts has two nodes, whose program is known at once: each further try
// at it takes no pivots, and the search must see the end of its context all the same.
func TestEndsWhereNothingCosts(t *testing.T) {
	p, err := problemfile.Read(strings.NewReader(`{
		"instanceTypes": [
			{"name": "t0", "allocatable": {"cpu": "3", "pods": "2"}, "labels": {"rack": "r1"}, "offerings": [{"zone": "c", "capacityType": "on-demand", "price": 0.1}]},
			{"name": "t1", "allocatable": {"cpu": "3", "pods": "3", "gpu": "1"}, "offerings": [{"zone": "c", "capacityType": "on-demand", "price": 0.55}]},
			{"name": "t2", "allocatable": {"cpu": "3", "memory": "2Gi"}, "offerings": [{"zone": "b", "capacityType": "spot", "price": 0.1}]}],
		"pools": [{"name": "p0"}, {"name": "p1", "weight": 1, "limits": {"memory": "6Gi"}, "instanceTypes": ["t2"]}],
		"pods": [
			{"name": "g1", "requests": {"cpu": "100m", "gpu": "1"}, "count": 2},
			{"name": "g2", "requests": {"cpu": "100m"}, "topologySpreadConstraints": [{"topologyKey": "rack", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}]}]}`))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	plan, err := solver.Solver{Work: -1}.Solve(ctx, p)
	require.NoError(t, err)
	require.Equal(t, 1.1, plan.Cost.USD())
}

// TestBillionsOfSomeKinds has three kinds of a billion pods each, on tens of millions of alike nodes: the
// search takes them out a few at a time, and holds no list of them.
func TestBillionsOfSomeKinds(t *testing.T) {
	p, err := problemfile.Read(strings.NewReader(`{
		"instanceTypes": [
			{"name": "m", "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"}, "offerings": [{"price": 0.192}]},
			{"name": "c", "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}, "offerings": [{"price": 0.17}]}],
		"pods": [
			{"name": "a", "requests": {"cpu": "100m", "memory": "128Mi"}, "count": 1000000000},
			{"name": "b", "requests": {"cpu": "101m", "memory": "500Mi"}, "count": 1000000000},
			{"name": "d", "requests": {"cpu": "330m", "memory": "300Mi"}, "count": 1000000000}]}`))
	require.NoError(t, err)
	plan, err := solver.Solver{Work: 2_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	require.Less(t, plan.Gap(), 0.01)
	require.Less(t, len(plan.Launches), 1000)
}
