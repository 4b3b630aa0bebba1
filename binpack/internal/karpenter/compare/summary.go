package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack"
)

// summary says of each time limit how good the plans are, by their own bounds and
// beside Karpenter's.
func summary(limits []time.Duration, rows []row) string {
	var b strings.Builder
	for i, limit := range limits {
		var gaps, ratios []float64
		optimal, dearer := 0, 0
		var longest time.Duration
		for _, r := range rows {
			s := &r.stowage[i]
			gaps = append(gaps, s.plan.Gap())
			longest = max(longest, s.took)
			if s.plan.Status == binpack.Optimal {
				optimal++
			}
			if ratio, ok := r.ratio(&s.plan); ok {
				ratios = append(ratios, ratio)
				if ratio > 1 {
					dearer++
				}
			}
		}
		fmt.Fprintf(&b, "- Stowage %s: gap %.2f %% at the median, %.2f %% at most; %d of %d plans proven optimal; cost ratio %.4f at the median, %.4f at least; %d plans dearer than Karpenter's; the longest search took %.2f s.\n",
			limitName(limit), 100*median(gaps), 100*slices.Max(append(gaps, 0)), optimal, len(rows), median(ratios), slices.Min(append(ratios, 1)), dearer, longest.Seconds())
	}
	return b.String()
}

// median returns the middle of values, between the two middle ones of an even number;
// 0 of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	return (values[(n-1)/2] + values[n/2]) / 2
}
