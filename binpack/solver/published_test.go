package solver_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var seeds = flag.Int("seeds", 1, "TestPublished: instances of each published kind and size; with more than one it prints what it finds")

// A family is bin packing instances that are alike.
type family struct {
	name      string
	instances []gen.Instance
}

// families returns instances by the rules of the literature, and some that have
// their optimum by construction. Package gen says where they are from.
func families(seeds int) []family {
	var out []family
	add := func(name string, sizes []int, draw func(seed uint64, size int) gen.Instance) {
		f := family{name: name}
		for _, size := range sizes {
			for seed := range uint64(seeds) {
				f.instances = append(f.instances, draw(seed, size))
			}
		}
		out = append(out, f)
	}
	add("triplets", []int{60, 120, 249, 501}, gen.Triplets)
	add("uniform", []int{120, 250, 500, 1000}, gen.Uniform)
	for class := 1; class <= gen.VectorClasses; class++ {
		sizes := []int{24, 51, 99, 201} // multiples of 3, for the last class
		add(fmt.Sprintf("two dimensions, class %d", class), sizes, func(seed uint64, size int) gen.Instance {
			return gen.Vector(seed, class, size)
		})
	}
	for cost, name := range []string{gen.Linear: "linear", gen.Concave: "concave", gen.Convex: "convex"} {
		for _, least := range []int64{1, 20, 50} {
			add(fmt.Sprintf("sizes at %s cost, from %d", name, least), []int{25, 50, 100}, func(seed uint64, size int) gen.Instance {
				return gen.VariableSized(seed, size, least, size != 50, gen.Cost(cost))
			})
		}
	}
	for _, c := range closedForms() {
		add(c.name, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, func(seed uint64, i int) gen.Instance {
			return c.instances.Example(i + 100*int(seed))
		})
	}
	return out
}

type closedForm struct {
	name      string
	instances *rapid.Generator[gen.Instance]
}

func closedForms() []closedForm {
	return []closedForm{{"full bins", gen.FullBins()}, {"perfect pairs", gen.PerfectPairs()}, {"half plus", gen.HalfPlus()}}
}

// A solvedFamily counts what was solved of a family.
type solvedFamily struct {
	instances int
	reached   int     // the optimum: by construction, or by the plan's own bound
	proven    int     // to be optimal
	gap       float64 // the worst, in percent, to two places, rounded up
	took      time.Duration
}

func (c *solvedFamily) add(in gen.Instance, plan binpack.Plan) {
	c.instances++
	if plan.Status == binpack.Optimal {
		c.proven++
	}
	if plan.Status == binpack.Optimal || in.Known() && plan.Cost == in.Best.Cost {
		c.reached++
	}
	c.gap = max(c.gap, math.Ceil(1e4*plan.Gap())/1e2)
}

// TestPublished solves published kinds of instances at the default work. No plan is
// cheaper than the optimum, and of each family at least as many reach it, and are
// proven to, as testdata/published.txt says.
func TestPublished(t *testing.T) {
	if testing.Short() {
		t.Skip("solves for some seconds")
	}
	all := families(*seeds)
	results := make([]solvedFamily, len(all))
	t.Run("families", func(t *testing.T) {
		for i, f := range all {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				for _, in := range f.instances {
					start := time.Now()
					plan, err := solver.Solve(context.Background(), in.Problem)
					require.NoError(t, err)
					results[i].took += time.Since(start)
					judged(t, in.Problem, plan)
					require.Empty(t, plan.Unschedulable)
					if in.Known() {
						require.LessOrEqual(t, plan.LowerBound, in.Best.Cost)
						require.LessOrEqual(t, in.Best.Cost, plan.Cost)
					}
					results[i].add(in, plan)
				}
			})
		}
	})
	text := publishedHead
	for i, r := range results {
		text += fmt.Sprintf("%-30s %s\n", all[i].name, r)
		t.Logf("%-30s %s, %.2f s each", all[i].name, r, r.took.Seconds()/float64(r.instances))
	}
	if *seeds > 1 {
		return
	}
	path := filepath.Join("..", "testdata", "published.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for i, r := range results {
		least := solvedFamily{}
		_, line, found := strings.Cut(string(before), "\n"+all[i].name+" ")
		require.True(t, found, all[i].name)
		_, err := fmt.Sscanf(strings.TrimSpace(line), resultFormat, &least.instances, &least.reached, &least.proven, &least.gap)
		require.NoError(t, err, line)
		require.Equal(t, least.instances, r.instances, all[i].name)
		require.GreaterOrEqual(t, r.reached, least.reached, all[i].name)
		require.GreaterOrEqual(t, r.proven, least.proven, all[i].name)
		require.LessOrEqual(t, r.gap, least.gap, all[i].name)
	}
}

const (
	publishedHead = `# Bin packing instances at the default work: how many plans are optimal, and how
# many are proven to be. -update rewrites this file.
`
	resultFormat = "%d instances, %d optimal, %d proven, worst gap %f %%"
)

func (c solvedFamily) String() string {
	return fmt.Sprintf("%2d instances, %2d optimal, %2d proven, worst gap %5.2f %%", c.instances, c.reached, c.proven, c.gap)
}

// TestClosedForms: between a lower bound and a plan lies the optimum.
func TestClosedForms(t *testing.T) {
	for _, c := range closedForms() {
		solved, reached := 0, 0
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			in := c.instances.Draw(t, "instance")
			plan, err := quick.Solve(context.Background(), in.Problem)
			require.NoError(t, err)
			require.LessOrEqual(t, plan.LowerBound, in.Best.Cost)
			require.LessOrEqual(t, in.Best.Cost, plan.Cost)
			require.NoError(t, verify.Plan(context.Background(), in.Problem, plan))
			if solved++; plan.Cost == in.Best.Cost {
				reached++
			}
		}))
		t.Logf("%s: %d of %d optimal", c.name, reached, solved)
	}
}
