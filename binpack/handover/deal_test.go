package handover

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// taken lets a stranger take room on new-0 before the nodes are released, and returns
// which pods go to which nodes then.
func taken(t *testing.T, stranger *corev1.Pod, on ...[]*corev1.Pod) map[string]string {
	w := watched(t, on...)
	for i := range on {
		w.join("new-" + strconv.Itoa(i))
	}
	w.look(0)
	w.look(pause)
	w.look(moment)
	stranger.Spec.NodeName = "new-0"
	w.state.Pods = append(w.state.Pods, stranger)
	for n := 0; len(w.look(still).release) == 0; n++ {
		require.Less(t, n, 10)
	}
	to := map[string]string{}
	for _, it := range w.v.items {
		require.Empty(t, it.memory.lost, it.pod.Name)
		to[it.pod.Name] = it.node
	}
	return to
}

// TestPushedOn takes the room of a pod that finds some only where another goes, which does
// not fit where the first was: a third has to go there.
func TestPushedOn(t *testing.T) {
	pods := map[string]int64{"a": 700, "b": 650, "x": 250, "c": 600, "y": 330}
	of := func(names ...string) (out []*corev1.Pod) {
		for _, name := range names {
			out = append(out, fakePod(name, name, pods[name], false))
		}
		return out
	}
	used := map[string]int64{"new-0": 400}
	for name, node := range taken(t, fakePod("stranger", "stranger", 400, false), of("a"), of("b", "x"), of("c", "y")) {
		used[node] += pods[name]
	}
	for node, sum := range used {
		require.LessOrEqual(t, sum, int64(1000), node)
	}
}

// TestPushedForPort takes the host port of a pod: it takes that of another, which fits on a
// node where none has it.
func TestPushedForPort(t *testing.T) {
	withPort := func(name string, milli int64) *corev1.Pod {
		pod := fakePod(name, name, milli, false)
		pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}}
		return pod
	}
	to := taken(t, withPort("stranger", 560), []*corev1.Pod{withPort("a", 450)},
		[]*corev1.Pod{withPort("b", 100), fakePod("x", "x", 450, false)}, []*corev1.Pod{fakePod("z", "z", 600, false)})
	require.Equal(t, map[string]string{"a": "new-1", "b": "new-2", "x": "new-1", "z": "new-2"}, to)
}

// TestStormOfMany goes on trying pods: nodes are released in spite of that, the later the
// more pods there are.
func TestStormOfMany(t *testing.T) {
	var pods []*corev1.Pod
	for i := range 100 {
		pods = append(pods, fakePod("p"+strconv.Itoa(i), "p", 1, false))
	}
	w := watched(t, pods)
	w.join("new-0")
	for n := 0; len(w.look(pause/2).release) == 0; n++ {
		require.Less(t, n, 100)
		w.change("p0", func(pod *corev1.Pod) { pod.Status.NominatedNodeName = "" })
	}
	require.Greater(t, w.now.Sub(w.run.settling), stormy)
	require.LessOrEqual(t, w.now.Sub(w.run.settling), stormy+100*tryTime+pause)
}

// TestReleasedAsTried releases nodes in the order in which kube-scheduler tries their pods:
// those of higher priority first, then as it tried them last.
func TestReleasedAsTried(t *testing.T) {
	const n = 30
	var on [][]*corev1.Pod
	var want []string
	for i := range n {
		pod := fakePod("p"+strconv.Itoa(i), "p", int64(10*i+10), false)
		if i == n/2 {
			high := int32(1)
			pod.Spec.Priority = &high
		}
		on = append(on, []*corev1.Pod{pod})
	}
	w := watched(t, on...)
	for i := range n {
		w.join("new-" + strconv.Itoa(i))
	}
	for i := range n {
		last := n - 1 - i
		w.change("p"+strconv.Itoa(last), func(pod *corev1.Pod) { pod.ResourceVersion = strconv.Itoa(100 + i) })
		if last != n/2 {
			want = append(want, "new-"+strconv.Itoa(last))
		}
	}
	var got []string
	for looks := 0; len(got) == 0; looks++ {
		require.Less(t, looks, 10)
		for _, node := range w.look(still).release {
			got = append(got, node.Name)
		}
	}
	require.Equal(t, append([]string{"new-" + strconv.Itoa(n/2)}, want...), got)
}

// TestDealEnds deals pods for which there is no way: it ends with its context, and when its
// time is over, with the best that was found.
func TestDealEnds(t *testing.T) {
	for name, ends := range map[string]bool{"by its context": true, "by the clock": false} {
		t.Run(name, func(t *testing.T) {
			on := make([][]*corev1.Pod, 4)
			for i := range on {
				for j := range 3 {
					on[i] = append(on[i], fakePod("p"+strconv.Itoa(3*i+j), "p"+strconv.Itoa(j), int64(300+30*j), false))
				}
			}
			w := watched(t, on...)
			for i := range on {
				w.join("new-" + strconv.Itoa(i))
			}
			stranger := fakePod("stranger", "stranger", 900, false)
			stranger.Spec.NodeName = "new-0"
			w.state.Pods = append(w.state.Pods, stranger)
			w.look(0)
			ctx, cancel := context.WithCancel(t.Context())
			looks := 0
			w.run.driver.Clock = func() time.Time {
				if looks++; looks == 20 && ends {
					cancel()
				}
				if ends {
					return w.now
				}
				return w.now.Add(time.Duration(looks) * dealing / 20)
			}
			d := newDealer(w.run, w.v)
			where := d.deal(ctx, d.displaced(w.run, w.v))
			cancel()
			require.Less(t, looks, 40, "of more than maxPushes")
			left := 0
			for _, b := range where {
				if b == nil {
					left++
				}
			}
			require.Positive(t, left)
			require.Less(t, left, 4, "those that had room are placed, or stay")
		})
	}
}
