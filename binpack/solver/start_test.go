package solver_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// without is an Availability that has none of an offering left.
type without catalog.Key

func (w without) Available(k catalog.Key) int {
	if catalog.Key(w).Matches(k) {
		return 0
	}
	return binpack.Unlimited
}

// changes are small changes of a problem that has been solved.
var changes = map[string]func(binpack.Problem, binpack.Plan) binpack.Problem{
	"nothing": func(p binpack.Problem, _ binpack.Plan) binpack.Problem { return p },
	"an instance type is gone": func(p binpack.Problem, plan binpack.Plan) binpack.Problem {
		p.Availability = without{InstanceType: plan.Launches[0].Offering.InstanceType}
		return p
	},
	"more pods and fewer": func(p binpack.Problem, _ binpack.Plan) binpack.Problem {
		p.Pods = p.Pods[len(p.Pods)/50:]
		p.Workloads = append([]binpack.Workload(nil), p.Workloads...)
		for i := range p.Workloads {
			p.Workloads[i].Replicas += i%3 - 1
		}
		return p
	},
	"nodes came up": func(p binpack.Problem, plan binpack.Plan) binpack.Problem {
		all := fold.Unfold(plan.Launches)
		plan.Launches = all[:len(all)/2]
		return p.After(plan)
	},
}

// TestStartIsNoWorse: a search that starts from a plan of the same problem has at
// least that plan, however little it may do.
func TestStartIsNoWorse(t *testing.T) {
	for _, name := range []string{"c5m5r5-mix-100", "c5m5r5-openb-1000", "constraints-antiaffinity-100", "rules-hostports"} {
		p := problemtest.Problem(t, name)
		first, err := quick.Solve(context.Background(), p)
		require.NoError(t, err)
		again, err := solver.Solver{Work: 1, Start: &first}.Solve(context.Background(), p)
		require.NoError(t, err)
		require.LessOrEqual(t, again.Cost, first.Cost, name)
		require.NoError(t, verify.Plan(context.Background(), p, again))
		more, err := solver.Solver{Start: &first}.Solve(context.Background(), p)
		require.NoError(t, err)
		require.LessOrEqual(t, more.Cost, first.Cost, name)
		require.GreaterOrEqual(t, more.LowerBound, first.LowerBound, name)
		judged(t, p, more)
	}
}

// TestStartFromAnotherProblem: what does not fit any more is left out, and nothing is
// lost.
func TestStartFromAnotherProblem(t *testing.T) {
	for _, name := range []string{"c5m5r5-mix-100", "rules-existing-nodes", "rules-everything-together", "rules-pool-values", "constraints-zonespread-100", "seed4-inflate-15"} {
		if testing.Short() && name == "rules-everything-together" {
			continue // to prove its bounds again takes longer than all else
		}
		p := problemtest.Problem(t, name)
		first, err := quick.Solve(context.Background(), p)
		require.NoError(t, err)
		for change, apply := range changes {
			t.Run(name+"/"+change, func(t *testing.T) {
				t.Parallel()
				q := apply(p, first)
				plan, err := solver.Solver{Work: solver.DefaultWork / 200, Start: &first}.Solve(context.Background(), q)
				require.NoError(t, err)
				judged(t, q, plan)
			})
		}
	}
}

// BenchmarkStart compares solves that start from the plan before a small change with
// such that do not: time and cost as ratios.
func BenchmarkStart(b *testing.B) {
	for _, name := range []string{"c5m5r5-mix-1000", "c5m5r5-openb-1000", "c5m5r5-mix-5000"} {
		p := problemtest.Problem(b, name)
		first, err := solver.Solve(context.Background(), p)
		require.NoError(b, err)
		for change, apply := range changes {
			b.Run(name+"/"+change, func(b *testing.B) {
				q := apply(p, first)
				var cold, warm time.Duration
				var of, to catalog.Price
				solve := func(s solver.Solver) (catalog.Price, time.Duration) {
					begun := time.Now()
					plan, err := s.Solve(context.Background(), q)
					require.NoError(b, err)
					return plan.Cost, time.Since(begun)
				}
				for b.Loop() {
					var took time.Duration
					of, took = solve(solver.Solver{})
					cold += took
					to, took = solve(solver.Solver{Start: &first})
					warm += took
				}
				b.ReportMetric(warm.Seconds()/cold.Seconds(), "time/cold")
				b.ReportMetric(to.USD()/max(of.USD(), 1e-9), "cost/cold")
			})
		}
	}
}

// TestStartWithEqualPods: pods that are equal but other objects are known by UID, by name
// or by content; where little fits the search is one as from nothing.
func TestStartWithEqualPods(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-mix-100")
	first, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	placed := int64(len(p.Pods))
	for _, w := range p.Workloads {
		placed += int64(w.Replicas)
	}
	for name, change := range map[string]func(i int, pod *corev1.Pod){
		"by name":    func(_ int, pod *corev1.Pod) { pod.Labels = map[string]string{"seen": "again"} },
		"by content": func(_ int, pod *corev1.Pod) { pod.Name = "" },
		"by UID":     func(i int, pod *corev1.Pod) { pod.Name, pod.UID = fmt.Sprint("new", i), types.UID(fmt.Sprint(i)) },
	} {
		t.Run(name, func(t *testing.T) {
			q, start := p, first
			q.Workloads, q.Pods = slices.Clone(p.Workloads), slices.Clone(p.Pods)
			number := 0
			other := func(pod *corev1.Pod) *corev1.Pod {
				number++
				if name == "by UID" {
					pod.UID = types.UID(fmt.Sprint(number))
					t.Cleanup(func() { pod.UID = "" })
				}
				out := pod.DeepCopy()
				change(number, out)
				return out
			}
			for i := range q.Workloads {
				q.Workloads[i].Pod = other(q.Workloads[i].Pod)
			}
			for i := range q.Pods {
				q.Pods[i] = other(q.Pods[i])
			}
			again, err := solver.Solver{Work: 1, Start: &start}.Solve(context.Background(), q)
			require.NoError(t, err)
			require.Equal(t, placed, again.Stats.Started)
			require.LessOrEqual(t, again.Cost, first.Cost)
		})
	}
	other := problemtest.Problem(t, "c5m5r5-openb-100")
	cold, err := solver.Solve(context.Background(), other)
	require.NoError(t, err)
	warm, err := solver.Solver{Start: &first}.Solve(context.Background(), other)
	require.NoError(t, err)
	require.Zero(t, warm.Stats.Started)
	require.Equal(t, cold.Cost, warm.Cost)
	require.Equal(t, cold.Launches, warm.Launches)
}
