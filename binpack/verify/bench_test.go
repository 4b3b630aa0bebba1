package verify_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// BenchmarkVerify times Plan and Bound on the plans of the problem files. A
// machine's speed cancels out of plan/solve and bound/solve: the time of each as
// a share of what a short search for the plan took in the same run.
func BenchmarkVerify(b *testing.B) {
	for _, name := range problemtest.Problems(b) {
		b.Run(name, func(b *testing.B) {
			p := problemtest.Problem(b, name)
			var plan binpack.Plan
			var solving, planning, bounding time.Duration
			for b.Loop() {
				solving += timed(func() {
					var err error
					plan, err = solver.Solver{Work: 1_000_000}.Solve(context.Background(), p)
					require.NoError(b, err)
				})
				planning += timed(func() { require.NoError(b, verify.Plan(context.Background(), p, plan)) })
				bounding += timed(func() { require.NoError(b, verify.Bound(context.Background(), p, plan)) })
			}
			b.ReportMetric(float64(planning.Microseconds())/float64(b.N), "plan-us")
			b.ReportMetric(float64(bounding.Microseconds())/float64(b.N), "bound-us")
			b.ReportMetric(planning.Seconds()/solving.Seconds(), "plan/solve")
			b.ReportMetric(bounding.Seconds()/solving.Seconds(), "bound/solve")
		})
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}
