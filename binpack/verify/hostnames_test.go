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
		rule townRule
		left int
	}{
		"apart":  {avoids(hostKey, "web"), 1},
		"spread": {spreads(hostKey, 1)("web"), 1},
		"free":   {func(*corev1.Pod) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			w.stand("old-1 a | web")
			w.stand("old-2 a | web")
			for i := range w.problem.Existing {
				w.problem.Existing[i].Node.Labels[hostKey] = "shared"
			}
			tt.rule(w.pod("web"))
			if tt.left > 0 {
				reason := map[string]binpack.Reason{"apart": binpack.PodAntiAffinity, "spread": binpack.TopologySpread}[name]
				require.Contains(t, problemtest.Reasons(verify.Plan(context.Background(), w.problem, w.plan)), reason)
			}
			w.problem.Catalog, w.problem.Pools = catalog.Catalog{}, nil
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
