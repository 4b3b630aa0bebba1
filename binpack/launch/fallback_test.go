package launch_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

func TestFallbacks(t *testing.T) {
	noSpot := []launchtest.MarketEntry{{CapacityType: catalog.Spot}}
	for name, tt := range map[string]struct {
		market    []launchtest.MarketEntry
		fallbacks []launch.Fallback
		ended     launch.Ending
		attempts  int
		launched  catalog.Key
		again     time.Duration
	}{
		"alternatives":           {noSpot[:0:0], []launch.Fallback{launch.Alternatives{}}, launch.AllPlaced, 1, spot("c5.xlarge", "a"), 0},
		"alternatives as stated": {[]launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}, []launch.Fallback{launch.Alternatives{}}, launch.AllPlaced, 3, spot("m5.xlarge", "a"), 0},
		"spot to on-demand":      {noSpot, []launch.Fallback{launch.SpotToOnDemand{After: 2}, launch.Replan{}}, launch.AllPlaced, 3, od("c5.xlarge", "a"), 0},
		"at once":                {noSpot, []launch.Fallback{launch.SpotToOnDemand{}}, launch.AllPlaced, 2, od("c5.xlarge", "a"), 0},
		"replan":                 {noSpot, []launch.Fallback{launch.Replan{}}, launch.AllPlaced, 9, od("c5.xlarge", "a"), 0},
		"wait":                   {noSpot, []launch.Fallback{launch.Wait{For: time.Minute}}, launch.NothingLeft, 1, catalog.Key{}, time.Minute},
		"wait for the pause":     {noSpot, []launch.Fallback{launch.Wait{For: time.Hour}}, launch.NothingLeft, 1, catalog.Key{}, 3 * time.Minute},
		"none":                   {noSpot, []launch.Fallback{}, launch.NothingLeft, 1, catalog.Key{}, 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			r := runner(&launchtest.Market{Offerings: tt.market})
			r.Fallbacks = tt.fallbacks
			_, out := ran(t, r, shop(4))
			require.Equal(t, tt.ended, out.Ended)
			require.Len(t, out.Attempts, tt.attempts)
			require.Equal(t, tt.again, out.RetryAfter)
			if tt.launched != (catalog.Key{}) {
				require.Equal(t, tt.launched, out.Launched[0].Launch.Offering)
			}
		})
	}
}

// TestOtherPool: pods go to a pool of less weight although the first could still
// launch something dear.
func TestOtherPool(t *testing.T) {
	in := func(types ...string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: types}}
	}
	p := shop(4)
	p.Pools = []binpack.Pool{{Name: "first", Weight: 10, Requirements: in("c5.xlarge", "g5.xlarge")}, {Name: "second", Requirements: in("m5.xlarge")}}
	r := runner(&launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}})
	r.Fallbacks = []launch.Fallback{launch.OtherPool{Names: []string{"second"}}}
	_, out := ran(t, r, p)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Equal(t, "second", out.Launched[0].Launch.Pool)
	require.Len(t, out.Attempts, 2)

	r.Launcher = &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}}
	r.Fallbacks, r.Unavailable = nil, nil
	_, out = ran(t, r, p)
	require.Equal(t, "first", out.Launched[0].Launch.Pool)
}

// TestHeavyPoolsFirst: what is planned for a pool of less weight is asked for once it
// is known what the others cannot launch.
func TestHeavyPoolsFirst(t *testing.T) {
	p := shop(8)
	p.Pools = []binpack.Pool{
		{Name: "first", Weight: 10, Limits: list("cpu", "4")},
		{Name: "second"},
	}
	market := &launchtest.Market{Offerings: []launchtest.MarketEntry{{CapacityType: catalog.Spot, InstanceType: "c5.xlarge"}}}
	_, out := ran(t, runner(market), p)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.NoError(t, verify.Plan(context.Background(), func() binpack.Problem {
		p.Availability = launch.Without{{InstanceType: "c5.xlarge", CapacityType: catalog.Spot}}
		return p
	}(), out.Plan()))
	require.Equal(t, "first", out.Attempts[0].Request.Launches[0].Pool)
	for _, a := range out.Attempts[:2] {
		require.NotEqual(t, "second", a.Request.Launches[0].Pool, "not before the first is done")
	}
}

// TestRunsOnNodesThatAreUp: nominations of the plan are in the outcome, and count.
func TestRunsOnNodesThatAreUp(t *testing.T) {
	p := shop(6)
	node := &corev1.Node{}
	node.Name = "up"
	node.Status.Allocatable = list("cpu", "3", "memory", "8Gi", "pods", "10")
	p.Existing = []binpack.ExistingNode{{Node: node}}
	_, out := ran(t, runner(&launchtest.Market{}), p)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Len(t, out.Nominations, 1)
	require.Equal(t, node, out.Nominations[0].Node)
	plan := out.Plan()
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	_, err := solver.Solve(context.Background(), p.After(plan))
	require.NoError(t, err)
}
