package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestHostnamesThatNodesShare: to rules by hostname nodes of one hostname are one domain,
// for the solver and for the judge.
func TestHostnamesThatNodesShare(t *testing.T) {
	for name, tt := range map[string]struct {
		rule  townRule
		other bool // a third node, of a hostname of its own
		full  bool // it has no room
		want  binpack.Reason
		left  int
	}{
		"apart":                    {rule: avoids(hostKey, "web"), want: binpack.PodAntiAffinity, left: 1},
		"spread":                   {rule: spreads(hostKey, 1)("web"), want: binpack.TopologySpread}, // once nothing can come there is one domain
		"spread beside another":    {rule: spreads(hostKey, 1)("web"), other: true, want: binpack.TopologySpread},
		"spread beside a full one": {rule: spreads(hostKey, 1)("web"), other: true, full: true, want: binpack.TopologySpread, left: 1},
		"free":                     {rule: func(*corev1.Pod) {}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			w.stand("old-1 a | web", "old-2 a | web")
			for i := range w.problem.Existing {
				w.problem.Existing[i].Node.Labels[hostKey] = "shared"
			}
			if tt.other {
				w.stand("old-3 a")
				if tt.full {
					w.problem.Existing[2].Node.Status.Allocatable = nil
				}
			}
			tt.rule(w.pod("web"))
			if tt.want != "" {
				require.Contains(t, problemtest.Reasons(verify.Plan(context.Background(), w.problem, w.plan)), tt.want)
			}
			w.problem.Catalog, w.problem.Pools = catalog.Catalog{}, nil
			if tt.other {
				require.Contains(t, problemtest.Reasons(verify.Plan(context.Background(), w.problem, w.plan)), tt.want)
			}
			plan, err := solver.Solve(context.Background(), w.problem)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), w.problem, plan))
			require.NoError(t, verify.Bound(context.Background(), w.problem, plan))
			left := 0
			for _, u := range plan.Unschedulable {
				left += u.Count
			}
			require.Equal(t, tt.left, left)
		})
	}
}

// TestHostnameInRequirements: a new node has none yet, as pools and quotas see it.
func TestHostnameInRequirements(t *testing.T) {
	for operator, launches := range map[corev1.NodeSelectorOperator]bool{
		corev1.NodeSelectorOpNotIn: true, corev1.NodeSelectorOpDoesNotExist: true, corev1.NodeSelectorOpIn: false, corev1.NodeSelectorOpExists: false,
	} {
		p := problemtest.Problem(t, "c5m5r5-mix-100")
		r := corev1.NodeSelectorRequirement{Key: hostKey, Operator: operator}
		if operator == corev1.NodeSelectorOpIn || operator == corev1.NodeSelectorOpNotIn {
			r.Values = []string{"a"}
		}
		p.Pools = []binpack.Pool{{Name: "p", Requirements: []corev1.NodeSelectorRequirement{r}}}
		plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
		require.NoError(t, err)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		require.Equal(t, launches, len(plan.Launches) > 0, operator)
	}
}
