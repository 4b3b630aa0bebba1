package launch_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

func TestLaunchersThatMisbehave(t *testing.T) {
	for name, tt := range map[string]struct {
		launcher launcher
		ended    launch.Ending
		check    func(t *testing.T, out launch.Outcome)
	}{
		"others than asked": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			result := nodes(r, r.Nodes())
			for i := range result.Instances {
				result.Instances[i].Offering = od("g5.xlarge", "b")
			}
			return result, nil
		}, launch.AllPlaced, func(t *testing.T, out launch.Outcome) {
			require.Len(t, out.Launched, 3)
			require.True(t, out.Launched[0].Unasked)
			require.Equal(t, "0.39", out.Cost.String())
			require.Equal(t, 1, out.Rounds, "the pods are on them")
		}},
		"of a type that nobody knows": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			if r.Offering().InstanceType != "c5.xlarge" {
				return nodes(r, r.Nodes()), nil
			}
			return launch.Result{Instances: []launch.Instance{{ID: r.Token, Offering: od("mac", "b")}}}, nil
		}, launch.AllPlaced, nil},
		"more than asked": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			return nodes(r, r.Nodes()+2), nil
		}, launch.AllPlaced, func(t *testing.T, out launch.Outcome) {
			require.Len(t, out.Launched, 5)
			require.Empty(t, out.Launched[4].Launch.Pods)
		}},
		"the same twice": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			return launch.Result{Instances: []launch.Instance{{ID: "i-1"}, {ID: "i-1"}}}, nil
		}, launch.NothingLeft, func(t *testing.T, out launch.Outcome) {
			require.Len(t, out.Launched, 1)
		}},
		"neither node nor failure": {func(context.Context, launch.Request) (launch.Result, error) {
			return launch.Result{}, nil
		}, launch.NothingLeft, func(t *testing.T, out launch.Outcome) {
			require.Equal(t, map[string]int{"": 16}, out.Errors())
		}},
		"panics": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			if r.Offering().Zone == "a" {
				panic("no")
			}
			return nodes(r, r.Nodes()), nil
		}, launch.AllPlaced, nil},
		"fails as a whole": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			if r.Offering().CapacityType == catalog.Spot {
				return launch.Result{}, errors.New("api error InternalError: no")
			}
			return nodes(r, r.Nodes()), nil
		}, launch.AllPlaced, nil},
		"fails with nodes": {func(_ context.Context, r launch.Request) (launch.Result, error) {
			return nodes(r, 1), errors.New("no more")
		}, launch.AllPlaced, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, out := ran(t, runner(tt.launcher), shop(12))
			require.Equal(t, tt.ended, out.Ended)
			if tt.check != nil {
				tt.check(t, out)
			}
		})
	}
}

// TestRetriesAreTheSameRequest: what was throttled is asked again by its token, and
// is not doubled when the first one did succeed.
func TestRetriesAreTheSameRequest(t *testing.T) {
	m := &launchtest.Market{}
	calls := map[string]int{}
	_, out := ran(t, runner(launcher(func(ctx context.Context, r launch.Request) (launch.Result, error) {
		calls[r.Token]++
		result, err := m.Launch(ctx, r)
		if calls[r.Token] < 3 {
			return launch.Result{Failures: []launch.Failure{{Code: "RequestLimitExceeded"}}}, err
		}
		return result, err
	})), shop(12))
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Equal(t, map[string]int{"test-1": 3}, calls)
	require.Len(t, out.Launched, 3)
	require.Equal(t, out.Planned, out.Cost)
}

// TestHanging: a Launcher that never answers, and does not care for its context.
func TestHanging(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	r := runner(launcher(func(context.Context, launch.Request) (launch.Result, error) {
		cancel()
		<-release
		return launch.Result{}, nil
	}))
	out, err := r.Run(ctx, p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	require.Equal(t, launch.Interrupted, out.Ended)
	require.Len(t, out.Unanswered, 1)
	require.Equal(t, "test-1", out.Unanswered[0].Token)
	require.Equal(t, 4, out.Unplaced[0].Count)
}

// TestLateAnswer: a request that took too long is asked again, and when both are
// answered there is still one node.
func TestLateAnswer(t *testing.T) {
	m := &launchtest.Market{}
	var calls atomic.Int32 // the first call may still be under way when the second is made
	r := runner(launcher(func(ctx context.Context, r launch.Request) (launch.Result, error) {
		first := calls.Add(1) == 1
		result, err := m.Launch(ctx, r)
		if first {
			<-ctx.Done()
			return result, ctx.Err()
		}
		return result, err
	}))
	r.Timeout = 20 * time.Millisecond
	_, out := ran(t, r, shop(4))
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Len(t, out.Launched, 1)
}
