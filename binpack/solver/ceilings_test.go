package solver_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A ceiling is the worst that a plan of a problem file may be at the default work.
type ceiling struct {
	left int           // pods that are not placed
	cost catalog.Price // of the launches, per hour
	gap  float64       // in percent, to four places, rounded up
}

func ceilingOf(plan binpack.Plan) ceiling {
	c := ceiling{cost: plan.Cost, gap: math.Ceil(1e6*plan.Gap()) / 1e4}
	for _, u := range plan.Unschedulable {
		c.left += u.Count
	}
	return c
}

// lower returns the better of each: of c and o.
func (c ceiling) lower(o ceiling) ceiling {
	if o.left < c.left || o.left == c.left && o.cost < c.cost {
		c.left, c.cost = o.left, o.cost
	}
	c.gap = min(c.gap, o.gap)
	return c
}

const ceilingsHead = `# The most that a problem of testdata/problems may cost at the default work: a
# change that is dearer, leaves more pods or proves less fails TestCeilings. With
# -update it lowers what got better; what got worse is raised here by hand, or
# not at all: a line that is deleted is measured anew.
#
# problem, USD per hour, gap in percent, pods left
`

func readCeilings(t *testing.T, path string) map[string]ceiling {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	ceilings := map[string]ceiling{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		var name, cost string
		var c ceiling
		_, err := fmt.Sscan(line, &name, &cost, &c.gap, &c.left)
		require.NoError(t, err, line)
		c.cost, err = catalog.ParsePrice(cost)
		require.NoError(t, err, line)
		ceilings[name] = c
	}
	return ceilings
}

func writeCeilings(t *testing.T, path string, ceilings map[string]ceiling) {
	var b strings.Builder
	b.WriteString(ceilingsHead)
	for _, name := range problemtest.Problems(t) {
		c := ceilings[name]
		fmt.Fprintf(&b, "%-28s %12s %8.4f %3d\n", name, c.cost, c.gap, c.left)
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
}

// TestCeilings: at the default work no problem file costs more, or proves less,
// than it did before; plans and bounds pass the judge.
func TestCeilings(t *testing.T) {
	if testing.Short() {
		t.Skip("solves for some seconds")
	}
	path := filepath.Join("..", "testdata", "ceilings.txt")
	ceilings := readCeilings(t, path)
	var lock sync.Mutex
	t.Run("problems", func(t *testing.T) {
		for _, name := range problemtest.Problems(t) {
			most, known := ceilings[name]
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := problemtest.Problem(t, name)
				plan, err := solver.Solve(context.Background(), p)
				require.NoError(t, err)
				judged(t, p, plan)
				is := ceilingOf(plan)
				if *update {
					lock.Lock()
					defer lock.Unlock()
					if ceilings[name] = is; known {
						ceilings[name] = most.lower(is)
					}
				} else {
					require.True(t, known, "no ceiling: -update measures it")
				}
				if known {
					require.LessOrEqual(t, is.left, most.left)
					require.False(t, is.left == most.left && is.cost > most.cost, "costs %s, ceiling %s", is.cost, most.cost)
					require.LessOrEqual(t, is.gap, most.gap, "gap in percent")
				}
			})
		}
	})
	if *update {
		writeCeilings(t, path, ceilings)
	}
}

// judged has a plan and its bound judged.
func judged(t testing.TB, p binpack.Problem, plan binpack.Plan) {
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	plan.LowerBound = plan.Cost + 1
	require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
}
