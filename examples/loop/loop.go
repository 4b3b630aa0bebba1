package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// An Autoscaler launches nodes for the pods of a cluster that wait. What it goes by is
// what the cluster and the cloud show: a crash at any point loses nothing that the
// next Round would not find again.
type Autoscaler struct {
	Client  kubernetes.Interface
	Cloud   Cloud
	Problem binpack.Problem // pools, catalog, quotas, daemons: as if there were no node yet
	Memory  string          // the file of what must be remembered
	Join    time.Duration   // how long a node may take to join, before its instance is ended

	Clock func() time.Time
	Wait  func(ctx context.Context, d time.Duration) error // until something changes in the cluster, or d has passed

	Work int64 // of each search, in ticks; 0: solver.DefaultWork

	step func(done string) error // for tests: called after each step; an error is a crash
}

// A Cloud starts instances, and knows which there are.
type Cloud interface {
	launch.Launcher
	Instances(ctx context.Context) ([]Instance, error) // all that are paid for
	End(ctx context.Context, id string) error
}

// An Instance is a machine that is paid for, as it was tagged when it was started.
type Instance struct {
	ID       string // its node's name
	Pool     string
	Offering catalog.Key
	Labels   map[string]string // of the node, as in binpack.Launch
	Price    catalog.Price
	Started  time.Time
}

// A Report is what came of a Round.
type Report struct {
	Pending, Kept      int // pods that wait; those that are meant for the same node as before
	Launched, Failed   int // nodes; requests that failed
	Coming, HandedOver int // instances whose nodes are not there yet; pods bound
	Left               map[binpack.Reason]int
	Cost               catalog.Price // of all instances, per hour
}

// Round looks, plans, launches, hands over and tells, once.
func (a *Autoscaler) Round(ctx context.Context) (Report, error) {
	m, err := readMemory(a.Memory)
	if err != nil {
		return Report{}, err
	}
	m.Unavailable.Clock, m.Unavailable.QuotaGroup = a.Clock, family
	s, err := a.look(ctx)
	if err != nil {
		return Report{}, err
	}
	v := a.view(s, m)
	report := Report{Pending: len(v.problem.Pods)}
	if err := a.done("look"); err != nil {
		return report, err
	}

	start := v.start(m)
	plan, err := solver.Solver{Start: &start, Alternatives: 5, Work: a.Work}.Solve(ctx, v.problem)
	if err != nil {
		return report, err
	}
	report.Kept = int(plan.Stats.Started)
	m.Runs++ // no other run has this one's tokens, also after a crash
	if err := errors.Join(m.write(a.Memory), a.done("plan")); err != nil {
		return report, err
	}

	outcome, err := a.launch(ctx, v.problem, plan, m)
	if err != nil {
		return report, err
	}
	report.Launched = len(outcome.Launched)
	for _, n := range outcome.Errors() {
		report.Failed += n
	}
	if err := a.done("launch"); err != nil {
		return report, err
	}
	v.remember(m, outcome)
	if err := errors.Join(m.write(a.Memory), a.done("remember")); err != nil {
		return report, err
	}

	if report.HandedOver, err = a.handOver(ctx, v, outcome.Nominations); err != nil {
		return report, err
	}
	if err := a.done("hand over"); err != nil {
		return report, err
	}

	report.Left = leftBy(outcome.Unplaced)
	if err := a.tell(ctx, m, outcome.Unplaced); err != nil {
		return report, err
	}
	if err := errors.Join(m.write(a.Memory), a.done("tell")); err != nil {
		return report, err
	}
	for _, i := range v.coming {
		if v.joined[i.ID] == nil {
			report.Coming++
		}
	}
	for _, i := range s.instances {
		report.Cost += i.Price
	}
	for _, l := range outcome.Launched {
		report.Cost += l.Launch.Price
	}
	return report, nil
}

func (a *Autoscaler) done(step string) error {
	if a.step == nil {
		return nil
	}
	return a.step(step)
}

// What there is.
type sight struct {
	pods      []*corev1.Pod
	nodes     []*corev1.Node
	instances []Instance
}

