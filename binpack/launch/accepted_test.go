package launch_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
)

// A group is a Launcher that answers later: it promises the nodes of each request.
type group struct{ promised map[string]int }

func (g *group) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	if r.Node == nil || r.Node.Labels == nil {
		panic("no node")
	}
	n := r.Nodes()
	g.promised[r.Token] += n
	return launch.Result{Accepted: n + 2}, nil // more than were asked for are those that were
}

// TestAccepted: nodes that are promised are neither launched nor failed: their pods are
// on them, nothing else is launched for these, and nothing is learnt of the offering.
func TestAccepted(t *testing.T) {
	p := gen.MixRules(1, 40, 6)
	plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
	require.NoError(t, err)
	g := &group{map[string]int{}}
	run := runner(g)
	run.Parallelism, run.Unavailable = 1, &launch.UnavailableOfferings{}
	out, err := run.Run(context.Background(), p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Empty(t, out.Steps)
	require.Empty(t, out.Errors())
	nodes := 0
	for _, l := range plan.Launches {
		nodes += l.Nodes()
	}
	require.Len(t, out.Launched, nodes)
	told := map[string]int{}
	for _, l := range out.Launched {
		require.True(t, l.Accepted)
		require.Empty(t, l.Instance.ID)
		told[l.Token]++
	}
	require.Equal(t, g.promised, told)
	require.Equal(t, binpack.Unlimited, run.Unavailable.Available(plan.Launches[0].Offering))
}
