package diving

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/work"
)

// TestPace: steps of a quick dive are as long as it takes to end in time, and solutions
// are made where the program has become cheaper.
func TestPace(t *testing.T) {
	for name, tt := range map[string]struct {
		quick bool
		depth int
		end   int64
		want  float64
	}{
		"not quick":           {false, 2, 300, 1.0 / 8},
		"the pace is unknown": {true, 0, 300, 1.0 / 8},
		"much time":           {true, 2, 100_000, 1.0 / 8},
		"four steps":          {true, 2, 300, 0.734375}, // and three of them leave 0.02: 0.27³ does
		"one step":            {true, 2, 150, 0.75},
		"no time":             {true, 2, 50, 0.75},
	} {
		t.Run(name, func(t *testing.T) {
			meter := work.NewMeter(context.Background(), -1)
			p := pace{d: &Diver{Meter: meter, Quick: tt.quick}, end: tt.end, whole: 2000}
			meter.Spend(100)
			require.InDelta(t, tt.want, p.part(&node{depth: tt.depth, x: colgen.Relaxed{Cost: 1000}}), 1e-12)
		})
	}
	p := pace{d: &Diver{Quick: true}, due: 1000}
	var due []bool
	for _, rest := range []float64{900, 800, 600, 500, 400} {
		due = append(due, p.isDue(rest))
	}
	require.Equal(t, []bool{true, false, true, false, true}, due)
}
