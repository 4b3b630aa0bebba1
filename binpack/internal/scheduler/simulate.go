package scheduler

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// A Planner makes a plan for what waits.
type Planner func(ctx context.Context, p binpack.Problem) (binpack.Plan, error)

// Options say how a plan comes to its nodes.
type Options struct {
	HandOver bool          // by a handover.Driver; otherwise kube-scheduler does as it likes
	Seed     uint64        // of the orders of pods and of joining; 0: the order of the problem
	Apart    time.Duration // how far apart the nodes join; 0: at once
	Early    bool          // the nodes are there, and the pods nominated, before the scheduler begins; otherwise it has tried all pods before the plan is made
}

// A Result is what came of it.
type Result struct {
	Before   int           // pods that the scheduler had placed before the plan was made
	Planned  catalog.Price // of the first plan, per hour
	Nodes    int           // of the first plan
	Pods     int           // of the first plan
	Left     int           // pods that the first plan leaves pending
	Stranded int           // pods of the first plan that found no room
	Off      int           // pods of the first plan that are on other nodes than planned
	Evicted  int           // pods that the scheduler has preempted for others since the first plan
	Overfull int           // resources of nodes that pods ask more for than there is, and more than at first
	Paid     catalog.Price // of all plans, until every pod runs that can
	Rounds   int
	Took     time.Duration // from the last node's joining to the end of the first round
	Steps    int           // of the first plan on paper
	Outcome  handover.Outcome
}

const (
	lag       = 300 * time.Millisecond // of the scheduler's informers
	lead      = time.Second            // from the beginning of the handover to the first node: the least that a launch takes
	quiet     = 600 * time.Millisecond // without a pod in any queue but the unschedulable ones
	maxRounds = 20
)

// Simulate plans, launches and, if o says so, hands over, until no pod of p waits that
// the planner has a node for.
func Simulate(ctx context.Context, p binpack.Problem, planner Planner, o Options) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, live, err := NewCluster(ctx, p, o.Seed)
	if err != nil {
		return Result{}, err
	}
	var r Result
	overfull, err := c.overfull() // before the scheduler does anything
	if err != nil {
		return r, err
	}
	evicted := 0 // before the first plan
	rest := *live
	if !o.Early {
		c.Start(ctx)
		if err := c.tryAll(ctx, p); err != nil {
			return r, err
		}
		if rest, err = c.rest(*live); err != nil {
			return r, err
		}
		evicted = c.gone()
		r.Before = c.api.bindings() - evicted
	}
	for r.Rounds < maxRounds {
		plan, err := planner(ctx, rest.Problem)
		if err != nil {
			return r, err
		}
		if r.Rounds > 0 && len(plan.Launches)+len(plan.Nominations) == 0 {
			break
		}
		if err := c.round(ctx, &r, &rest, plan, o); err != nil {
			return r, err
		}
		if rest, err = c.rest(rest); err != nil {
			return r, err
		}
		r.Paid += plan.Cost
		r.Rounds++
		if r.Rounds == 1 {
			r.Stranded = count(rest) - r.Left
		}
		if count(rest) == 0 {
			break
		}
	}
	r.Evicted = c.gone() - evicted
	now, err := c.overfull()
	for at, sum := range now {
		if first, was := overfull[at]; !was || sum.Cmp(first) > 0 {
			r.Overfull++
		}
	}
	return r, err
}

// gone counts the pods that are no more: the scheduler preempted them.
func (c *Cluster) gone() int {
	n := 0
	for _, pod := range c.pods {
		if _, err := c.api.Tracker().Get(podResource, pod.Namespace, pod.Name); err != nil {
			n++
		}
	}
	return n
}

