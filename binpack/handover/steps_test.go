package handover

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/occupancy"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
)

// TestStepsOfProblems hands every problem file over on paper: every pod of the plan
// is nominated, bound pods have rules between pods, and all nodes are released once.
func TestStepsOfProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/problems/*.json")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(file)
			require.NoError(t, err)
			defer f.Close()
			p, err := problemfile.Read(f)
			require.NoError(t, err)
			plan, err := solver.Solver{Work: 1}.Solve(t.Context(), p)
			require.NoError(t, err)
			steps, err := Steps(p, plan)
			require.NoError(t, err)
			nominated, bound, released := 0, 0, 0
			kinds := occupancy.NewKinds(p)
			for _, s := range steps {
				nominated += len(s.Nominate)
				bound += len(s.Bind)
				released += len(s.Release)
				for _, a := range s.Bind {
					require.True(t, kinds.Of(a.Pod).Ordered(), a.Pod.Name)
				}
			}
			planned, launched := 0, 0
			for _, l := range plan.Launches {
				launched += l.Nodes()
				for _, pl := range l.Pods {
					planned += pl.Count * l.Nodes()
				}
			}
			for _, n := range plan.Nominations {
				for _, pl := range n.Pods {
					planned += pl.Count
				}
			}
			require.Equal(t, planned, nominated)
			require.Equal(t, launched, released)
			t.Log(len(steps), "steps", planned, "pods", bound, "bound", released, "nodes")
		})
	}
}
