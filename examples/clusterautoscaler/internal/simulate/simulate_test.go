package simulate_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/simulate"
)

func problem(t *testing.T, name string) binpack.Problem {
	f, err := os.Open("../../../../binpack/testdata/problems/" + name + ".json")
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

// quick is a chooser for tests: it decides by little work.
var quick = choose.Chooser{Work: 200_000, Steps: 8_000, Width: 6}

// neverDearer runs the loop with the chooser and with each baseline, lets verify.Plan
// judge all of them, and holds the chooser's cost against theirs.
func neverDearer(t require.TestingT, p binpack.Problem, l simulate.Loop) simulate.Result {
	ctx := context.Background()
	w, err := simulate.NewWorld(p)
	require.NoError(t, err)
	run := func(e simulate.Expander) simulate.Result {
		r, err := l.Run(ctx, w, e)
		require.NoError(t, err)
		require.NoError(t, verify.Plan(ctx, w.Problem, r.Plan))
		return r
	}
	ours := run(simulate.ByPlan(quick))
	for i, policy := range []choose.Policy{choose.LeastWaste, choose.Price, choose.MostPods} {
		r := run(simulate.Of(policy))
		require.LessOrEqual(t, ours.Left, r.Left, "policy %d", i)
		if ours.Left == r.Left {
			require.LessOrEqual(t, ours.Cost, r.Cost, "policy %d", i)
		}
	}
	run(simulate.Random(1))
	return ours
}

func TestNeverDearerThanTheBaselines(t *testing.T) {
	for _, name := range []string{"c5m5r5-mix-100", "constraints-antiaffinity-100", "constraints-zonespread-100", "rules-daemons",
		"rules-hostports", "rules-pools-weight-limits", "rules-priorities-under-limits", "seed4-inflate-50"} {
		t.Run(name, func(t *testing.T) { neverDearer(t, problem(t, name), simulate.Loop{}) })
	}
}

func TestNeverDearerOnDrawnClusters(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { neverDearer(t, simulate.Draw(seed), simulate.Loop{}) })
	}
}

// TestSettings runs the loop with each flag; outcomes keep all rules.
func TestSettings(t *testing.T) {
	for _, l := range []simulate.Loop{{Balance: true}, {Salvo: true}, {Round: 3}, {Balance: true, Salvo: true, Round: 5}} {
		ctx := t.Context()
		w, err := simulate.NewWorld(simulate.Draw(13))
		require.NoError(t, err)
		for _, e := range []simulate.Expander{simulate.ByPlan(quick), simulate.Of(choose.LeastWaste)} {
			r, err := l.Run(ctx, w, e)
			require.NoError(t, err)
			assert.NoError(t, verify.Plan(ctx, w.Problem, r.Plan), "%+v", l)
			assert.Zero(t, r.Left)
		}
	}
}

func TestOutcomesKeepAllRules(t *testing.T) {
	for seed := range uint64(20) {
		w, err := simulate.NewWorld(simulate.Draw(100 + seed))
		require.NoError(t, err)
		l := simulate.Loop{Balance: seed%2 == 0, Round: int(seed % 5)}
		r, err := l.Run(t.Context(), w, simulate.Random(seed))
		require.NoError(t, err)
		require.NoError(t, verify.Plan(t.Context(), w.Problem, r.Plan), "seed %d", seed)
	}
}

func TestWorldsThatAreNotSimulated(t *testing.T) {
	for _, name := range []string{"rules-quotas", "rules-existing-nodes"} {
		_, err := simulate.NewWorld(problem(t, name))
		assert.Error(t, err, name)
	}
}

func TestAnExpanderThatFails(t *testing.T) {
	w, err := simulate.NewWorld(simulate.Draw(1))
	require.NoError(t, err)
	_, err = simulate.Loop{}.Run(t.Context(), w, func(context.Context, *estimate.Model, []estimate.Growth) (int, error) { return 99, nil })
	assert.ErrorContains(t, err, "choice 99")
}

// A loop in which Stowage chooses, and the same by least waste.
func Example() {
	w, err := simulate.NewWorld(simulate.Draw(4))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range []simulate.Expander{simulate.ByPlan(choose.Chooser{Work: 300_000}), simulate.Of(choose.LeastWaste)} {
		r, err := simulate.Loop{}.Run(context.Background(), w, e)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Cost, "USD/h,", r.Left, "pods left")
	}
	// Output:
	// 5.0112 USD/h, 0 pods left
	// 5.76 USD/h, 0 pods left
}
