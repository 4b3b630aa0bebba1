package solver_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// quick solves with a tenth of the default work.
var quick = solver.Solver{Work: solver.DefaultWork / 10}

// render prints a plan for people: launches folded, and all that was proven.
func render(plan binpack.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "cost %s, bound %s, %s\n", plan.Cost, plan.LowerBound, plan.Status)
	fmt.Fprintf(&b, "%+v\n", plan.Stats)
	var lines []string
	add := func(node string, placed []binpack.Placement) {
		pods := map[string]int{}
		for _, on := range placed {
			pods[on.Pod.Name] += on.Count
		}
		for _, name := range slices.Sorted(maps.Keys(pods)) {
			node += fmt.Sprintf(" %s:%d", name, pods[name])
		}
		lines = append(lines, node)
	}
	for _, l := range fold.Unfold(plan.Launches) {
		node := fmt.Sprintf("%s %s %s %s", l.Pool, l.Offering.InstanceType, l.Offering.Zone, l.Offering.CapacityType)
		for _, key := range slices.Sorted(maps.Keys(l.Labels)) {
			node += " " + key + "=" + l.Labels[key]
		}
		add(strings.TrimSpace(node), l.Pods)
	}
	for _, n := range plan.Nominations {
		add("on "+n.Node.Name, n.Pods)
	}
	for _, u := range plan.Unschedulable {
		lines = append(lines, fmt.Sprintf("left: %d %s %v", u.Count, u.Pod.Name, u.Reasons))
	}
	slices.Sort(lines)
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n] == lines[0] {
			n++
		}
		fmt.Fprintf(&b, "%d × %s\n", n, lines[0])
		lines = lines[n:]
	}
	return b.String()
}

// TestGolden: the same problem gives the same plan, byte for byte.
func TestGolden(t *testing.T) {
	for _, name := range problemtest.Problems(t) {
		t.Run(name, func(t *testing.T) {
			p := problemtest.Problem(t, name)
			plan, err := quick.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			path := filepath.Join("..", "testdata", "plans", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(render(plan)), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), render(plan), "see: A failing golden, in binpack/ARCHITECTURE.md")
		})
	}
}

// shuffled returns p with its pods, pools, types and offerings in another
// order.
func shuffled(p binpack.Problem, rng *rand.Rand) binpack.Problem {
	mix := func(n int, swap func(i, j int)) { rng.Shuffle(n, swap) }
	p.Pods, p.Workloads, p.Pools, p.Catalog = slices.Clone(p.Pods), slices.Clone(p.Workloads), slices.Clone(p.Pools), slices.Clone(p.Catalog)
	p.Quotas, p.DaemonPods = slices.Clone(p.Quotas), slices.Clone(p.DaemonPods)
	mix(len(p.Quotas), func(i, j int) { p.Quotas[i], p.Quotas[j] = p.Quotas[j], p.Quotas[i] })
	mix(len(p.DaemonPods), func(i, j int) { p.DaemonPods[i], p.DaemonPods[j] = p.DaemonPods[j], p.DaemonPods[i] })
	mix(len(p.Pods), func(i, j int) { p.Pods[i], p.Pods[j] = p.Pods[j], p.Pods[i] })
	mix(len(p.Workloads), func(i, j int) { p.Workloads[i], p.Workloads[j] = p.Workloads[j], p.Workloads[i] })
	mix(len(p.Pools), func(i, j int) { p.Pools[i], p.Pools[j] = p.Pools[j], p.Pools[i] })
	mix(len(p.Catalog), func(i, j int) { p.Catalog[i], p.Catalog[j] = p.Catalog[j], p.Catalog[i] })
	for i, it := range p.Catalog {
		c := *it
		c.Offerings = slices.Clone(it.Offerings)
		mix(len(c.Offerings), func(i, j int) { c.Offerings[i], c.Offerings[j] = c.Offerings[j], c.Offerings[i] })
		p.Catalog[i] = &c
	}
	return p
}

