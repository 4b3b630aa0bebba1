package handover_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
)

var rounds = flag.Int("rounds", 60, "problems that are planned, launched and handed over round by round")

// A town is a cluster whose scheduler binds what is nominated, and misbehaves now and
// then. It has a clock of its own.
type town struct {
	mu     sync.Mutex
	random *rand.Rand
	now    time.Time
	nodes  map[string]*corev1.Node
	pods   map[string]*corev1.Pod
	bound  map[string]int
	wild   float64

	reserved int // placeholders
}

func (c *town) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(min(d, time.Second))
	for _, name := range slices.Sorted(maps.Keys(c.pods)) {
		pod := c.pods[name]
		node := c.nodes[pod.Status.NominatedNodeName]
		if pod.Spec.NodeName != "" || node == nil || len(pod.Spec.SchedulingGates) > 0 || len(node.Spec.Taints) > 0 && node.Spec.Taints[len(node.Spec.Taints)-1].Key == handover.TaintKey {
			continue
		}
		copied := pod.DeepCopy()
		copied.Status.NominatedNodeName = ""
		switch x := c.random.Float64(); {
		case x < c.wild/2: // taken back
		case x < c.wild:
			delete(c.pods, name)
			continue
		default:
			copied.Spec.NodeName = node.Name
			c.bound[name]++
		}
		c.pods[name] = copied
	}
	var s handover.State
	for _, name := range slices.Sorted(maps.Keys(c.pods)) {
		s.Pods = append(s.Pods, c.pods[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.nodes)) {
		s.Nodes = append(s.Nodes, c.nodes[name])
	}
	return s, ctx.Err()
}

func (c *town) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func quiet() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

var errWild = errors.New("wild")

func (c *town) change(pod *corev1.Pod, do func(*corev1.Pod)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	live := c.pods[pod.Name]
	if live == nil || live.Spec.NodeName != "" || c.random.Float64() < c.wild {
		return errWild
	}
	live = live.DeepCopy()
	do(live)
	c.pods[pod.Name] = live
	return nil
}

func (c *town) Nominate(_ context.Context, pod *corev1.Pod, node string) error {
	return c.change(pod, func(p *corev1.Pod) { p.Status.NominatedNodeName = node })
}

func (c *town) Bind(_ context.Context, pod *corev1.Pod, node string) error {
	return c.change(pod, func(p *corev1.Pod) {
		p.Spec.NodeName, p.Status.NominatedNodeName = node, ""
		c.bound[pod.Name]++
	})
}

func (c *town) Release(_ context.Context, node *corev1.Node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.random.Float64() < c.wild {
		return errWild
	}
	live := c.nodes[node.Name].DeepCopy()
	live.Spec.Taints = slices.DeleteFunc(live.Spec.Taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey })
	c.nodes[node.Name] = live
	return nil
}

// A careful town makes placeholders. Its scheduler puts no pod on a node by itself, so that
// they keep nothing off: they are there to be lost and forgotten.
type careful struct{ *town }

func (c careful) Reserve(_ context.Context, placeholder *corev1.Pod) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.random.Float64() < c.wild {
		return errWild
	}
	if c.pods[placeholder.Name] == nil {
		pod := placeholder.DeepCopy()
		pod.UID = types.UID(fmt.Sprint(pod.Name, c.now))
		c.pods[pod.Name] = pod
		c.reserved++
	}
	return nil
}

func (c careful) Label(_ context.Context, node *corev1.Node, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.random.Float64() < c.wild || c.nodes[node.Name] == nil {
		return errWild
	}
	live := c.nodes[node.Name].DeepCopy()
	live.Labels[handover.LabelKey] = value
	c.nodes[node.Name] = live
	return nil
}

func (c careful) Cancel(_ context.Context, placeholder *corev1.Pod) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.random.Float64() < c.wild {
		return errWild
	}
	delete(c.pods, placeholder.Name)
	return nil
}

// TestRounds plans, launches where the market has not all, hands over in a cluster that
// misbehaves, and plans again what is left. In every round each pod is accounted for,
// and in the end none is bound twice, and no taint, nomination or placeholder is left. In
// half of the problems some pods tolerate every taint.
func TestRounds(t *testing.T) {
	t.Parallel()
	reserved := 0
	for seed := range *rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 19))
		p := gen.MixRules(uint64(seed), 5+r.IntN(25), 1+r.IntN(5))
		c := &town{random: r, now: time.Unix(1_800_000_000, 0), nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{}, bound: map[string]int{}, wild: r.Float64() * r.Float64() / 2}
		c.settle(&p)
		for _, pod := range p.Pods {
			if seed%2 == 0 && r.IntN(5) == 0 {
				pod.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
			}
		}
		for round := range 6 {
			if len(p.Pods) == 0 {
				break
			}
			p = c.round(t, p, seed, round)
		}
		for name, n := range c.bound {
			require.Equal(t, 1, n, "seed %d: %s", seed, name)
		}
		for _, n := range c.nodes {
			require.NotContains(t, n.Spec.Taints, handover.Taint(), "seed %d: %s", seed, n.Name)
		}
		for _, pod := range c.pods {
			require.Empty(t, pod.Status.NominatedNodeName, "seed %d: %s", seed, pod.Name)
			require.NotEqual(t, handover.PlaceholderNamespace, pod.Namespace, "seed %d: %s", seed, pod.Name)
		}
		reserved += c.reserved
	}
	require.Positive(t, reserved)
}

