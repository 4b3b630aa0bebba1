package binpack_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
)

// BenchmarkFirst times the first plan: go test -bench First ./binpack
func BenchmarkFirst(b *testing.B) {
	for _, name := range modelled {
		b.Run(name, func(b *testing.B) {
			p := problem(b, name)
			var first binpack.Plan
			for b.Loop() {
				for plan, err := range (binpack.Solver{}).Plans(context.Background(), p) {
					require.NoError(b, err)
					first = plan
					break
				}
			}
			report(b, first)
		})
	}
}

// BenchmarkSolve times the whole search: go test -bench Solve ./binpack
func BenchmarkSolve(b *testing.B) {
	for _, name := range modelled {
		b.Run(name, func(b *testing.B) {
			p := problem(b, name)
			var plan binpack.Plan
			var err error
			for b.Loop() {
				plan, err = binpack.Solve(context.Background(), p)
				require.NoError(b, err)
			}
			report(b, plan)
		})
	}
}

func report(b *testing.B, plan binpack.Plan) {
	b.ReportMetric(plan.Cost.USD(), "$/h")
	b.ReportMetric(100*plan.Gap(), "gap%")
	b.ReportMetric(float64(len(plan.Launches)), "launches")
}
