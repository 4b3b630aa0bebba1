package handover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// A Handover is a plan that is to come true: a Problem and its Plan, or the plan of
// a launch.Outcome, with the nodes of its launches and the live pods. It is data,
// and is not modified. Whoever keeps the Problem and the Plan over a restart can
// make the same Handover again, and run it again: what the cluster shows says what
// is left to do.
type Handover struct {
	Problem binpack.Problem
	Plan    binpack.Plan

	// Nodes[i] says which node comes of the plan's i-th launch: the node's name, its
	// spec.providerID, or the last part of it (an instance ID). "": none will come.
	Nodes []string

	// Pods are the live pods that wait, for each template of Problem.Workloads. Those of
	// Problem.Pods are live pods themselves, and have names.
	Pods map[*corev1.Pod][]*corev1.Pod

	// Began is when the nodes were asked for: Driver.Join counts from then. Zero: when
	// Run begins.
	Began time.Time
}

// A slot is room on a node for one pod of a kind.
type slot struct {
	kind int    // of task.kinds
	node string // Nodes[launch], or the name of an existing node
}

// A task is a Handover as the driver reads it: kinds of pods, and slots for them.
type task struct {
	handover Handover
	kinds    [][]*corev1.Pod // the live pods of each kind, in the order that kube-scheduler takes them in
	slots    []slot          // of launches first, in their order
	kindOf   map[podKey]int
}

// newTask reads h. An error says what is wrong with it.
func newTask(h Handover) (*task, error) {
	launches := launchesOf(h.Plan)
	if len(h.Nodes) != len(launches) {
		return nil, fmt.Errorf("Nodes: %d, where the plan has %d launches", len(h.Nodes), len(launches))
	}
	named := map[string]int{}
	for i, id := range h.Nodes {
		if first, again := named[id]; again && id != "" {
			return nil, fmt.Errorf("Nodes[%d]: %q is Nodes[%d]", i, id, first)
		}
		named[id] = i
	}
	t := &task{handover: h, kindOf: map[podKey]int{}}
	byTemplate, err := t.addPods()
	if err != nil {
		return nil, err
	}
	for i, l := range launches {
		if err := t.addSlots(fmt.Sprintf("Launches[%d]", i), h.Nodes[i], l.Pods, byTemplate); err != nil {
			return nil, err
		}
	}
	for i, n := range h.Plan.Nominations {
		if n.Node == nil {
			return nil, fmt.Errorf("Nominations[%d].Node: is missing", i)
		}
		if err := t.addSlots(fmt.Sprintf("Nominations[%d]", i), n.Node.Name, n.Pods, byTemplate); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// launchesOf returns the plan's launches, one for each node.
func launchesOf(plan binpack.Plan) []binpack.Launch { return fold.Unfold(plan.Launches) }

// addPods makes the kinds, and returns which kind the pods of the problem are. Pods
// that nothing tells apart are one kind: which of them goes where is free.
func (t *task) addPods() (map[*corev1.Pod]int, error) {
	byTemplate, byContent := map[*corev1.Pod]int{}, map[string]int{}
	add := func(path string, template, live *corev1.Pod, content string) error {
		if live == nil || live.Name == "" {
			return fmt.Errorf("%s: is no live pod: it has no name", path)
		}
		kind, known := byContent[content]
		if !known {
			kind = len(t.kinds)
			t.kinds = append(t.kinds, nil)
			byContent[content] = kind
		}
		byTemplate[template] = kind
		if _, twice := t.kindOf[occupancy.KeyOf(live)]; twice {
			return fmt.Errorf("%s: %s is there twice", path, occupancy.KeyOf(live))
		}
		t.kindOf[occupancy.KeyOf(live)] = kind
		t.kinds[kind] = append(t.kinds[kind], live)
		return nil
	}
	for i, pod := range t.handover.Problem.Pods {
		if err := add(fmt.Sprintf("Problem.Pods[%d]", i), pod, pod, string(occupancy.ContentKey(nil, pod))); err != nil {
			return nil, err
		}
	}
	for i, w := range t.handover.Problem.Workloads {
		if _, twice := byTemplate[w.Pod]; twice {
			continue
		}
		for j, live := range t.handover.Pods[w.Pod] {
			if err := add(fmt.Sprintf("Pods of Problem.Workloads[%d][%d]", i, j), w.Pod, live, fmt.Sprintf("workload %d", i)); err != nil {
				return nil, err
			}
		}
		if _, known := byTemplate[w.Pod]; !known { // all are gone
			byTemplate[w.Pod] = len(t.kinds)
			t.kinds = append(t.kinds, nil)
		}
	}
	for template := range t.handover.Pods {
		if !slices.ContainsFunc(t.handover.Problem.Workloads, func(w binpack.Workload) bool { return w.Pod == template }) {
			return nil, fmt.Errorf("Pods: a template is no Workload of the problem")
		}
	}
	for _, pods := range t.kinds {
		slices.SortStableFunc(pods, inQueue)
	}
	return byTemplate, nil
}

func (t *task) addSlots(path, node string, pods []binpack.Placement, byTemplate map[*corev1.Pod]int) error {
	for j, pl := range pods {
		kind, known := byTemplate[pl.Pod]
		if !known {
			return fmt.Errorf("Plan.%s.Pods[%d]: is no pod of the problem", path, j)
		}
		for range pl.Count {
			t.slots = append(t.slots, slot{kind, node})
		}
	}
	return nil
}

// inQueue compares pods as kube-scheduler's queue does that has not tried them yet.
func inQueue(a, b *corev1.Pod) int {
	return cmp.Or(
		cmp.Compare(priorityOf(b), priorityOf(a)),
		a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
		strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
	)
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}

// A podKey is the name of a pod.
type podKey = types.NamespacedName

// samePod reports whether live is the pod, and not another of its name.
func samePod(pod, live *corev1.Pod) bool {
	return pod.UID == "" || live.UID == "" || pod.UID == live.UID
}

// isNode reports whether the node is what Handover.Nodes calls id.
func isNode(node *corev1.Node, id string) bool {
	return node.Name == id || node.Spec.ProviderID == id || strings.HasSuffix(node.Spec.ProviderID, "/"+id)
}