// look reads the cluster and the cloud. Instances whose nodes do not join in time are
// ended.
func (a *Autoscaler) look(ctx context.Context) (sight, error) {
	var s sight
	instances, err := a.Cloud.Instances(ctx) // before the nodes: what joins in between is there twice, not never
	if err != nil {
		return s, err
	}
	if s.pods, s.nodes, err = list(ctx, a.Client); err != nil {
		return s, err
	}
	for _, i := range instances {
		joined := slices.ContainsFunc(s.nodes, func(n *corev1.Node) bool { return n.Name == i.ID })
		if !joined && a.Clock().Sub(i.Started) > a.Join {
			if err := a.Cloud.End(ctx, i.ID); err != nil {
				return s, err
			}
			continue
		}
		s.instances = append(s.instances, i)
	}
	return s, nil
}

// A view is what there is as a problem: pods that wait, existing nodes, and after them
// those that are coming, which is until they have been handed over.
type view struct {
	before  binpack.Problem         // as if no node was coming
	problem binpack.Problem         // with those that are coming, at the end of Existing
	coming  []Instance              // in the order of Existing
	joined  map[string]*corev1.Node // nodes of coming that are there, by ID
}

func (a *Autoscaler) view(s sight, m *memory) *view {
	v := &view{before: a.Problem, joined: map[string]*corev1.Node{}}
	on := map[string][]*corev1.Pod{}
	for _, pod := range s.pods {
		switch {
		case pod.Spec.NodeName != "":
			on[pod.Spec.NodeName] = append(on[pod.Spec.NodeName], pod)
		case pod.DeletionTimestamp == nil && pod.Spec.SchedulerName == corev1.DefaultSchedulerName:
			v.before.Pods = append(v.before.Pods, pod)
		}
	}
	held := map[string]bool{}
	for _, node := range s.nodes {
		held[node.Name] = slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey })
		if held[node.Name] {
			v.joined[node.Name] = node
		} else {
			v.before.Existing = append(v.before.Existing, binpack.ExistingNode{Node: node, Pods: on[node.Name]})
		}
	}
	var up, coming []binpack.Launch
	for _, i := range s.instances {
		l := binpack.Launch{Pool: i.Pool, Offering: i.Offering, Labels: i.Labels}
		if there := slices.ContainsFunc(s.nodes, func(n *corev1.Node) bool { return n.Name == i.ID }); there && !held[i.ID] {
			up = append(up, l)
		} else {
			coming = append(coming, l)
			v.coming = append(v.coming, i)
		}
	}
	used := v.before.After(binpack.Plan{Launches: up}) // what exists counts for limits and quotas
	v.before.Pools, v.before.Quotas, v.before.Availability = used.Pools, used.Quotas, used.Availability
	v.problem = v.before.After(binpack.Plan{Launches: coming})
	v.problem.Availability = launch.All(v.problem.Availability, m.Unavailable)
	return v
}

// comingNode returns the node of v.problem that is v.coming[i].
func (v *view) comingNode(i int) *corev1.Node {
	return v.problem.Existing[len(v.problem.Existing)-len(v.coming)+i].Node
}

// start returns the last round's plan, of the pods that still wait for nodes that are
// still coming.
func (v *view) start(m *memory) binpack.Plan {
	waits := map[types.UID]*corev1.Pod{}
	for _, pod := range v.problem.Pods {
		waits[pod.UID] = pod
	}
	var plan binpack.Plan
	for i, instance := range v.coming {
		n := binpack.Nomination{Node: v.comingNode(i)}
		for _, uid := range m.Meant[instance.ID] {
			if pod := waits[uid]; pod != nil {
				n.Pods = append(n.Pods, binpack.Placement{Pod: pod, Count: 1})
			}
		}
		if len(n.Pods) > 0 {
			plan.Nominations = append(plan.Nominations, n)
		}
	}
	return plan
}

