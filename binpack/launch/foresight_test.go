package launch_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// oneByOne is a fallback that plans only the node that failed, by itself: what
// autoscalers do that do not plan the rest again.
type oneByOne struct{ solver solver.Solver }

func (f oneByOne) Propose(ctx context.Context, rest binpack.Problem, failed []launch.Failed) (launch.Proposal, error) {
	var out launch.Proposal
	for _, l := range failed {
		one := rest
		one.Pods, one.Workloads, one.Existing = nil, nil, nil
		for _, on := range l.Launch.Pods {
			one.Workloads = append(one.Workloads, binpack.Workload{Pod: on.Pod, Replicas: on.Count})
		}
		plan, err := f.solver.Solve(ctx, one)
		if err != nil {
			return launch.Proposal{}, err
		}
		out.Launches = append(out.Launches, plan.Launches...)
	}
	return out, nil
}

// halfMarket is a market in which half of the offerings are gone, some of them after
// a few launches.
func halfMarket(r *rand.Rand, p binpack.Problem) (*launchtest.Market, launch.Counts) {
	m, counts := &launchtest.Market{}, launch.Counts{}
	for k := range p.Catalog.Offerings() {
		if r.IntN(2) == 0 {
			counts[k] = max(0, r.IntN(10)-6)
			m.Offerings = append(m.Offerings, launchtest.MarketEntry{InstanceType: k.InstanceType, Zone: k.Zone, CapacityType: k.CapacityType, Left: counts[k]})
		}
	}
	return m, counts
}

// A foresight compares runs with plans of one who knew the market.
type foresight struct {
	ratios           []float64
	rounds, attempts int
	left             int
}

func (f *foresight) add(out launch.Outcome, known binpack.Plan) {
	f.ratios = append(f.ratios, float64(out.Cost)/float64(known.Cost))
	f.rounds += out.Rounds
	f.attempts += len(out.Attempts)
	for _, u := range out.Unplaced {
		f.left += u.Count
	}
}

// through runs a problem through a market, and adds it to both comparisons.
func through(t testing.TB, seed int, replan, single *foresight) {
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	p := gen.Mix(uint64(seed), 100, 20)
	solver := solver.Solver{Work: 1_000_000}
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	market, counts := halfMarket(r, p)
	knowing := p
	knowing.Availability = counts
	known, err := solver.Solve(context.Background(), knowing)
	require.NoError(t, err)
	if len(known.Unschedulable) > 0 {
		return
	}
	run := runner(market)
	run.Solver = solver
	out, err := run.Run(context.Background(), p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	require.NoError(t, verify.Plan(context.Background(), knowing, out.Plan()))
	replan.add(out, known)

	again, _ := halfMarket(rand.New(rand.NewPCG(uint64(seed), 2)), p)
	run = runner(again)
	run.Fallbacks = []launch.Fallback{oneByOne{solver}}
	run.Unavailable = &launch.UnavailableOfferings{Clock: run.Clock, Most: 3 * time.Minute}
	out, err = run.Run(context.Background(), p, plan)
	require.NoError(t, err)
	single.add(out, known)
}

// TestForesight: without knowing the market a run costs little more than with it.
func TestForesight(t *testing.T) {
	var replan, single foresight
	for seed := range 6 {
		through(t, seed, &replan, &single)
	}
	require.Zero(t, replan.left)
	require.LessOrEqual(t, slices.Max(replan.ratios), 1.10)
}

// BenchmarkForesight measures 200 markets: what a run costs over the plan of one who
// knows the market, and beside it what it costs where only the node that failed is
// planned again.
func BenchmarkForesight(b *testing.B) {
	for range b.N {
		var replan, single foresight
		for seed := range 200 {
			through(b, seed, &replan, &single)
		}
		for name, f := range map[string]foresight{"replan": replan, "one-by-one": single} {
			slices.Sort(f.ratios)
			n := len(f.ratios)
			b.ReportMetric(f.ratios[n/2], name+"-median-cost-ratio")
			b.ReportMetric(f.ratios[n-1], name+"-worst-cost-ratio")
			b.ReportMetric(float64(f.rounds)/float64(n), name+"-rounds")
			b.ReportMetric(float64(f.attempts)/float64(n), name+"-requests")
			b.ReportMetric(float64(f.left), name+"-pods-left")
		}
	}
}

// BenchmarkReplan measures what it takes to plan again when half of the market is
// gone, beside what the same takes without the plan before.
func BenchmarkReplan(b *testing.B) {
	p := gen.Mix(1, 1000, 40)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(b, err)
	_, counts := halfMarket(rand.New(rand.NewPCG(1, 2)), p)
	var done binpack.Plan
	var failed []launch.Failed
	launched := launch.Counts{}
	for _, l := range fold.Unfold(plan.Launches) {
		if left, counted := counts[l.Offering]; counted && launched[l.Offering] >= left {
			failed = append(failed, launch.Failed{Launch: l, Tries: 1})
			continue
		}
		launched[l.Offering]++
		done.Launches = append(done.Launches, l)
	}
	require.NotEmpty(b, failed)
	rest := p.After(done)
	rest.Availability = launch.All(rest.Availability, counts)
	var again, cold time.Duration
	var cost, coldCost float64
	for range b.N {
		began := time.Now()
		proposal, err := launch.Replan{}.Propose(context.Background(), rest, failed)
		require.NoError(b, err)
		again += time.Since(began)
		began = time.Now()
		plan, err := solver.Solve(context.Background(), rest)
		require.NoError(b, err)
		cold += time.Since(began)
		cost, coldCost = 0, float64(plan.Cost)
		for _, l := range proposal.Launches {
			cost += float64(l.Price) * float64(l.Nodes())
		}
	}
	b.ReportMetric(float64(again)/float64(cold), "time-ratio")
	b.ReportMetric(cost/coldCost, "cost-ratio")
	b.ReportMetric(float64(len(failed)), "launches-failed")
}

// BenchmarkChaos is how long one simulated market takes, with a Launcher that
// misbehaves.
func BenchmarkChaos(b *testing.B) {
	for seed := range b.N {
		r := rand.New(rand.NewPCG(uint64(seed), 8))
		p := gen.MixRules(uint64(seed), 5+r.IntN(20), 1+r.IntN(5))
		plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
		require.NoError(b, err)
		run := runner(newChaotic(r, p))
		run.Solver.Work = 1
		out, err := run.Run(context.Background(), p, plan)
		require.NoError(b, err)
		accounted(b, p, plan, out)
	}
}
