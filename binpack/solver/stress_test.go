package solver_test

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var (
	stress     = flag.Int("stress", 132, "problems that TestStress draws")
	stressFrom = flag.Int("stressfrom", 0, "the first of them, to draw others")
)

// TestStress draws problems of each family of rules by itself and of all together, small
// and tiny, and of up to 300 pools. Verify accepts every plan, proves every bound again,
// and no bound is above the cost of another plan of the same problem that leaves as few
// pods: the first one found, one of less work, and one of the problem in another order.
//
//	go test ./binpack/solver -run TestStress -stress 100000 -timeout 0
func TestStress(t *testing.T) {
	draws := stressDraws()
	for i := *stressFrom; i < *stressFrom+*stress; i++ {
		d := draws[i%len(draws)]
		p := d.problems.Example(i)
		stressed(t, d.name, i, p)
	}
}

// A stressDraw is problems of one family and size.
type stressDraw struct {
	name     string
	problems *rapid.Generator[binpack.Problem]
}

func stressDraws() []stressDraw {
	var out []stressDraw
	for _, f := range []struct {
		name  string
		rules gen.Rules
	}{
		{"no family", gen.Rules{}}, {"priorities", gen.Rules{Priorities: true}}, {"existing", gen.Rules{Existing: true}},
		{"spread", gen.Rules{Spread: true}}, {"affinity", gen.Rules{Affinity: true}}, {"anti-affinity", gen.Rules{AntiAffinity: true}},
		{"weights", gen.Rules{Weights: true}}, {"minValues", gen.Rules{MinValues: true}}, {"open keys", gen.Rules{OpenKeys: true}},
		{"volumes", gen.Rules{Volumes: true}}, {"gangs", gen.Rules{Gangs: true}}, {"preferences", gen.Rules{Preferences: true}},
		{"nodes", gen.Rules{Nodes: true}}, {"all", gen.All()},
	} {
		out = append(out,
			stressDraw{f.name + ", toy", gen.Problems(gen.Toy().With(f.rules))},
			stressDraw{f.name + ", tiny", gen.Problems(gen.Tiny().With(f.rules))},
			stressDraw{f.name + ", small", gen.Problems(gen.Small().With(f.rules))})
	}
	pools := func(most int) *rapid.Generator[binpack.Problem] {
		return rapid.Custom(func(t *rapid.T) binpack.Problem { return drawPools(t, most) })
	}
	return append(out, stressDraw{"up to 30 pools", pools(30)}, stressDraw{"up to 300 pools", pools(300)})
}

// stressed solves a problem in several ways, and compares what comes of it.
func stressed(t *testing.T, name string, i int, p binpack.Problem) {
	reversed := p
	reversed.Pods, reversed.Workloads = slices.Clone(p.Pods), slices.Clone(p.Workloads)
	reversed.Pools, reversed.Catalog = slices.Clone(p.Pools), slices.Clone(p.Catalog)
	slices.Reverse(reversed.Pods)
	slices.Reverse(reversed.Workloads)
	slices.Reverse(reversed.Pools)
	slices.Reverse(reversed.Catalog)
	var plans []binpack.Plan
	for _, way := range []struct {
		name    string
		problem binpack.Problem
		work    int64
	}{{"whole", p, 200_000}, {"short", p, 2_000}, {"reversed", reversed, 20_000}} {
		plan, err := solver.Solver{Work: way.work}.Solve(context.Background(), way.problem)
		if err == nil {
			err = verify.Plan(context.Background(), way.problem, plan)
		}
		if err == nil {
			err = verify.Bound(context.Background(), way.problem, plan)
		}
		if err != nil {
			var text strings.Builder
			require.NoError(t, problemfile.Write(&text, way.problem))
			t.Errorf("%s, %d, %s: %v\n%s", name, i, way.name, err, text.String())
			return
		}
		plans = append(plans, plan)
	}
	for _, a := range plans {
		for _, b := range plans {
			if slices.Equal(leftByPriority(a), leftByPriority(b)) && a.LowerBound > b.Cost {
				t.Errorf("%s, %d: bound %v, but a plan costs %v", name, i, a.LowerBound, b.Cost)
			}
		}
	}
}

// leftByPriority returns the priorities of the pods that a plan leaves, in order.
func leftByPriority(plan binpack.Plan) []int32 {
	var out []int32
	for _, u := range plan.Unschedulable {
		out = append(out, slices.Repeat([]int32{priorityOf(u.Pod)}, u.Count)...)
	}
	slices.Sort(out)
	return out
}
