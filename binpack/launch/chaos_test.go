package launch_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

var markets = flag.Int("markets", 150, "simulated markets that the chaos test goes through")

// A chaotic Launcher sells what its market has, and misbehaves now and then.
type chaotic struct {
	mu    sync.Mutex
	rand  *rand.Rand
	has   map[catalog.Key]int
	sold  map[catalog.Key]int
	codes []string
	ids   []catalog.Key // of the nodes sold
	wild  float64       // how often it misbehaves

	promised map[int]bool // of ids
}

func newChaotic(r *rand.Rand, p binpack.Problem) *chaotic {
	l := &chaotic{rand: r, has: map[catalog.Key]int{}, sold: map[catalog.Key]int{}, promised: map[int]bool{}, wild: r.Float64() * r.Float64()}
	l.codes = []string{"InsufficientInstanceCapacity", "VcpuLimitExceeded", "UnauthorizedOperation", "RequestLimitExceeded", "SomethingNew", "", "InsufficientFreeAddressesInSubnet"}
	offered := []catalog.Catalog{p.Catalog}
	for _, pool := range p.Pools {
		offered = append(offered, pool.Catalog)
	}
	for _, c := range offered {
		for k := range c.Offerings() {
			if _, known := l.has[k]; !known {
				l.has[k] = max(0, r.IntN(8)-3)
			}
		}
	}
	return l
}

func (l *chaotic) Launch(ctx context.Context, r launch.Request) (launch.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, n := r.Offering(), r.Nodes()
	wild := func() bool { return l.rand.Float64() < l.wild }
	if wild() {
		for k := range l.has { // any
			key = k
			break
		}
	}
	if wild() {
		n = l.rand.IntN(n + 2)
	}
	var result launch.Result
	for range n {
		if l.sold[key] == l.has[key] {
			code := "InsufficientInstanceCapacity"
			if wild() {
				code = l.codes[l.rand.IntN(len(l.codes))]
			}
			result.Failures = append(result.Failures, launch.Failure{Offering: key, Code: code})
			break
		}
		l.sold[key]++
		l.ids = append(l.ids, key)
		result.Instances = append(result.Instances, launch.Instance{ID: fmt.Sprint("i-", len(l.ids)), Offering: key})
	}
	if most := len(result.Instances); most > 0 && key == r.Offering() && most <= r.Nodes() && wild() { // some come later
		result.Accepted = 1 + l.rand.IntN(most)
		result.Instances = result.Instances[:most-result.Accepted]
		for i := range result.Accepted { // whoever promises a node tells its ID to nobody
			l.promised[len(l.ids)-1-i] = true
		}
		return result, nil
	}
	if wild() && len(l.ids) > 0 {
		again := l.rand.IntN(len(l.ids))
		if !l.promised[again] {
			result.Instances = append(result.Instances, launch.Instance{ID: fmt.Sprint("i-", again+1), Offering: l.ids[again]})
		}
	}
	switch {
	case len(result.Instances) > 0: // what was sold is told
	case wild():
		panic("chaos")
	case wild():
		return result, context.DeadlineExceeded
	case wild():
		return result, errors.New("chaos")
	}
	return result, nil
}

// fallbacksOf draws a list of fallbacks.
func fallbacksOf(r *rand.Rand) []launch.Fallback {
	solver := solver.Solver{Work: 1}
	all := []launch.Fallback{
		launch.Alternatives{}, launch.Replan{Solver: solver}, launch.SpotToOnDemand{After: 2, Solver: solver},
		launch.OtherPool{Names: []string{"p1"}, Solver: solver}, launch.Wait{For: time.Minute}, rogue{r},
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append(all[:r.IntN(3)], launch.Replan{Solver: solver})
}

// A rogue Fallback proposes what it should not.
type rogue struct{ rand *rand.Rand }

func (f rogue) Propose(_ context.Context, rest binpack.Problem, failed []launch.Failed) (launch.Proposal, error) {
	var p launch.Proposal
	for _, l := range failed {
		p.Launches = append(p.Launches, l.Launch, l.Launch) // pods twice, and on what there is none of
	}
	for _, n := range rest.Existing {
		p.Nominations = append(p.Nominations, binpack.Nomination{Node: n.Node.DeepCopy(), Pods: []binpack.Placement{{Count: -1}}})
	}
	switch f.rand.IntN(3) {
	case 0:
		panic("rogue")
	case 1:
		return p, errors.New("rogue")
	}
	return p, nil
}

// TestChaos goes through simulated markets that have little and Launchers that
// misbehave. Whatever happens, each pod is on one node or left over, the pods keep
// their rules, nothing is launched that the market did not have, what is known to be
// empty is left alone, and the run ends within its limits.
func TestChaos(t *testing.T) {
	problems := gen.Problems(gen.Tiny().With(gen.All()))
	endings := map[launch.Ending]int{}
	for seed := range *markets {
		r := rand.New(rand.NewPCG(uint64(seed), 8))
		p := problems.Example(seed) // many pods that nothing holds
		if seed%2 == 1 {
			p = gen.MixRules(uint64(seed), 5+r.IntN(20), 1+r.IntN(5)) // all pods have a place
		}
		plan, err := solver.Solver{Work: 1, Alternatives: r.IntN(3)}.Solve(context.Background(), p)
		require.NoError(t, err)
		l := newChaotic(r, p)
		run := runner(l)
		began := run.Clock()
		run.Solver.Work = 1
		run.Fallbacks, run.Parallelism, run.Batch = fallbacksOf(r), 1+r.IntN(4), 1+r.IntN(5)
		run.Rounds, run.Attempts = 3+r.IntN(30), 3+r.IntN(100)
		if r.IntN(4) == 0 {
			run.ExtraCost = r.Float64()
		}
		out, err := run.Run(context.Background(), p, plan)
		require.NoError(t, err, "market %d", seed)
		endings[out.Ended]++
		func() {
			defer func() {
				if t.Failed() {
					t.Logf("market %d", seed)
				}
			}()
			accounted(t, p, plan, out)
			require.LessOrEqual(t, out.Rounds, run.Rounds)
			require.LessOrEqual(t, len(out.Attempts), run.Attempts)
			launched := map[catalog.Key]int{}
			for _, n := range out.Launched {
				launched[n.Launch.Offering]++
			}
			for k, n := range launched {
				require.LessOrEqual(t, n, l.has[k])
			}
			require.Equal(t, len(l.ids), len(out.Launched), "all that was sold is told of")
			if run.Clock().Sub(began) < launch.DefaultFirst {
				requireNoKnownEmpty(t, out)
			}
		}()
	}
	t.Logf("%v", endings)
}

// requireNoKnownEmpty requires that nothing was asked for in a later round than the
// one that found it empty.
func requireNoKnownEmpty(t *testing.T, out launch.Outcome) {
	empty := map[catalog.Key]int{} // the round
	for _, a := range out.Attempts {
		k := a.Request.Offering()
		round, is := empty[k]
		require.False(t, is && round < a.Round, "%v", k)
		for _, f := range a.Failures {
			if f.Offering == k && f.Code == "InsufficientInstanceCapacity" {
				empty[k] = a.Round
			}
		}
	}
}