func byType(plan binpack.Plan) map[catalog.Key]int {
	out := map[catalog.Key]int{}
	for _, l := range plan.Launches {
		out[l.Offering] += l.Nodes()
	}
	return out
}

func TestOrderDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"c5m5r5-mix-100", "constraints-selectors-200", "rules-taints-tolerations", "c5m5r5-spotmix-1000", "rules-quotas", "rules-hostports", "rules-priorities-under-limits"} {
		p := problemtest.Problem(t, name)
		want, err := quick.Solve(context.Background(), p)
		require.NoError(t, err)
		for range 3 {
			q := shuffled(p, rng)
			got, err := quick.Solve(context.Background(), q)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), q, got))
			require.Equal(t, want.Cost, got.Cost)
			require.Equal(t, want.LowerBound, got.LowerBound)
			require.Equal(t, byType(want), byType(got))
			require.Equal(t, want.Stats, got.Stats)
		}
	}
}

// TestPodsAreLikeWorkloads: a workload of n is n pods.
func TestPodsAreLikeWorkloads(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-mix-100")
	want, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	q := p
	q.Workloads = nil
	for _, w := range p.Workloads {
		for i := range w.Replicas {
			pod := w.Pod.DeepCopy()
			pod.Name = fmt.Sprintf("%s-%d", w.Pod.Name, i)
			q.Pods = append(q.Pods, pod)
		}
	}
	got, err := quick.Solve(context.Background(), q)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), q, got))
	require.NoError(t, verify.Bound(context.Background(), q, got))
	require.Equal(t, want.Cost, got.Cost)
	require.Equal(t, want.LowerBound, got.LowerBound)
	require.Equal(t, byType(want), byType(got))
}

// TestScaledPrices: prices times k cost k times as much, where the optimum is found.
func TestScaledPrices(t *testing.T) {
	p := problemtest.Problem(t, "rules-hostports")
	want, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, binpack.Optimal, want.Status)
	for _, it := range p.Catalog {
		for i := range it.Offerings {
			it.Offerings[i].Price *= 8
		}
	}
	got, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, 8*want.Cost, got.Cost)
	require.Equal(t, 8*want.LowerBound, got.LowerBound)
}

// TestPlansGetBetter: each plan is valid and none is worse than the one before;
// the last is Solve's.
func TestPlansGetBetter(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-mix-100")
	var last binpack.Plan
	n := 0
	for plan, err := range quick.Plans(context.Background(), p) {
		require.NoError(t, err)
		require.NoError(t, verify.Plan(context.Background(), p, plan))
		if n++; n > 1 {
			require.LessOrEqual(t, plan.Cost, last.Cost)
			require.GreaterOrEqual(t, plan.LowerBound, last.LowerBound)
		}
		last = plan
	}
	require.Greater(t, n, 1)
	plan, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	last.Stats = plan.Stats // Solve goes on to the limit after the last improvement
	require.Equal(t, render(plan), render(last))
	for plan, err := range quick.Plans(context.Background(), p) {
		require.NoError(t, err)
		require.NotZero(t, plan.Cost)
		break // stops the search
	}
	for _, err := range quick.Plans(context.Background(), binpack.Problem{Pods: []*corev1.Pod{nil}}) {
		require.Error(t, err)
	}
}

func TestGapStopsTheSearch(t *testing.T) {
	p := problemtest.Problem(t, "c5m5r5-mix-1000")
	plan, err := solver.Solver{Gap: 0.5}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, binpack.WithinGap, plan.Status)
	require.Less(t, plan.Gap(), 0.5)
}

// TestManyShapes: hundreds of shapes are packed in parts, which costs little.
func TestManyShapes(t *testing.T) {
	p := gen.Mix(1, 20_000, 300)
	plan, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
	require.Less(t, plan.Gap(), 0.05)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
