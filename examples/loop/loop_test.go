package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

var update = flag.Bool("update", false, "write the golden files")

func TestGolden(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(&out, newHalcyon()))
	path := filepath.Join("testdata", "loop.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

var errCrash = errors.New("crash")

// A trial is all rounds, and some more until nothing is coming.
type trial struct {
	cloud *halcyon
	crash int // 1 to 7: the first step after which the autoscaler is killed, and after every seventh from there; 0: none
	work  int64
	more  int // rounds after the last of main
}

// run goes through the rounds. It returns the cluster, the last report, and how many
// steps there were.
func (tr trial) run(t *testing.T) (*cluster, Report, int) {
	p, err := problem()
	require.NoError(t, err)
	c := newCluster(tr.cloud, p.DaemonPods[0])
	memory := filepath.Join(t.TempDir(), "memory.json")
	steps := 0
	start := func() *Autoscaler {
		a := autoscaler(c, p, memory)
		a.Work = tr.work
		a.step = func(string) error {
			if steps++; tr.crash > 0 && steps%7 == tr.crash%7 { // a round has six
				return errCrash
			}
			return nil
		}
		return a
	}
	a := start()
	var last Report
	for round := 1; round <= rounds+tr.more; round++ {
		next := c.now.Add(period)
		c.arrive(round)
		r, err := a.Round(context.Background())
		if errors.Is(err, errCrash) {
			a = start() // nothing of the old one is left
			r, err = a.Round(context.Background())
		}
		require.NoError(t, err)
		last = r
		require.NoError(t, c.until(next))
	}
	return c, last, steps
}

// requireBooks requires that every pod is on one node that has room for it, or was
// told why not; that every node is paid for once, and nothing else is; and that nothing
// was launched twice: there is no node without pods.
func requireBooks(t *testing.T, c *cluster, last Report) {
	ctx := context.Background()
	pods, nodes, err := list(ctx, c.client)
	require.NoError(t, err)
	events, err := c.client.CoreV1().Events("").List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	told := map[string]bool{}
	for _, e := range events.Items {
		require.NotEmpty(t, e.Message)
		told[e.InvolvedObject.Name] = true
	}
	paid := map[string]catalog.Price{}
	cost := catalog.Price(0)
	for _, m := range c.cloud.machines {
		if !m.ended {
			require.NotContains(t, paid, m.ID)
			paid[m.ID] = m.Price
			cost += m.Price
		}
	}
	require.Equal(t, cost, last.Cost)
	require.Equal(t, len(paid), len(nodes), "a node for each machine that is paid for")
	room := map[string]corev1.ResourceList{}
	held := map[string]int{}
	for _, n := range nodes {
		require.Contains(t, paid, n.Name)
		require.NotContains(t, fmt.Sprint(n.Spec.Taints), "handover")
		room[n.Name] = n.Status.Allocatable.DeepCopy()
	}
	left := 0
	for _, pod := range pods {
		require.Empty(t, pod.Status.NominatedNodeName)
		if pod.Spec.NodeName == "" {
			require.True(t, told[pod.Name], pod.Name)
			left++
			continue
		}
		held[pod.Spec.NodeName]++
		for name, q := range requests(pod) {
			on := room[pod.Spec.NodeName]
			now := on[name]
			now.Sub(q)
			require.GreaterOrEqual(t, now.Sign(), 0, "%s of %s", name, pod.Spec.NodeName)
			on[name] = now
		}
	}
	for _, n := range nodes {
		require.Greater(t, held[n.Name], 1, "%s has nothing but its daemon", n.Name)
	}
	require.Equal(t, 3, left) // two for the limit of batch, one that is too large
	sum := 0
	for _, n := range last.Left {
		sum += n
	}
	require.Equal(t, left, sum)
}

// atOnce returns what a plan costs of one who knew all pods and the market from the
// start.
func atOnce(t *testing.T) catalog.Price {
	p, err := problem()
	require.NoError(t, err)
	c := newCluster(newHalcyon(), p.DaemonPods[0])
	for round := range rounds {
		c.arrive(round + 1)
	}
	p.Pods, _, err = list(context.Background(), c.client)
	require.NoError(t, err)
	p.Availability = launch.Func(func(k catalog.Key) int {
		for _, e := range c.cloud.market.Offerings {
			if (catalog.Key{InstanceType: e.InstanceType, Zone: e.Zone, CapacityType: e.CapacityType}).Matches(k) {
				return e.Left
			}
		}
		return binpack.Unlimited
	})
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, 3, leftIn(plan))
	return plan.Cost
}

func leftIn(plan binpack.Plan) int {
	n := 0
	for _, u := range plan.Unschedulable {
		n += u.Count
	}
	return n
}

// TestBooks: whatever fails, the books are right, and the nodes cost what they would
// have cost one who knew all pods and all failures.
func TestBooks(t *testing.T) {
	best := atOnce(t)
	for _, test := range []struct {
		name  string
		cloud func(*halcyon)
	}{
		{"all goes well", func(*halcyon) {}},
		{"a fifth of the launches fails", func(h *halcyon) { h.failing = 0.2 }},
		{"every seventh machine never joins", func(h *halcyon) { h.stuck = 7 }},
		{"both", func(h *halcyon) { h.failing, h.stuck = 0.2, 9 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			cloud := newHalcyon()
			test.cloud(cloud)
			c, last, _ := trial{cloud: cloud, work: 2_000_000, more: 10}.run(t)
			requireBooks(t, c, last)
			t.Logf("%d requests, %.4f of planning all at once", cloud.requests, float64(last.Cost)/float64(best))
			require.LessOrEqual(t, float64(last.Cost), 1.01*float64(best))
		})
	}
}

// TestCrash kills the autoscaler after each of its steps, in one run or another, and
// starts another, which has the memory file alone.
func TestCrash(t *testing.T) {
	for crash := 1; crash <= 7; crash++ {
		t.Run(fmt.Sprint("from step ", crash), func(t *testing.T) {
			t.Parallel()
			cloud := newHalcyon()
			cloud.failing = 0.2
			c, last, _ := trial{cloud: cloud, work: 100_000, crash: crash, more: 2}.run(t)
			requireBooks(t, c, last)
		})
	}
}
