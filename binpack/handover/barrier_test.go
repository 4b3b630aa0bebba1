package handover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/stowage/stowage/binpack"
)

// TestBarrier opens all nodes at once: whatever the order in which the scheduler tries pods,
// each gets to its own node, and no nomination is taken back from then on; but those that
// spread, where one of them got to the existing node meanwhile.
func TestBarrier(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		s := newScene(seed, 1+int(seed%6))
		s.rests = true
		o, err := s.reserving().Run(t.Context(), s.handover)
		require.NoError(t, err)
		s.check(t, o, nil)
		for _, pod := range o.Pods {
			if pod.Node != "old" && pod.Pod.Labels["app"] == "plain" {
				require.Equal(t, AsPlanned, pod.Fate, "seed %d: %s", seed, pod.Pod.Name)
			}
		}
	}
}

// TestBarrierOrder: the barrier is there before any node is labelled, its own node comes first,
// the others are released then, pods are nominated behind it, and it goes last.
func TestBarrierOrder(t *testing.T) {
	t.Parallel()
	var calls []string
	s := newScene(1, 3)
	d := s.driver()
	d.Cluster = noted{reserver{s.fake}, &calls}
	_, err := d.Run(t.Context(), s.handover)
	require.NoError(t, err)
	require.Contains(t, strings.Join(slices.Compact(calls), " "), "reserve label first label release nominate cancel")
}

// A noted cluster writes down what is done behind the barrier.
type noted struct {
	reserver
	calls *[]string
}

func (n noted) note(call string) { *n.calls = append(*n.calls, call) }

func (n noted) Reserve(ctx context.Context, pod *corev1.Pod) error {
	n.note("reserve")
	return n.reserver.Reserve(ctx, pod)
}

func (n noted) Cancel(ctx context.Context, pod *corev1.Pod) error {
	n.note("cancel")
	return n.reserver.Cancel(ctx, pod)
}

func (n noted) Nominate(ctx context.Context, pod *corev1.Pod, node string) error {
	if node != "old" {
		n.note("nominate")
	}
	return n.reserver.Nominate(ctx, pod, node)
}

func (n noted) Label(ctx context.Context, node *corev1.Node, value string) error {
	n.note("label")
	for _, pod := range n.pods {
		if pod.Namespace == PlaceholderNamespace && pod.Spec.NodeName == node.Name {
			n.note("first")
		}
	}
	return n.reserver.Label(ctx, node, value)
}

func (n noted) Release(ctx context.Context, node *corev1.Node) error {
	n.note("release")
	return n.reserver.Release(ctx, node)
}

// TestBarrierKilled kills the Driver at every call, and starts it again, or gives up: no
// barrier stays, and every pod is on a node if it does not give up.
func TestBarrierKilled(t *testing.T) {
	t.Parallel()
	killed(t, 8, newScene)
}

// TestBarrierLost: somebody deletes the barrier, or its node goes away, while pods wait
// behind it: the handover ends, and every pod whose node is there runs.
func TestBarrierLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		for _, node := range []bool{true, false} {
			s := newScene(seed, 3)
			lost := false
			for at := range 600 {
				s.events = append(s.events, event{s.now.Add(time.Duration(at) * 50 * time.Millisecond), func(f *fake) {
					for name, pod := range f.pods {
						if on := f.nodes[pod.Spec.NodeName]; !lost && pod.Namespace == PlaceholderNamespace && on != nil && on.Labels[LabelKey] != "" {
							if lost = true; node {
								delete(f.nodes, on.Name)
							}
							delete(f.pods, name)
						}
					}
				}})
			}
			s.at(0, func(*fake) {}) // sorts them
			o, err := s.reserving().Run(t.Context(), s.handover)
			require.NoError(t, err)
			s.check(t, o, nil)
			require.True(t, lost)
			for _, pod := range o.Pods {
				require.True(t, pod.Fate.Bound() || node && pod.Fate == NoNode, "seed %d: %s: %s", seed, pod.Pod.Name, pod.Fate)
			}
		}
	}
}

