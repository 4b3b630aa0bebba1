package handover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"

	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// A Step is what is done at once: nominations, then bindings in their order, then
// releases.
type Step struct {
	Nominate []Assignment
	Bind     []Assignment
	Release  []string // nodes, named as in Assignment
}

// An Assignment is a pod and its node.
type Assignment struct {
	Pod     *corev1.Pod // of the Problem: a pod, or the template of a Workload
	Replica int         // of a Workload, counted from 0 in the order of creation
	Node    string      // launch-I: of the plan's I-th launch, counted from 0; or the name of an existing node
}

// Steps returns what a Driver does to hand plan over, a plan of p, if all goes as it
// should: all nodes come, each with Taint, and nobody else takes their room. After each
// step its pods are waited for. The last step that does anything releases the last
// nodes.
func Steps(p binpack.Problem, plan binpack.Plan) ([]Step, error) {
	return follow(newPaper(p, plan))
}

// follow runs a Driver on paper.
func follow(c *paper, h Handover) ([]Step, error) {
	d := Driver{Cluster: c, Parallelism: 1, Clock: func() time.Time { return c.now }}
	outcome, err := d.Run(context.Background(), h)
	if err != nil {
		return nil, err
	}
	for _, pod := range outcome.Pods {
		if !pod.Fate.Bound() && pod.Fate != Unplanned {
			return nil, fmt.Errorf("handover: pod %s has no order in which its rules hold: %w", pod.Pod.Name, errStuck)
		}
	}
	if c.step.Nominate != nil || c.step.Bind != nil {
		c.steps = append(c.steps, c.step)
	}
	return c.steps, nil
}

var errStuck = errors.New("some pods cannot be handed over")

// A paper is a cluster on paper, on which a Driver is followed. Its scheduler binds
// pods to the nodes that they are nominated for as soon as these are released and all
// rules hold.
type paper struct {
	now   time.Time
	nodes []*corev1.Node
	pods  []*corev1.Pod
	index map[types.UID]int     // of pods that wait at first
	of    map[string]Assignment // by the name of the live pod
	run   *run                  // its kinds
	steps []Step
	step  Step
	mu    sync.Mutex
}

// newPaper returns the cluster with the nodes of the plan held, and the handover.
func newPaper(p binpack.Problem, plan binpack.Plan) (*paper, Handover) {
	c := &paper{now: time.Unix(0, 0), of: map[string]Assignment{}}
	h := Handover{Plan: plan, Pods: map[*corev1.Pod][]*corev1.Pod{}}
	names := map[string]bool{}
	for _, e := range p.Existing {
		names[e.Node.Name] = true
		node := e.Node.DeepCopy()
		node.Status.Conditions = readyConditions()
		c.nodes = append(c.nodes, node)
		for _, pod := range e.Pods {
			on := *pod
			on.Name = fmt.Sprintf("running-%d", len(c.pods)) // names of templates may be there twice
			on.Spec.NodeName = node.Name
			c.pods = append(c.pods, &on)
		}
	}
	for i, l := range launchesOf(plan) {
		node := p.Node(l)
		node.Name = fmt.Sprintf("launch-%d", i)
		for names[node.Name] {
			node.Name += "-new"
		}
		node.Labels[corev1.LabelHostname] = node.Name
		node.Spec.Taints = append(finalTaints(p, l.Pool), Taint())
		node.Status.Conditions = readyConditions()
		c.nodes = append(c.nodes, node)
		h.Nodes = append(h.Nodes, node.Name)
	}
	h.Problem = c.enlist(p, &h)
	c.index = map[types.UID]int{}
	for i, pod := range c.pods {
		c.index[pod.UID] = i
	}
	c.run = newRun(Driver{}, &task{handover: h})
	return c, h
}

func readyConditions() []corev1.NodeCondition {
	return []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
}

// finalTaints returns the taints that the nodes of a pool keep.
func finalTaints(p binpack.Problem, name string) []corev1.Taint {
	for _, pool := range p.Pools {
		if pool.Name == name {
			return slices.Clone(pool.Taints)
		}
	}
	return nil
}

