package handover

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// A fake is a cluster with an API server and a scheduler, by a clock of its own. Its
// rules are room in processors, the taint, and one spread over zones with a skew of 1,
// written down here once more.
type fake struct {
	now      time.Time
	next     time.Time // when the scheduler tries the pods again
	random   *rand.Rand
	nodes    map[string]*corev1.Node
	pods     map[string]*corev1.Pod
	order    []string // of the pods
	events   []event
	version  int
	watched  bool
	calls    int
	kill     func()         // at the call killAt
	killAt   int            // 0: never
	errors   float64        // share of the calls that fail
	lost     float64        // share of the failing calls that were carried out all the same
	clears   float64        // share of the tries that clear a nomination for no reason
	rests    bool           // the scheduler tries pods only after nodes or pods have changed, as the real one does
	changes  int            // of nodes, and pods that are gone
	tried    map[string]int // of the pods: changes before the last try
	bindings map[string]int // that succeeded, of the Driver
	taken    map[string]bool
	faults   []string // what the Driver must not do
}

type event struct {
	at time.Time
	do func(*fake)
}

var errFake = errors.New("the API server is out of order")

func newFake(seed uint64) *fake {
	return &fake{
		now: time.Unix(1_800_000_000, 0), random: rand.New(rand.NewPCG(seed, 1)),
		nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{}, bindings: map[string]int{}, taken: map[string]bool{}, tried: map[string]int{},
	}
}

func (f *fake) driver() Driver {
	return Driver{Cluster: f, Clock: func() time.Time { return f.now }, Parallelism: 1, Join: 30 * time.Second, Settle: 30 * time.Second, CleanUp: 10 * time.Second}
}

func cpu(milli int64) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(milli, resource.DecimalSI)}
}

func fakeNode(name, zone string, milli int64, taints ...corev1.Taint) *corev1.Node {
	n := &corev1.Node{}
	n.Name, n.Labels, n.Spec.Taints = name, map[string]string{corev1.LabelTopologyZone: zone, corev1.LabelHostname: name}, taints
	n.Status.Allocatable = cpu(milli)
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	return n
}

func fakePod(name, app string, milli int64, spread bool) *corev1.Pod {
	p := &corev1.Pod{}
	p.Namespace, p.Name, p.UID, p.Labels = "default", name, types.UID("uid-"+name), map[string]string{"app": app}
	p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: cpu(milli)}}}
	if spread {
		p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule,
			LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}},
		}}
	}
	return p
}

// change stores a new version of a pod.
func (f *fake) change(name string, do func(*corev1.Pod)) {
	pod := f.pods[name].DeepCopy()
	do(pod)
	f.version++
	pod.ResourceVersion = strconv.Itoa(f.version)
	f.pods[name] = pod
}

func (f *fake) addPod(pod *corev1.Pod) {
	pod = pod.DeepCopy()
	pod.CreationTimestamp = metav1.NewTime(f.now)
	f.order = append(f.order, pod.Name)
	f.pods[pod.Name] = pod
}

func milliOf(list corev1.ResourceList) int64 { return list.Cpu().MilliValue() }

func requestOf(pod *corev1.Pod) int64 {
	return milliOf(pod.Spec.Containers[0].Resources.Requests)
}

// free returns the room of a node; with reserved, what is nominated takes its room.
func (f *fake) free(node string, reserved bool, but *corev1.Pod) int64 {
	left := milliOf(f.nodes[node].Status.Allocatable)
	for _, pod := range f.pods {
		if pod.Name != but.Name && (pod.Spec.NodeName == node || reserved && pod.Spec.NodeName == "" && pod.Status.NominatedNodeName == node && priorityOf(pod) >= priorityOf(but)) {
			left -= requestOf(pod)
		}
	}
	return left
}

// spreads reports whether the pod's spread allows the node.
func (f *fake) spreads(pod *corev1.Pod, node string) bool {
	if len(pod.Spec.TopologySpreadConstraints) == 0 {
		return true
	}
	counts := map[string]int{}
	for _, n := range f.nodes {
		counts[n.Labels[corev1.LabelTopologyZone]] += 0
	}
	for _, other := range f.pods {
		if n := f.nodes[other.Spec.NodeName]; n != nil && other.Labels["app"] == pod.Labels["app"] {
			counts[n.Labels[corev1.LabelTopologyZone]]++
		}
	}
	least := len(f.pods)
	for _, n := range counts {
		least = min(least, n)
	}
	return counts[f.nodes[node].Labels[corev1.LabelTopologyZone]]+1-least <= 1
}

