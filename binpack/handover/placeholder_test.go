package handover

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

// A reserver is a fake that makes placeholders.
type reserver struct{ *fake }

func (r reserver) Reserve(ctx context.Context, placeholder *corev1.Pod) error {
	return r.call(ctx, func() error {
		if r.pods[placeholder.Name] != nil {
			return nil
		}
		r.version++
		pod, high := placeholder.DeepCopy(), int32(2_000_000_000)
		pod.UID, pod.Spec.Priority = types.UID(fmt.Sprint("placeholder-", r.version)), &high
		r.order = slices.DeleteFunc(r.order, func(name string) bool { return name == pod.Name })
		r.addPod(pod)
		return nil
	})
}

func (r reserver) Cancel(ctx context.Context, placeholder *corev1.Pod) error {
	return r.call(ctx, func() error {
		delete(r.pods, placeholder.Name)
		r.changes++
		return nil
	})
}

func (r reserver) Label(ctx context.Context, node *corev1.Node, value string) error {
	return r.call(ctx, func() error {
		live := r.nodes[node.Name]
		if live == nil {
			return errFake
		}
		live = live.DeepCopy()
		live.Labels[LabelKey] = value
		r.nodes[node.Name] = live
		r.changes++
		return nil
	})
}

// newLooseScene returns a scene whose pods without rules tolerate every taint, and have a
// priority above that of the others. Nodes come after some seconds.
func newLooseScene(seed uint64, nodes int) *scene {
	const ahead = 3 * time.Second
	s := newScene(seed, nodes)
	for i := range s.events {
		s.events[i].at = s.events[i].at.Add(ahead)
	}
	p := &s.handover.Problem
	p.Catalog = catalog.Catalog{{Name: "four", Capacity: cpu(4000), Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: 1}}}}
	for i := range s.handover.Plan.Launches {
		l := &s.handover.Plan.Launches[i]
		l.Pool, l.Offering = p.EffectivePools()[0].Name, p.Catalog[0].Key(0)
	}
	loosen := func(pod *corev1.Pod) {
		pod.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
		high := int32(10)
		pod.Spec.Priority = &high
	}
	template := p.Workloads[0].Pod
	loosen(template)
	for i, pod := range s.handover.Pods[template] {
		s.change(pod.Name, loosen)
		s.handover.Pods[template][i] = s.fake.pods[pod.Name]
	}
	return s
}

// reserving returns the scene's Driver, with placeholders.
func (s *scene) reserving() Driver {
	d := s.driver()
	d.Cluster = reserver{s.fake}
	return d
}

// strays counts the pods that got to a node of the handover while others were yet to come.
func (s *scene) strays(on map[string]bool) int {
	if slices.ContainsFunc(s.handover.Nodes, func(id string) bool { return s.nodes[id] == nil }) {
		for name, pod := range s.fake.pods {
			if slices.Contains(s.handover.Nodes, pod.Spec.NodeName) {
				on[name] = true
			}
		}
	}
	return len(on)
}

// TestPlaceholders hands pods over that tolerate every taint: with placeholders they wait
// until all nodes are there, and run where they were planned; without they do not.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	without := 0
	for seed := range uint64(60) {
		for _, with := range []bool{true, false} {
			s := newLooseScene(seed, 2+int(seed%5))
			d, on := s.driver(), map[string]bool{}
			if with {
				d = s.reserving()
			}
			for at := range 20 {
				s.at(at, func(*fake) { s.strays(on) })
			}
			o, err := d.Run(t.Context(), s.handover)
			require.NoError(t, err)
			s.check(t, o, nil)
			if !with {
				without += len(on)
				require.Zero(t, o.Calls.Placeholders)
				continue
			}
			require.Empty(t, on, "seed %d", seed)
			require.Positive(t, o.Calls.Placeholders)
			for _, pod := range o.Pods {
				require.True(t, pod.Fate.Bound(), "seed %d: %s: %s", seed, pod.Pod.Name, pod.Fate)
			}
		}
	}
	require.Positive(t, without)
}

// TestPlaceholdersKilled kills the Driver at every call, and starts it again, or gives up:
// no placeholder stays, and every pod is on a node if it does not give up.
func TestPlaceholdersKilled(t *testing.T) {
	t.Parallel()
	killed(t, 6, newLooseScene)
}