// enlist makes the live pods, and returns p with them.
func (c *paper) enlist(p binpack.Problem, h *Handover) binpack.Problem {
	live := func(pod *corev1.Pod, replica int) *corev1.Pod {
		out := *pod
		out.UID = types.UID(fmt.Sprintf("paper-%d", len(c.of)))
		if out.Name = pod.Name; out.Name == "" || replica > 0 || c.of[out.Name].Pod != nil {
			out.Name = fmt.Sprintf("%s-%d", pod.Name, len(c.of))
		}
		out.CreationTimestamp = metav1.NewTime(c.now.Add(time.Duration(len(c.of)) * time.Second))
		out.Spec.NodeName, out.Status = "", corev1.PodStatus{Phase: corev1.PodPending}
		c.of[out.Name] = Assignment{Pod: pod, Replica: replica}
		c.pods = append(c.pods, &out)
		return &out
	}
	pods := map[*corev1.Pod]*corev1.Pod{}
	out := p
	out.Pods = nil
	for _, pod := range p.Pods {
		pods[pod] = live(pod, 0)
		out.Pods = append(out.Pods, pods[pod])
	}
	for _, w := range p.Workloads {
		for range w.Replicas {
			h.Pods[w.Pod] = append(h.Pods[w.Pod], live(w.Pod, len(h.Pods[w.Pod])))
		}
	}
	h.Plan.Launches = slices.Clone(h.Plan.Launches)
	for i := range h.Plan.Launches {
		h.Plan.Launches[i].Pods = replaced(h.Plan.Launches[i].Pods, pods)
	}
	h.Plan.Nominations = slices.Clone(h.Plan.Nominations)
	for i := range h.Plan.Nominations {
		h.Plan.Nominations[i].Pods = replaced(h.Plan.Nominations[i].Pods, pods)
	}
	return out
}

func replaced(on []binpack.Placement, pods map[*corev1.Pod]*corev1.Pod) []binpack.Placement {
	on = slices.Clone(on)
	for i := range on {
		if live := pods[on[i].Pod]; live != nil {
			on[i].Pod = live
		}
	}
	return on
}

// Watch ends the step and lets the scheduler work.
func (c *paper) Watch(_ context.Context, d time.Duration) (State, error) {
	if len(c.step.Release) > 0 {
		c.steps = append(c.steps, c.step)
		c.step = Step{}
	}
	if !c.schedule() {
		c.now = c.now.Add(d)
	}
	return State{Nodes: slices.Clone(c.nodes), Pods: slices.Clone(c.pods)}, nil
}

// schedule binds pods that are nominated, and reports whether anything happened.
func (c *paper) schedule() bool {
	v := &view{state: State{Nodes: c.nodes, Pods: c.pods}}
	nominated := map[int]*item{}
	for i, pod := range c.pods {
		if pod.Status.NominatedNodeName != "" && pod.Spec.NodeName == "" {
			nominated[i] = &item{live: pod, kind: c.run.kinds.Of(pod)}
			v.items = append(v.items, nominated[i])
		}
	}
	w := c.run.world(v)
	any := false
	for i := range c.pods {
		it := nominated[i]
		if it == nil {
			continue
		}
		at := w.At(it.live.Status.NominatedNodeName)
		if held(at.Node) {
			continue
		}
		w.Add(it.kind, at, 1, false)
		if w.Refusal(it.kind, at) != occupancy.Admitted {
			w.Add(it.kind, at, -1, false)
			continue
		}
		w.Settle(it.kind, at)
		c.set(i, at.Node.Name, "")
		any = true
	}
	return any
}

func (c *paper) set(i int, node, nominated string) {
	pod := *c.pods[i]
	pod.Spec.NodeName, pod.Status.NominatedNodeName = node, nominated
	c.pods[i] = &pod
}

func (c *paper) assignment(pod *corev1.Pod, node string) Assignment {
	a := c.of[pod.Name]
	a.Node = node
	return a
}

// Nominate notes a nomination.
func (c *paper) Nominate(_ context.Context, pod *corev1.Pod, node string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step.Nominate = append(c.step.Nominate, c.assignment(pod, node))
	c.set(c.index[pod.UID], "", node)
	return nil
}

// Bind notes a binding.
func (c *paper) Bind(_ context.Context, pod *corev1.Pod, node string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step.Bind = append(c.step.Bind, c.assignment(pod, node))
	c.set(c.index[pod.UID], node, "")
	return nil
}

// Release notes a release.
func (c *paper) Release(_ context.Context, node *corev1.Node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step.Release = append(c.step.Release, node.Name)
	i := slices.Index(c.nodes, node)
	out := *node
	out.Labels = maps.Clone(node.Labels)
	out.Spec.Taints = slices.DeleteFunc(slices.Clone(node.Spec.Taints), isHold)
	c.nodes[i] = &out
	return nil
}
