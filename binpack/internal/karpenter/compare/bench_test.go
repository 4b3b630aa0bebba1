package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/karpenter"
)

// BenchmarkFirstPlan measures the time to Stowage's first plan, from the
// Problem as it was read, and how many times as long Karpenter's scheduler
// takes in the same run, its preparations not counted.
func BenchmarkFirstPlan(b *testing.B) {
	for _, name := range []string{"c5m5r5-mix-100", "c5m5r5-mix-1000", "c5m5r5-mix-5000", "c5m5r5-openb-1000", "all-openb-1000"} {
		b.Run(name, func(b *testing.B) {
			p, err := read(problems + name + ".json")
			require.NoError(b, err)
			theirs, err := karpenter.Solve(b.Context(), p, 1)
			require.NoError(b, err)
			for b.Loop() {
				_, err := firstPlan(b.Context(), p)
				require.NoError(b, err)
			}
			ours := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(theirs.Time.Seconds()/ours, "karpenter/stowage")
		})
	}
}
