package ilp_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/ilp"
	_ "github.com/stowage/stowage/internal/seed"
)

// TestResume: a program that goes on from others, with lower gains and one more row each time, has the bounds and the optimum that it
// has by itself.
func TestResume(t *testing.T) {
	resumed := 0
	rapid.Check(t, func(t *rapid.T) {
		first := draw(t)
		for i := range first.Options {
			first.Options[i].Limited = true // whatever later rows need
		}
		var before *ilp.Branching
		for range 3 {
			now := &ilp.Branching{Values: slices.Clone(first.Values), Caps: first.Caps, Options: slices.Clone(first.Options)}
			if before != nil {
				now.Values = append(slices.Clone(before.Values), rapid.Int64Range(1, 30).Draw(t, "value"))
			}
			for i := range now.Options {
				o := &now.Options[i]
				if before != nil {
					o.Gains = slices.Clone(first.Options[i].Gains)
					for r, g := range o.Gains {
						o.Gains[r] = max(0, g-rapid.Int64Range(0, 1).Draw(t, "less"))
					}
					o.Gains = append(o.Gains, rapid.Int64Range(0, 12).Draw(t, "gain"))
				}
			}
			first = &ilp.Branching{Values: now.Values, Caps: now.Caps, Options: slices.Clone(now.Options)}
			now.Options = ilp.Undominated(now.Options)
			now.Groups = ilp.Families(now.Options, 9)
			best := brute(first, 0, nil)
			if before != nil {
				now.ResumeAnyway(before, slices.Clone(first.Options))
			}
			a := now.Solve(context.Background(), rapid.SampledFrom([]int{1, 3, 10_000}).Draw(t, "leaves"), math.MaxInt64)
			if a.Resumed {
				resumed++
			}
			if a.Infeasible {
				require.EqualValues(t, math.MaxInt64, best)
				return
			}
			require.LessOrEqual(t, a.Least, best)
			if a.Integral {
				require.Equal(t, best, a.Least)
			}
			before = now
		}
	})
	require.True(t, testing.Short() || resumed > 0)
}
