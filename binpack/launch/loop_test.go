package launch_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// A fakeCluster is nodes that take some rounds to join after they are launched, and pods
// that run once their node has joined.
type fakeCluster struct {
	delay   int // rounds
	nodes   []fakeNode
	pending []*corev1.Pod
	cost    catalog.Price
	bought  int
}

type fakeNode struct {
	launch binpack.Launch
	node   *corev1.Node
	joins  int // in which round
	pods   []*corev1.Pod
}

// problem returns what the embedder asks in a round: the pods that are pending, and the
// nodes, those on their way among them.
func (c *fakeCluster) problem(base binpack.Problem, round int) binpack.Problem {
	p := base
	p.Pods = c.pending
	for i := range c.nodes {
		n := &c.nodes[i]
		e := binpack.ExistingNode{Node: n.node, Pods: n.pods}
		if round < n.joins {
			e.Joining = true
			switch i % 3 { // known by its launch, by its object as it joins, or by name and launch alone
			case 0:
				e.Launch = &n.launch
			case 1:
				e.Pool = n.launch.Pool
			case 2:
				e.Launch, e.Node = &n.launch, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.node.Name}}
			}
		}
		p.Existing = append(p.Existing, e)
	}
	return p
}

// round plans for what is pending, launches what the plan says, and lets the pods run
// whose node has joined.
func (c *fakeCluster) round(t *testing.T, base binpack.Problem, round int) {
	if c.delay > 0 {
		c.join(base, round)
	}
	p := c.problem(base, round)
	plan, err := solver.Solver{Work: 100_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	for _, l := range plan.Launches {
		for range l.Nodes() {
			node := p.Node(l)
			node.Name = fmt.Sprintf("node-%d", c.bought)
			node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule})
			c.bought++
			c.cost += l.Price
			if c.bought%3 == 2 {
				node.Status.Allocatable = nil // not reported yet
			}
			l.Count = 1
			c.nodes = append(c.nodes, fakeNode{launch: l, node: node, joins: round + c.delay})
		}
	}
	if c.delay == 0 {
		c.join(base, round)
	}
	c.schedule(base, round)
}

// join lets the nodes join that are due: with their daemons and all they have, and without
// the taints.
func (c *fakeCluster) join(base binpack.Problem, round int) {
	for i := range c.nodes {
		n := &c.nodes[i]
		if n.joins != round {
			continue
		}
		up := base.After(binpack.Plan{Launches: []binpack.Launch{{Pool: n.launch.Pool, Offering: n.launch.Offering}}}).Existing[0]
		n.node, n.pods = up.Node, up.Pods
		n.node.Name = fmt.Sprintf("node-%d", i)
	}
}

// schedule runs pending pods on nodes that have joined, as the plan of those alone says.
func (c *fakeCluster) schedule(base binpack.Problem, round int) {
	only := base
	only.Pools, only.Pods = []binpack.Pool{}, c.pending
	at := map[*corev1.Node]int{}
	for i := range c.nodes {
		n := &c.nodes[i]
		if round < n.joins {
			continue
		}
		at[n.node] = i
		only.Existing = append(only.Existing, binpack.ExistingNode{Node: n.node, Pods: n.pods})
	}
	plan, err := solver.Solver{Work: 1}.Solve(context.Background(), only)
	if err != nil {
		panic(err)
	}
	runs := map[*corev1.Pod]bool{}
	for _, n := range plan.Nominations {
		for _, on := range n.Pods {
			runs[on.Pod] = true
			bound := on.Pod.DeepCopy()
			bound.Spec.NodeName = n.Node.Name
			c.nodes[at[n.Node]].pods = append(c.nodes[at[n.Node]].pods, bound)
		}
	}
	var rest []*corev1.Pod
	for _, pod := range c.pending {
		if !runs[pod] {
			rest = append(rest, pod)
		}
	}
	c.pending = rest
}

// TestLoop: in thirty rounds pods come, and nodes take three rounds to join. Nothing is
// launched twice for the same pods: all costs within 1 % of what it costs where nodes are
// there at once.
func TestLoop(t *testing.T) {
	base := shop(0)
	base.Workloads = nil
	base.Pools = []binpack.Pool{{Name: "main", Labels: map[string]string{"pool": "main"}, StartupTaints: []corev1.Taint{{Key: "cni", Effect: corev1.TaintEffectNoExecute}}}}
	agent := pod("agent", "250m")
	agent.Labels = map[string]string{"role": "agent"}
	base.DaemonPods = []*corev1.Pod{agent}
	const rounds = 30
	run := func(delay int) *fakeCluster {
		c := &fakeCluster{delay: delay}
		for round := range rounds + 4 {
			for i := range 3 * ((round + 1) % 2) {
				if round < rounds {
					c.pending = append(c.pending, pod(fmt.Sprintf("web-%d-%d", round, i), "1250m"))
				}
			}
			c.round(t, base, round)
		}
		require.Empty(t, c.pending, "all run in the end")
		return c
	}
	instant, slow := run(0), run(3)
	require.LessOrEqual(t, float64(slow.cost), 1.01*float64(instant.cost), "%d nodes, %d at once", slow.bought, instant.bought)
}