// settle puts the nodes and pods of p into the town. Its pods, replicas too, are single
// pods from then on.
func (c *town) settle(p *binpack.Problem) {
	number := 0
	live := func(pod *corev1.Pod) *corev1.Pod {
		number++
		out := pod.DeepCopy()
		out.Name = fmt.Sprintf("p-%d", number)
		out.UID = types.UID(out.Name)
		c.pods[out.Name] = out
		return out
	}
	var pods []*corev1.Pod
	for _, pod := range p.Pods {
		pods = append(pods, live(pod))
	}
	for _, w := range p.Workloads {
		for range w.Replicas {
			pods = append(pods, live(w.Pod))
		}
	}
	p.Pods, p.Workloads = pods, nil
	p.Existing = slices.Clone(p.Existing)
	for i := range p.Existing {
		e := &p.Existing[i]
		e.Node = c.join(e.Node, e.Node.Name)
		for j, pod := range e.Pods {
			if j == 0 {
				e.Pods = slices.Clone(e.Pods)
			}
			e.Pods[j] = live(pod)
			e.Pods[j].Spec.NodeName = e.Node.Name
		}
	}
}

func (c *town) join(manifest *corev1.Node, name string, taints ...corev1.Taint) *corev1.Node {
	n := manifest.DeepCopy()
	n.Name = name
	n.Spec.Taints = append(n.Spec.Taints, taints...)
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	c.nodes[name] = n
	return n
}

// round plans, launches and hands over once, and returns what is left.
func (c *town) round(t *testing.T, p binpack.Problem, seed, round int) binpack.Problem {
	ctx := t.Context()
	plan, err := solver.Solver{Work: 1}.Solve(ctx, p)
	require.NoError(t, err)
	market := &launchtest.Market{}
	for range c.random.IntN(3) {
		l := binpack.Launch{}
		if len(plan.Launches) > 0 {
			l = plan.Launches[c.random.IntN(len(plan.Launches))]
		}
		market.Offerings = append(market.Offerings, launchtest.MarketEntry{InstanceType: l.Offering.InstanceType, Left: c.random.IntN(3)})
	}
	runner := launch.Runner{Launcher: market, Solver: solver.Solver{Work: 1}, Name: fmt.Sprint(seed, round), Rounds: 4,
		Sleep: func(context.Context, time.Duration) error { return nil }}
	launched, err := runner.Run(ctx, p, plan)
	require.NoError(t, err)

	h := handover.Handover{Problem: p, Plan: launched.Plan()}
	empty := launched.Plan()
	empty.Nominations = nil
	for i := range empty.Launches {
		empty.Launches[i].Pods = nil
	}
	rest := p.After(empty)
	for i, e := range rest.Existing[len(p.Existing):] {
		name := e.Node.Name
		h.Nodes = append(h.Nodes, name)
		if c.random.Float64() < c.wild { // it never comes
			e.Node.Name = ""
			continue
		}
		node := c.join(e.Node, name, handover.Taint())
		final := node.DeepCopy()
		final.Spec.Taints = final.Spec.Taints[:len(final.Spec.Taints)-1]
		rest.Existing[len(p.Existing)+i].Node = final
		for j, pod := range e.Pods {
			pod.Name = fmt.Sprintf("daemon-%s-%d", name, j)
			c.pods[pod.Name] = pod
		}
	}
	d := handover.Driver{Cluster: careful{c}, Clock: c.clock, Parallelism: 1}
	o, err := d.Run(ctx, h)
	if errors.Is(err, handover.ErrLeft) {
		c.wild = 0
		o, err = d.GiveUp(ctx, h)
	}
	require.NoError(t, err)
	require.Len(t, o.Pods, len(p.Pods))
	for _, pod := range o.Pods {
		live := c.pods[pod.Pod.Name]
		require.Equal(t, live == nil, pod.Fate == handover.Gone, "%s", pod.Fate)
		if live != nil {
			require.Equal(t, live.Spec.NodeName, pod.Node)
		}
	}
	return c.left(rest)
}

// left returns the problem of what waits, with the nodes that came and their pods.
func (c *town) left(p binpack.Problem) binpack.Problem {
	p.Existing = slices.DeleteFunc(slices.Clone(p.Existing), func(e binpack.ExistingNode) bool { return c.nodes[e.Node.Name] == nil })
	for i := range p.Existing {
		p.Existing[i].Pods = nil
		for _, name := range slices.Sorted(maps.Keys(c.pods)) {
			if c.pods[name].Spec.NodeName == p.Existing[i].Node.Name {
				p.Existing[i].Pods = append(p.Existing[i].Pods, c.pods[name])
			}
		}
	}
	var pods []*corev1.Pod
	for _, pod := range p.Pods {
		if live := c.pods[pod.Name]; live != nil && live.Spec.NodeName == "" {
			pods = append(pods, live)
		}
	}
	p.Pods = pods
	return p
}