func (f *fake) feasible(pod *corev1.Pod, node string) bool {
	n := f.nodes[node]
	tolerates := slices.ContainsFunc(pod.Spec.Tolerations, func(t corev1.Toleration) bool { return t.Operator == corev1.TolerationOpExists })
	return n != nil && (tolerates || !held(n)) && isReady(n) && !f.barred(n) && f.free(node, true, pod) >= requestOf(pod) && f.spreads(pod, node)
}

// barred reports whether a pod keeps all others off the nodes with a label that its own has.
func (f *fake) barred(n *corev1.Node) bool {
	for _, pod := range f.pods {
		if on := f.nodes[pod.Spec.NodeName]; on != nil && pod.Spec.Affinity != nil && on.Labels[LabelKey] != "" && on.Labels[LabelKey] == n.Labels[LabelKey] {
			return true
		}
	}
	return false
}

// schedule tries every pod once, in a random order.
func (f *fake) schedule() {
	names := slices.Clone(f.order)
	f.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var nodes []string
	for name := range f.nodes {
		nodes = append(nodes, name)
	}
	slices.Sort(nodes)
	for _, name := range names {
		pod := f.pods[name]
		if pod == nil || pod.Spec.NodeName != "" || len(pod.Spec.SchedulingGates) > 0 || f.random.IntN(3) == 0 {
			continue
		}
		if f.rests && f.tried[name] == f.changes {
			continue
		}
		f.tried[name] = f.changes
		at := pod.Status.NominatedNodeName
		cleared := f.random.Float64() < f.clears
		if at == "" || cleared || !f.feasible(pod, at) {
			at = ""
			f.random.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
			if i := slices.IndexFunc(nodes, func(n string) bool { return !cleared && f.feasible(pod, n) }); i >= 0 {
				at = nodes[i]
			}
		}
		if at == "" && pod.Status.NominatedNodeName != "" {
			f.taken[name] = true
		}
		if at != "" || pod.Status.NominatedNodeName != "" {
			f.change(name, func(p *corev1.Pod) { p.Spec.NodeName, p.Status.NominatedNodeName = at, "" })
		}
	}
}

// Watch lets time pass.
func (f *fake) Watch(ctx context.Context, d time.Duration) (State, error) {
	if ctx.Err() != nil {
		return State{}, ctx.Err()
	}
	if f.watched {
		f.now = f.now.Add(min(max(d, time.Millisecond), time.Duration(1+f.random.IntN(400))*time.Millisecond))
		for len(f.events) > 0 && !f.events[0].at.After(f.now) {
			f.events[0].do(f)
			f.events = f.events[1:]
			f.changes++
		}
		if !f.now.Before(f.next) {
			f.schedule()
			f.next = f.now.Add(time.Duration(100+f.random.IntN(500)) * time.Millisecond)
		}
	}
	f.watched = true
	var s State
	for _, name := range f.order {
		if pod := f.pods[name]; pod != nil {
			s.Pods = append(s.Pods, pod)
		}
	}
	for _, n := range f.nodes {
		s.Nodes = append(s.Nodes, n)
	}
	slices.SortFunc(s.Nodes, func(a, b *corev1.Node) int { return compareVersions(a.Name, b.Name) })
	return s, nil
}

// call begins a call: it may be the last, and it may fail, before or after it is done.
func (f *fake) call(ctx context.Context, do func() error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.calls++
	if f.calls == f.killAt {
		f.kill()
		if f.random.IntN(2) == 0 {
			return ctx.Err()
		}
	}
	if f.random.Float64() < f.errors {
		if f.random.Float64() < f.lost {
			_ = do()
		}
		return errFake
	}
	return do()
}

func (f *fake) Nominate(ctx context.Context, pod *corev1.Pod, node string) error {
	return f.call(ctx, func() error {
		live := f.pods[pod.Name]
		if live == nil || live.UID != pod.UID || live.Spec.NodeName != "" {
			return errFake
		}
		f.change(pod.Name, func(p *corev1.Pod) { p.Status.NominatedNodeName = node })
		return nil
	})
}