// TestBarrierLetsDaemonsPass: pods of DaemonSets have a label that the barrier leaves out.
func TestBarrierLetsDaemonsPass(t *testing.T) {
	term := newBarrier([]string{"a"}).pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0]
	selector, err := metav1.LabelSelectorAsSelector(term.LabelSelector)
	require.NoError(t, err)
	require.True(t, selector.Matches(labels.Set{"app": "web"}))
	require.False(t, selector.Matches(labels.Set{"app": "agent", "controller-revision-hash": "1", "pod-template-generation": "1"}))
	require.NotNil(t, term.NamespaceSelector, "nil would be its own namespace")
	require.Equal(t, LabelKey, term.TopologyKey)
}

// TestBarrierRefused does without a barrier where it cannot be put up: the embedder does not
// see it, nodes cannot be labelled, or the kubelet refuses it.
func TestBarrierRefused(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func(*scene) Cluster{
		"not seen": func(s *scene) Cluster { return blind{reserver{s.fake}} },
		"no label": func(s *scene) Cluster { return unlabelled{reserver{s.fake}} },
		"refused":  func(s *scene) Cluster { return refused{reserver{s.fake}} },
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				s := newScene(seed, 3)
				d := s.driver()
				d.Cluster = of(s)
				o, err := d.Run(t.Context(), s.handover)
				require.NoError(t, err)
				s.check(t, o, nil)
				require.Equal(t, len(s.pods), bound(o), "seed %d", seed)
				require.Less(t, o.Took, time.Minute)
			}
		})
	}
}

// An unlabelled cluster labels no node.
type unlabelled struct{ reserver }

func (unlabelled) Label(context.Context, *corev1.Node, string) error { return errFake }

// A refused cluster's kubelets refuse what is created.
type refused struct{ reserver }

func (r refused) Reserve(ctx context.Context, pod *corev1.Pod) error {
	err := r.reserver.Reserve(ctx, pod)
	r.change(pod.Name, func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed })
	return err
}

// TestHurries: where there are thousands of pods the barrier goes as soon as all are
// nominated; where they are few it waits until kube-scheduler rests.
func TestHurries(t *testing.T) {
	for _, n := range []int{10, 3000} {
		template, node := fakePod("web", "web", 1, false), fakeNode("a", "a", 4000, Taint())
		h := Handover{Problem: binpack.Problem{Workloads: []binpack.Workload{{Pod: template, Replicas: n}}}, Nodes: []string{"a"}, Pods: map[*corev1.Pod][]*corev1.Pod{}}
		h.Plan.Launches = []binpack.Launch{{Pods: []binpack.Placement{{Pod: template, Count: n}}}}
		state := State{Nodes: []*corev1.Node{node}}
		for i := range n {
			pod := template.DeepCopy()
			pod.Name, pod.Status.NominatedNodeName = fmt.Sprint("web-", i), "a"
			h.Pods[template] = append(h.Pods[template], pod)
			state.Pods = append(state.Pods, pod)
		}
		task, err := newTask(h)
		require.NoError(t, err)
		f := newFake(1)
		r := newRun(f.reserving().withDefaults(), task)
		r.settling, r.quiet.stirred, r.guard.barrier.shut = f.now, f.now, f.now
		v := looker{r}.look(state)
		for _, it := range v.items {
			it.memory.node, it.memory.given, it.memory.seen = "a", 1, true
		}
		require.Equal(t, n > 2500, r.calm(v, f.now), n)
		v.items[7].live = v.items[7].live.DeepCopy()
		v.items[7].live.Status.NominatedNodeName = ""
		require.False(t, r.calm(v, f.now), n)
		require.Equal(t, n < 2500, r.calm(v, f.now.Add(still)), n)
	}
}