// overfull returns what pods ask for in all, by node and resource, where that is more
// than there is.
func (c *Cluster) overfull() (map[[2]string]resource.Quantity, error) {
	nodes, err := c.embedder.nodes.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	all, err := c.embedder.pods.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	used := map[string]corev1.ResourceList{}
	for _, pod := range all {
		on := used[pod.Spec.NodeName]
		if on == nil {
			on = corev1.ResourceList{}
			used[pod.Spec.NodeName] = on
		}
		for name, q := range kube.Requests(pod) {
			sum := on[name]
			sum.Add(q)
			on[name] = sum
		}
	}
	overfull := map[[2]string]resource.Quantity{}
	for _, node := range nodes {
		for name, sum := range used[node.Name] {
			if sum.Cmp(node.Status.Allocatable[name]) > 0 {
				overfull[[2]string{node.Name, string(name)}] = sum
			}
		}
	}
	return overfull, nil
}

// tryAll lets the scheduler try all pods on the existing nodes. Without any it tries them
// again and again.
func (c *Cluster) tryAll(ctx context.Context, p binpack.Problem) error {
	if len(p.Existing) == 0 {
		return wait(ctx, nil, quiet)
	}
	return c.Settle(ctx, quiet)
}

// count returns how many pods wait.
func count(l Live) int {
	n := len(l.Problem.Pods)
	for _, w := range l.Problem.Workloads {
		n += w.Replicas
	}
	return n
}

// round launches the nodes of a plan and waits until its pods run.
func (c *Cluster) round(ctx context.Context, r *Result, rest *Live, plan binpack.Plan, o Options) error {
	empty := slices.Clone(plan.Launches)
	for i := range empty {
		empty[i].Pods = nil
	}
	before := len(rest.Problem.Existing)
	p := rest.Problem.After(binpack.Plan{Launches: empty})
	h := handover.Handover{Problem: rest.Problem, Plan: plan, Pods: rest.Pods}
	for _, e := range p.Existing[before:] {
		h.Nodes = append(h.Nodes, e.Node.Name)
	}
	first := r.Rounds == 0
	if first {
		r.Planned, r.Nodes = plan.Cost, len(h.Nodes)
		for _, u := range plan.Unschedulable {
			r.Left += u.Count
		}
		r.Pods = count(*rest) - r.Left
		if o.HandOver {
			steps, err := handover.Steps(rest.Problem, plan)
			if err != nil {
				return err
			}
			r.Steps = len(steps)
		}
	}
	rest.Problem = p
	took, outcome, err := c.launch(ctx, p.Existing[before:], h, o)
	if first {
		r.Took, r.Outcome = took, outcome
		r.Off = c.off(h)
	}
	return err
}

// launch lets the nodes join, and hands over or lets the scheduler do.
func (c *Cluster) launch(ctx context.Context, nodes []binpack.ExistingNode, h handover.Handover, o Options) (time.Duration, handover.Outcome, error) {
	join := func() (time.Time, error) { return c.join(ctx, nodes, o) }
	if !o.HandOver {
		last, err := join()
		c.Start(ctx)
		if err == nil {
			err = c.Settle(ctx, quiet)
		}
		return time.Since(last), handover.Outcome{}, err
	}
	d := handover.Driver{Cluster: c.embedder}
	if o.Early {
		last, err := join()
		if err != nil {
			return 0, handover.Outcome{}, err
		}
		d.Cluster = starter{c.embedder, &atomic.Bool{}, func() { c.Start(ctx) }}
		outcome, err := d.Run(ctx, h)
		return time.Since(last), outcome, err
	}
	type joined struct {
		last time.Time
		err  error
	}
	done := make(chan joined, 1)
	go func() {
		if err := wait(ctx, nil, lead); err != nil {
			done <- joined{err: err}
			return
		}
		last, err := join()
		done <- joined{last, err}
	}()
	outcome, err := d.Run(ctx, h)
	j := <-done
	if err == nil {
		err = j.err
	}
	return time.Since(j.last), outcome, err
}