// launch carries the plan out, with whatever the cloud has.
func (a *Autoscaler) launch(ctx context.Context, p binpack.Problem, plan binpack.Plan, m *memory) (launch.Outcome, error) {
	return launch.Runner{
		Launcher: a.Cloud, Unavailable: m.Unavailable, Codes: verdict,
		Fallbacks:   []launch.Fallback{launch.Alternatives{}, launch.Replan{Solver: solver.Solver{Work: a.Work}}},
		Parallelism: 1, Name: fmt.Sprintf("run-%d", m.Runs), Clock: a.Clock, Sleep: a.Wait,
	}.Run(ctx, p, plan)
}

// remember notes which pods are meant for which instance: for those that were coming
// before, and those that were just launched.
func (v *view) remember(m *memory, o launch.Outcome) {
	m.Meant = map[string][]types.UID{}
	mean := func(id string, pods []binpack.Placement) {
		for _, on := range pods {
			m.Meant[id] = append(m.Meant[id], on.Pod.UID)
		}
	}
	for _, l := range o.Launched {
		mean(l.Instance.ID, l.Launch.Pods)
	}
	for i, instance := range v.coming {
		for _, n := range o.Nominations {
			if n.Node == v.comingNode(i) {
				mean(instance.ID, n.Pods)
			}
		}
	}
}

// handOver makes the plan come true where nodes have joined. It returns how many pods
// were bound.
func (a *Autoscaler) handOver(ctx context.Context, v *view, nominations []binpack.Nomination) (int, error) {
	h := handover.Handover{Problem: v.before, Began: a.Clock()}
	h.Problem.Pods = nil
	meant := map[*corev1.Node][]binpack.Placement{}
	for _, n := range nominations {
		meant[n.Node] = n.Pods
	}
	add := func(pods []binpack.Placement) []binpack.Placement {
		for _, on := range pods {
			h.Problem.Pods = append(h.Problem.Pods, on.Pod)
		}
		return pods
	}
	for i, instance := range v.coming {
		if v.joined[instance.ID] != nil {
			h.Nodes = append(h.Nodes, instance.ID)
			h.Plan.Launches = append(h.Plan.Launches, binpack.Launch{
				Pool: instance.Pool, Offering: instance.Offering, Labels: instance.Labels, Pods: add(meant[v.comingNode(i)]),
			})
		}
	}
	for _, e := range v.before.Existing {
		if pods := meant[e.Node]; len(pods) > 0 {
			h.Plan.Nominations = append(h.Plan.Nominations, binpack.Nomination{Node: e.Node, Pods: add(pods)})
		}
	}
	if len(h.Plan.Launches)+len(h.Plan.Nominations) == 0 {
		return 0, nil
	}
	outcome, err := handover.Driver{Cluster: api{a.Client, a.Wait, new(bool)}, Clock: a.Clock, Parallelism: 1}.Run(ctx, h)
	bound := 0
	for _, pod := range outcome.Pods {
		if pod.Fate.Bound() {
			bound++
		}
	}
	if errors.Is(err, handover.ErrLeft) {
		err = nil // the next round sees them
	}
	return bound, err
}

// tell makes an event for each pod that stays, where its reasons are others than were
// told last.
func (a *Autoscaler) tell(ctx context.Context, m *memory, left []binpack.Unschedulable) error {
	told := map[types.UID]string{}
	for _, u := range left {
		text := ""
		for i, r := range u.Reasons {
			if i > 0 {
				text += "; "
			}
			text += r.String()
		}
		told[u.Pod.UID] = text
		if m.Told[u.Pod.UID] != text {
			if err := event(ctx, a.Client, a.Clock(), u.Pod, text); err != nil {
				return err
			}
		}
	}
	m.Told = told
	return nil
}

// leftBy counts pods by the reason of the first pool that could be cured soonest: what
// is temporary, else what is not.
func leftBy(left []binpack.Unschedulable) map[binpack.Reason]int {
	counts := map[binpack.Reason]int{}
	for _, u := range left {
		i := max(0, slices.IndexFunc(u.Reasons, func(r binpack.PoolReason) bool { return r.Reason.Temporary() }))
		counts[u.Reasons[i].Reason] += u.Count
	}
	return counts
}
