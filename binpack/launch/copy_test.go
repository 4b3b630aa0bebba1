package launch_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
)

var scribbled atomic.Int64 // labels of nodes that are no more

// A scribbler writes into all that it is handed.
type scribbler struct{}

func (scribbler) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	scribble(r.Launches)
	scribbled.Add(int64(len(r.Node.Labels)))
	clear(r.Node.Labels)
	return launch.Result{Failures: []launch.Failure{{Code: "InsufficientInstanceCapacity"}}}, nil
}

func (scribbler) Propose(_ context.Context, _ binpack.Problem, failed []launch.Failed) (launch.Proposal, error) {
	for i := range failed {
		scribble([]binpack.Launch{failed[i].Launch})
		failed[i] = launch.Failed{}
	}
	return launch.Proposal{}, nil
}

func scribble(launches []binpack.Launch) {
	for i := range launches {
		for n := range launches[i].Pods {
			launches[i].Pods[n] = binpack.Placement{}
		}
		for key := range launches[i].Labels {
			launches[i].Labels[key] = "scribbled"
		}
		launches[i] = binpack.Launch{}
	}
}

// TestWhatIsHandedOutIsCopied: neither the plan nor the outcome changes where a Launcher
// and a Fallback write into what they get.
func TestWhatIsHandedOutIsCopied(t *testing.T) {
	p, plan := planned(t)
	before := plan.Launches[0].Pods[0]
	out, err := launch.Runner{Launcher: scribbler{}, Fallbacks: []launch.Fallback{scribbler{}}}.Run(context.Background(), p, plan)
	require.NoError(t, err)
	require.Equal(t, before, plan.Launches[0].Pods[0])
	require.NotEmpty(t, out.Steps)
	require.NotZero(t, scribbled.Load())
	for _, step := range out.Steps {
		for _, f := range step.Failed {
			require.NotEmpty(t, f.Launch.Pods)
			for _, on := range f.Launch.Pods {
				require.NotNil(t, on.Pod)
			}
		}
	}
}

// planned returns a small problem and its plan.
func planned(t *testing.T) (binpack.Problem, binpack.Plan) {
	p := shop(3)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NotEmpty(t, plan.Launches)
	return p, plan
}
