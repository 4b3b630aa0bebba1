package solver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
)

// BenchmarkFirstPlan times the first plan of the problem files.
func BenchmarkFirstPlan(b *testing.B) {
	for _, name := range problemtest.Problems(b) {
		b.Run(name, func(b *testing.B) {
			p := problemtest.Problem(b, name)
			benchmarkFirst(b, p)
		})
	}
}

// BenchmarkSolve shows what the whole search gives, to the default work limit, and
// what it takes.
func BenchmarkSolve(b *testing.B) {
	for _, name := range problemtest.Problems(b) {
		b.Run(name, func(b *testing.B) {
			p := problemtest.Problem(b, name)
			b.ReportAllocs()
			var plan binpack.Plan
			var err error
			for b.Loop() {
				plan, err = solver.Solve(context.Background(), p)
				require.NoError(b, err)
			}
			report(b, plan)
			b.ReportMetric(float64(plan.Stats.Pricings), "pricings")
			b.ReportMetric(float64(plan.Stats.Columns), "columns")
			b.ReportMetric(float64(plan.Stats.Pivots), "pivots")
		})
	}
}

func report(b *testing.B, plan binpack.Plan) {
	b.ReportMetric(plan.Cost.USD(), "$/h")
	b.ReportMetric(100*plan.Gap(), "gap%")
	b.ReportMetric(float64(fold.Nodes(plan.Launches)), "launches")
}

// BenchmarkFirstPlanBySize shows what the first plan's time grows with.
func BenchmarkFirstPlanBySize(b *testing.B) {
	for _, size := range []struct{ pods, shapes int }{
		{1_000, 50}, {1_000_000, 50}, {1_000_000, 500}, {1_000_000, 2_000},
	} {
		b.Run(fmt.Sprintf("pods=%d/shapes=%d", size.pods, size.shapes), func(b *testing.B) {
			p := gen.Mix(1, size.pods, size.shapes)
			benchmarkFirst(b, p)
		})
	}
}

// BenchmarkFirstPlanWithRules is the same with all kinds of rules at once.
func BenchmarkFirstPlanWithRules(b *testing.B) {
	for _, pods := range []int{10_000, 20_000} {
		b.Run(fmt.Sprintf("pods=%d/shapes=50", pods), func(b *testing.B) {
			benchmarkFirst(b, gen.MixRules(1, pods, 50))
		})
	}
}

func benchmarkFirst(b *testing.B, p binpack.Problem) {
	var first binpack.Plan
	for b.Loop() {
		for plan, err := range (solver.Solver{}).Plans(context.Background(), p) {
			require.NoError(b, err)
			first = plan
			break
		}
	}
	report(b, first)
}