// killed kills the Driver at every call in scenes of three nodes, and starts it again, or, in
// every second, gives up.
func killed(t *testing.T, seeds uint64, scene func(seed uint64, nodes int) *scene) {
	for seed := range seeds {
		for at := 1; ; at++ {
			s := scene(seed/2, 3)
			ctx, cancel := context.WithCancel(t.Context())
			s.kill, s.killAt = cancel, at
			o, err := s.reserving().Run(ctx, s.handover)
			cancel()
			if s.calls < at {
				require.NoError(t, err)
				break // it ended before
			}
			gaveUp := err != nil && seed%2 == 0
			switch {
			case gaveUp:
				o, err = s.reserving().GiveUp(t.Context(), s.handover)
			case err != nil:
				o, err = s.reserving().Run(t.Context(), s.handover)
			}
			require.NoError(t, err)
			s.check(t, o, nil)
			for _, pod := range o.Pods {
				require.True(t, gaveUp || pod.Fate.Bound(), "killed at %d: %s: %s", at, pod.Pod.Name, pod.Fate)
			}
		}
	}
}

// TestPlaceholdersForbidden hands over where no placeholder can be created: it does without.
func TestPlaceholdersForbidden(t *testing.T) {
	t.Parallel()
	s := newLooseScene(1, 3)
	d := s.driver()
	d.Cluster = forbidden{reserver{s.fake}}
	o, err := d.Run(t.Context(), s.handover)
	require.NoError(t, err)
	s.check(t, o, nil)
	require.Equal(t, len(s.pods), bound(o))
	require.Zero(t, o.Calls.Placeholders)
}

type forbidden struct{ reserver }

func (forbidden) Reserve(context.Context, *corev1.Pod) error { return errFake }

// TestPlaceholdersChaos lets everything go wrong that can, as TestChaos does.
func TestPlaceholdersChaos(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newLooseScene(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 6).Draw(t, "nodes"))
		s.chaos(t, s.reserving())
	})
}

// TestPlaceholderRoom leaves the room of daemons, and keeps all else.
func TestPlaceholderRoom(t *testing.T) {
	loose, web, agent := fakePod("loose", "loose", 300, false), fakePod("web", "web", 1000, false), fakePod("agent", "agent", 200, false)
	loose.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	p := binpack.Problem{
		Pods: []*corev1.Pod{loose, web}, DaemonPods: []*corev1.Pod{agent},
		Catalog: catalog.Catalog{{Name: "four", Capacity: cpu(4000), Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: 1}}}},
	}
	launch := func(pods ...*corev1.Pod) binpack.Launch {
		l := binpack.Launch{Pool: p.EffectivePools()[0].Name, Offering: p.Catalog[0].Key(0)}
		for _, pod := range pods {
			l.Pods = append(l.Pods, binpack.Placement{Pod: pod, Count: 1})
		}
		return l
	}
	of := func(l binpack.Launch) (room []int64) {
		h := Handover{Problem: p, Nodes: []string{"a"}, Plan: binpack.Plan{Launches: []binpack.Launch{l}}}
		task, err := newTask(h)
		require.NoError(t, err)
		for _, ph := range newRun(newFake(1).reserving(), task).guard.all {
			require.Empty(t, ph.pod.Labels)
			require.NotEmpty(t, ph.pod.Spec.SchedulingGates)
			room = append(room, requestOf(ph.pod))
		}
		return room
	}
	require.Equal(t, []int64{3800}, of(launch(loose, web)))
	require.Equal(t, []int64{3800}, of(launch(web)))
	loose.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "b"} // it may not run there
	require.Empty(t, of(launch(web)))
}

// TestPlaceholdersHidden gives up while the cache does not show the placeholders yet: they
// are deleted all the same.
func TestPlaceholdersHidden(t *testing.T) {
	t.Parallel()
	s := newLooseScene(1, 3)
	ctx, cancel := context.WithCancel(t.Context())
	s.kill, s.killAt = cancel, 3
	_, err := s.reserving().Run(ctx, s.handover)
	require.ErrorIs(t, err, context.Canceled)
	there := func() int {
		n := 0
		for _, pod := range s.fake.pods {
			if pod.Namespace == PlaceholderNamespace {
				n++
			}
		}
		return n
	}
	require.Positive(t, there())
	d := s.driver()
	d.Cluster = blind{reserver{s.fake}}
	_, err = d.GiveUp(t.Context(), s.handover)
	require.NoError(t, err)
	require.Zero(t, there())
}

// A blind cluster shows no placeholders.
type blind struct{ reserver }

func (b blind) Watch(ctx context.Context, d time.Duration) (State, error) {
	s, err := b.reserver.Watch(ctx, d)
	s.Pods = slices.DeleteFunc(s.Pods, func(pod *corev1.Pod) bool { return pod.Namespace == PlaceholderNamespace })
	return s, err
}

func (f *fake) reserving() Driver { return Driver{Cluster: reserver{f}} }
