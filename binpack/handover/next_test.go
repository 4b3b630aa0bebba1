package handover

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
)

// A watcher looks at a cluster, step by step, and does what is to be done there. The
// test does what kube-scheduler would.
type watcher struct {
	run   *run
	state State
	now   time.Time
	v     *view
}

// watched returns the watcher of a handover of pods to the nodes new-0, new-1 and so on,
// which is yet to begin.
func watched(t *testing.T, on ...[]*corev1.Pod) *watcher {
	w := &watcher{now: time.Unix(1_800_000_000, 0)}
	var h Handover
	for i, pods := range on {
		var placed []binpack.Placement
		for _, pod := range pods {
			pod.ResourceVersion = "1"
			placed = append(placed, binpack.Placement{Pod: pod, Count: 1})
			h.Problem.Pods = append(h.Problem.Pods, pod)
			w.state.Pods = append(w.state.Pods, pod)
		}
		h.Nodes = append(h.Nodes, "new-"+strconv.Itoa(i))
		h.Plan.Launches = append(h.Plan.Launches, binpack.Launch{Pods: placed})
	}
	all, err := newTask(h)
	require.NoError(t, err)
	w.run = newRun(Driver{}.withDefaults(), all)
	return w
}

// join adds a node that is held.
func (w *watcher) join(name string) {
	w.state.Nodes = append(w.state.Nodes, fakeNode(name, "a", 1000, Taint()))
}

// look looks d later, and returns what is to be done.
func (w *watcher) look(d time.Duration) todo {
	w.now = w.now.Add(d)
	w.v = (looker{w.run}).look(w.state)
	if w.run.began.IsZero() {
		w.run.begin(w.v, w.now)
	}
	w.run.remember(w.v, w.now)
	out := w.run.next(context.Background(), w.v, w.now)
	for _, a := range out.nominate {
		m := a.item.memory
		m.node, m.at, m.seen, m.before = a.node, w.now, false, a.item.live.ResourceVersion
		m.given++
		w.change(a.item.live.Name, func(pod *corev1.Pod) { pod.Status.NominatedNodeName = a.node })
	}
	return out
}

// change stores a new version of a pod.
func (w *watcher) change(name string, do func(*corev1.Pod)) {
	i := slices.IndexFunc(w.state.Pods, func(pod *corev1.Pod) bool { return pod.Name == name })
	pod := w.state.Pods[i].DeepCopy()
	version, _ := strconv.Atoi(pod.ResourceVersion)
	pod.ResourceVersion = strconv.Itoa(version + 1)
	do(pod)
	w.state.Pods = slices.Clone(w.state.Pods)
	w.state.Pods[i] = pod
}

// nominated returns the pods that are nominated, and for what.
func nominated(out todo) map[string]string {
	at := map[string]string{}
	for _, a := range out.nominate {
		at[a.item.pod.Name] = a.node
	}
	return at
}

const moment = 10 * time.Millisecond

// TestNominatedAgain takes a nomination back: it is given again once kube-scheduler has
// tried no pod for a while, and only then is the node released.
func TestNominatedAgain(t *testing.T) {
	w := watched(t, []*corev1.Pod{fakePod("a", "a", 100, false), fakePod("b", "b", 100, false)})
	w.join("new-0")
	require.Empty(t, w.look(0).nominate)
	require.Equal(t, map[string]string{"a": "new-0", "b": "new-0"}, nominated(w.look(pause)))
	require.Empty(t, w.look(moment).nominate)
	w.change("a", func(pod *corev1.Pod) { pod.Status.NominatedNodeName = "" })
	require.Empty(t, w.look(moment).nominate)
	w.change("b", func(pod *corev1.Pod) { pod.Status.NominatedNodeName = "" })
	require.Empty(t, w.look(pause-moment).nominate, "b was tried meanwhile")
	out := w.look(pause)
	require.Equal(t, map[string]string{"a": "new-0", "b": "new-0"}, nominated(out))
	require.Empty(t, out.release)
	require.Empty(t, w.look(moment).release)
	require.Len(t, w.look(still).release, 1)
}

// TestMissedLook takes a nomination back before the cluster has shown it: the version of
// the pod tells.
func TestMissedLook(t *testing.T) {
	w := watched(t, []*corev1.Pod{fakePod("a", "a", 100, false)})
	w.join("new-0")
	w.look(0)
	w.look(pause)
	w.change("a", func(pod *corev1.Pod) { pod.Status.NominatedNodeName = "" })
	require.Empty(t, w.look(moment).nominate)
	require.Equal(t, map[string]string{"a": "new-0"}, nominated(w.look(pause)))
}

// TestNominatedAhead nominates pods for nodes that are not there yet only where some pod
// tolerates the taint, and could take their room.
func TestNominatedAhead(t *testing.T) {
	for _, leaks := range []bool{false, true} {
		a, b := fakePod("a", "a", 100, false), fakePod("b", "b", 100, false)
		if leaks {
			a.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
		}
		w := watched(t, []*corev1.Pod{a}, []*corev1.Pod{b})
		want := map[string]string{}
		if leaks {
			want = map[string]string{"a": "new-0", "b": "new-1"}
		}
		require.Equal(t, want, nominated(w.look(0)))
	}
	require.False(t, isName("aws:///us-east-1a/i-0123"))
}

// TestLostKeepsNoRoom takes the room of a pod for which no other node has any: its
// nomination is taken back before nodes are released.
func TestLostKeepsNoRoom(t *testing.T) {
	w := watched(t, []*corev1.Pod{fakePod("a", "a", 700, false)})
	w.join("new-0")
	w.look(0)
	w.look(pause)
	w.look(moment)
	stranger := fakePod("stranger", "stranger", 700, false)
	stranger.Spec.NodeName = "new-0"
	w.state.Pods = append(w.state.Pods, stranger)
	require.Empty(t, w.look(still).release)
	out := w.look(0)
	require.Equal(t, map[string]string{"a": ""}, nominated(out))
	require.Empty(t, out.release)
	require.Len(t, w.look(still).release, 1)
	require.Equal(t, NoRoom, w.v.items[0].memory.lost)
}

// TestRulesWaitForNodes takes back the nomination of a pod for an existing node, as its
// spread waits for pods of nodes that are held. It is neither moved nor nominated again
// and again: that would keep kube-scheduler at trying all pods.
func TestRulesWaitForNodes(t *testing.T) {
	a, b := fakePod("a", "web", 100, true), fakePod("b", "web", 100, true)
	a.Spec.Containers[0].Name = "a" // so that it is of another kind
	w := watched(t, []*corev1.Pod{a}, []*corev1.Pod{b})
	old := fakePod("old", "web", 100, true)
	old.Spec.NodeName = "new-0"
	w.state.Pods = append(w.state.Pods, old)
	w.state.Nodes = append(w.state.Nodes, fakeNode("new-0", "a", 1000), fakeNode("other", "b", 1000, Taint()))
	require.Equal(t, "new-0", nominated(w.look(0))["a"])
	w.look(moment)
	w.change("a", func(pod *corev1.Pod) { pod.Status.NominatedNodeName = "" })
	for range 10 {
		out := w.look(patience)
		require.Empty(t, out.nominate)
		require.Empty(t, out.bind)
	}
	require.Empty(t, w.v.items[0].memory.moved)
	require.Empty(t, w.v.items[0].memory.lost)
}