// join lets nodes join, and returns when the last did.
func (c *Cluster) join(ctx context.Context, nodes []binpack.ExistingNode, o Options) (time.Time, error) {
	order := slices.Clone(nodes)
	if o.Seed != 0 {
		rand.New(rand.NewPCG(o.Seed, 20)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	var taints []corev1.Taint
	if o.HandOver {
		taints = []corev1.Taint{handover.Taint()}
	}
	for i, e := range order {
		if i > 0 && o.Apart > 0 {
			if err := wait(ctx, nil, o.Apart); err != nil {
				return time.Time{}, err
			}
		}
		if err := c.Join(ctx, e.Node.Name, e, taints...); err != nil {
			return time.Time{}, err
		}
	}
	return time.Now(), nil
}

// off counts the pods of a plan that are on other nodes than planned.
func (c *Cluster) off(h handover.Handover) int {
	planned := map[string]map[*corev1.Pod]int{}
	add := func(node string, pods []binpack.Placement) {
		if planned[node] == nil {
			planned[node] = map[*corev1.Pod]int{}
		}
		for _, pl := range pods {
			planned[node][pl.Pod] += pl.Count
		}
	}
	i := 0
	for _, l := range h.Plan.Launches {
		for range l.Nodes() {
			add(h.Nodes[i], l.Pods)
			i++
		}
	}
	for _, n := range h.Plan.Nominations {
		add(n.Node.Name, n.Pods)
	}
	off := 0
	see := func(template, pod *corev1.Pod) {
		on := c.api.nodeOf(pod.Name)
		if on == "" {
			return
		}
		if planned[on][template] == 0 {
			off++
			return
		}
		planned[on][template]--
	}
	for _, pod := range h.Problem.Pods {
		see(pod, pod)
	}
	for template, pods := range h.Pods {
		for _, pod := range pods {
			see(template, pod)
		}
	}
	return off
}

// rest returns what still waits, with the cluster's pods on its nodes.
func (c *Cluster) rest(l Live) (Live, error) {
	all, err := c.embedder.pods.List(labels.Everything())
	if err != nil {
		return Live{}, err
	}
	slices.SortFunc(all, func(a, b *corev1.Pod) int { return cmpNames(a, b) })
	on := map[string][]*corev1.Pod{}
	for _, pod := range all {
		if bound := c.api.nodeOf(pod.Name); bound != "" && pod.Spec.NodeName == "" { // the informer is behind
			pod = pod.DeepCopy()
			pod.Spec.NodeName = bound
		}
		on[pod.Spec.NodeName] = append(on[pod.Spec.NodeName], pod)
	}
	out := Live{Problem: l.Problem, Pods: map[*corev1.Pod][]*corev1.Pod{}}
	out.Problem.Existing = slices.Clone(l.Problem.Existing)
	for i := range out.Problem.Existing {
		e := &out.Problem.Existing[i]
		e.Pods = on[e.Node.Name]
	}
	isBound := func(pod *corev1.Pod) bool { return c.api.nodeOf(pod.Name) != "" }
	out.Problem.Pods = slices.DeleteFunc(slices.Clone(l.Problem.Pods), isBound)
	out.Problem.Workloads = slices.Clone(l.Problem.Workloads)
	for template, pods := range maps.All(l.Pods) {
		out.Pods[template] = slices.DeleteFunc(slices.Clone(pods), isBound)
	}
	for i := range out.Problem.Workloads {
		w := &out.Problem.Workloads[i]
		w.Replicas = len(out.Pods[w.Pod])
	}
	return out, nil
}

func cmpNames(a, b *corev1.Pod) int {
	if a.Name < b.Name {
		return -1
	}
	return 1
}

// String says a Result in one line.
func (r Result) String() string {
	return fmt.Sprintf("planned %v paid %v rounds %d before %d nodes %d pods %d left %d stranded %d off %d evicted %d overfull %d steps %d took %.1f s calls %+v fates %v",
		r.Planned, r.Paid, r.Rounds, r.Before, r.Nodes, r.Pods, r.Left, r.Stranded, r.Off, r.Evicted, r.Overfull, r.Steps, r.Took.Seconds(), r.Outcome.Calls, r.Outcome.Count())
}