func (f *fake) Bind(ctx context.Context, pod *corev1.Pod, node string) error {
	return f.call(ctx, func() error {
		live := f.pods[pod.Name]
		if live == nil || live.UID != pod.UID || live.Spec.NodeName != "" {
			return errFake
		}
		if len(pod.Spec.TopologySpreadConstraints) == 0 && !f.taken[pod.Name] {
			f.faults = append(f.faults, "bound "+pod.Name+", which has no rules, and no nomination of it was taken back")
		}
		if f.nodes[node] == nil {
			return errFake
		}
		if !f.spreads(pod, node) {
			f.faults = append(f.faults, "bound "+pod.Name+" against its spread")
		}
		if f.free(node, false, pod) < requestOf(pod) {
			f.faults = append(f.faults, "bound "+pod.Name+" where there is no room")
		}
		f.bindings[pod.Name]++
		f.change(pod.Name, func(p *corev1.Pod) { p.Spec.NodeName, p.Status.NominatedNodeName = node, "" })
		return nil
	})
}

func (f *fake) Release(ctx context.Context, node *corev1.Node) error {
	return f.call(ctx, func() error {
		live := f.nodes[node.Name]
		if live == nil {
			return errFake
		}
		live = live.DeepCopy()
		live.Spec.Taints = slices.DeleteFunc(live.Spec.Taints, isHold)
		f.changes++
		f.nodes[node.Name] = live
		return nil
	})
}

// A scene is a handover in a fake cluster.
type scene struct {
	*fake
	handover Handover
	pods     []string // of the handover
}

// newScene draws nodes and pods that fit on them, and a plan that holds them: half of
// the nodes' room is for plain pods, the rest for pods that spread over the zones.
func newScene(seed uint64, nodes int) *scene {
	f := newFake(seed)
	s := &scene{fake: f}
	plain, spread := fakePod("plain", "plain", 500, false), fakePod("spread", "spread", 500, true)
	old := fakeNode("old", "a", 2000)
	f.nodes["old"] = old
	launches := make([]binpack.Launch, nodes)
	zones := []string{"a", "b", "c"}[:min(3, nodes)]
	inZone := map[string]int{}
	spreads := map[int]int{}
	for range f.random.IntN(2*nodes + 1) { // the emptiest zone gets the next
		best := -1
		for i := range launches {
			if spreads[i] < 3 && (best < 0 || inZone[zones[i%len(zones)]] < inZone[zones[best%len(zones)]]) {
				best = i
			}
		}
		if best >= 0 {
			spreads[best]++
			inZone[zones[best%len(zones)]]++
		}
	}
	p := binpack.Problem{Workloads: []binpack.Workload{{Pod: plain}, {Pod: spread}}, Existing: []binpack.ExistingNode{{Node: old}}}
	s.handover.Pods = map[*corev1.Pod][]*corev1.Pod{}
	place := func(template *corev1.Pod, n int) []binpack.Placement {
		for range n {
			pod := template.DeepCopy()
			pod.Name = fmt.Sprintf("%s-%d", template.Name, len(s.pods))
			pod.UID = types.UID("uid-" + pod.Name)
			f.addPod(pod)
			s.pods = append(s.pods, pod.Name)
			s.handover.Pods[template] = append(s.handover.Pods[template], f.pods[pod.Name])
		}
		return []binpack.Placement{{Pod: template, Count: n}}
	}
	for i := range launches {
		name := fmt.Sprintf("new-%d", i)
		launches[i].Pods = append(place(plain, 1+f.random.IntN(4)), place(spread, spreads[i])...)
		s.handover.Nodes = append(s.handover.Nodes, name)
		zone := zones[i%len(zones)]
		s.at(f.random.IntN(20), func(f *fake) { f.nodes[name] = fakeNode(name, zone, 4000, Taint()) })
	}
	s.handover.Problem = p
	s.handover.Plan.Launches = launches
	s.handover.Plan.Nominations = []binpack.Nomination{{Node: old, Pods: place(plain, f.random.IntN(4))}}
	return s
}

// at plans an event, in seconds from now.
func (s *scene) at(seconds int, do func(*fake)) {
	s.events = append(s.events, event{s.now.Add(time.Duration(seconds) * time.Second), do})
	slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) })
}
