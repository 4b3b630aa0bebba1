package launch_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
)

// TestFoldedPlansRunAlike: it makes no difference to a run whether the plan counts alike
// nodes or has a launch for each.
func TestFoldedPlansRunAlike(t *testing.T) {
	for seed := range 20 {
		p := gen.MixRules(uint64(seed), 60, 4)
		plan, err := solver.Solver{Work: 1, Alternatives: seed % 3}.Solve(context.Background(), p)
		require.NoError(t, err)
		var outs []launch.Outcome
		for _, launches := range [][]binpack.Launch{plan.Launches, fold.Unfold(plan.Launches)} {
			market, _ := halfMarket(rand.New(rand.NewPCG(uint64(seed), 2)), p)
			run := runner(market)
			run.Solver.Work = 1
			run.Fallbacks = []launch.Fallback{launch.Alternatives{}, launch.Replan{Solver: run.Solver}}
			run.Batch = 1 + seed%7
			again := plan
			again.Launches = launches
			out, err := run.Run(context.Background(), p, again)
			require.NoError(t, err)
			accounted(t, p, again, out)
			outs = append(outs, out)
		}
		require.Equal(t, outs[0].Planned, outs[1].Planned)
		require.Equal(t, outs[0].Rounds, outs[1].Rounds, "seed %d", seed)
		require.Equal(t, outs[0].Cost, outs[1].Cost, "seed %d", seed)
		require.Len(t, outs[1].Attempts, len(outs[0].Attempts))
		for i, a := range outs[0].Attempts {
			require.Equal(t, a.Request.Token, outs[1].Attempts[i].Request.Token)
			require.Equal(t, a.Request.Offering(), outs[1].Attempts[i].Request.Offering())
			require.Equal(t, a.Request.Nodes(), outs[1].Attempts[i].Request.Nodes())
		}
		require.Equal(t, outs[0].Launched, outs[1].Launched)
	}
}

// TestRunOfBillions: a run takes time for what it asks for, not for what it leaves.
func TestRunOfBillions(t *testing.T) {
	r := runner(&launchtest.Market{})
	r.Attempts = 3
	plan, out := ran(t, r, shop(1_000_000_000))
	require.Len(t, plan.Launches, 1)
	require.Equal(t, launch.AttemptsUsed, out.Ended)
	require.Len(t, out.Launched, 3*launch.DefaultBatch)
	require.Equal(t, 1_000_000_000-4*len(out.Launched), out.Unplaced[0].Count)
	require.Len(t, out.Plan().Launches, 1)
	require.Equal(t, len(out.Launched), out.Plan().Launches[0].Count)
}

// counted is a fallback that proposes one launch, of more nodes than there are pods for.
type counted struct{ binpack.Launch }

func (f counted) Propose(_ context.Context, rest binpack.Problem, _ []launch.Failed) (launch.Proposal, error) {
	l := f.Launch
	l.Pods = []binpack.Placement{{Pod: rest.Workloads[0].Pod, Count: 2}}
	return launch.Proposal{Launches: []binpack.Launch{l, {Count: math.MaxInt, Offering: l.Offering}}}, nil
}

// TestProposalsAreCut: of a launch of many nodes as many are accepted as there are pods
// for, as are available, and as are not too dear.
func TestProposalsAreCut(t *testing.T) {
	instead := binpack.Launch{Count: math.MaxInt, Offering: od("m5.xlarge", "a")}
	for name, tt := range map[string]struct {
		most  launch.Counts
		extra float64
		want  int
		ended launch.Ending
	}{
		"pods":      {nil, 0, 10, launch.AllPlaced},
		"available": {launch.Counts{instead.Offering: 6}, 0, 6, launch.NothingLeft},
		"cost":      {nil, 1, 4, launch.NothingLeft}, // 5 nodes were planned for 0.05 each, and these cost 0.11
	} {
		p := shop(20)
		plan, err := solver.Solve(context.Background(), p)
		require.NoError(t, err)
		p.Availability = tt.most
		r := runner(&launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}})
		r.Fallbacks, r.ExtraCost = []launch.Fallback{counted{instead}}, tt.extra
		out, err := r.Run(context.Background(), p, plan)
		require.NoError(t, err)
		accounted(t, p, plan, out)
		require.Equal(t, tt.ended, out.Ended, name)
		require.Len(t, out.Launched, tt.want, name)
	}
}

// TestNominationsOnQueuedNodes: a node of a queued launch that gets more pods is a launch
// of its own.
func TestNominationsOnQueuedNodes(t *testing.T) {
	p := shop(14)
	web := p.Workloads[0].Pod
	r := runner(&launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}})
	first, second := od("m5.xlarge", "a"), od("m5.xlarge", "b")
	calls := 0
	r.Fallbacks = []launch.Fallback{
		proposer(func(binpack.Problem) launch.Proposal {
			pods := []binpack.Placement{{Pod: web, Count: 3}}
			return launch.Proposal{Launches: []binpack.Launch{{Count: 2, Offering: first, Pods: pods}, {Count: 2, Offering: second, Pods: pods}}}
		}),
		proposer(func(rest binpack.Problem) launch.Proposal {
			if calls++; calls > 1 {
				return launch.Proposal{}
			}
			one := []binpack.Placement{{Pod: web, Count: 1}}
			return launch.Proposal{Nominations: []binpack.Nomination{{Node: rest.Existing[1].Node, Pods: one}, {Node: rest.Existing[2].Node, Pods: one}}}
		}),
	}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	out, err := r.Run(context.Background(), p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	require.Equal(t, launch.AllPlaced, out.Ended)
	var got []int
	for _, l := range out.Launched {
		n := 0
		for _, on := range l.Launch.Pods {
			n += on.Count
		}
		got = append(got, n)
	}
	require.Equal(t, []int{3, 4, 4, 3}, got)
}

// proposer is a function as a Fallback.
type proposer func(rest binpack.Problem) launch.Proposal

func (f proposer) Propose(_ context.Context, rest binpack.Problem, _ []launch.Failed) (launch.Proposal, error) {
	return f(rest), nil
}
