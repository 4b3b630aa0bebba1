package handover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
)

// TestNeverBound hands over pods that spread and whose claims wait for their first
// consumer: none is bound by the Driver, and all get to a node.
func TestNeverBound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*corev1.Pod){
		"claims": func(pod *corev1.Pod) {
			pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}}
		},
		"another scheduler": func(pod *corev1.Pod) { pod.Spec.SchedulerName = "other" },
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				s := newScene(seed, 3)
				for _, pods := range s.handover.Pods {
					for i, pod := range pods {
						if strings.HasPrefix(pod.Name, "spread") {
							s.change(pod.Name, change)
							pods[i] = s.fake.pods[pod.Name]
						}
					}
				}
				o, err := s.driver().Run(t.Context(), s.handover)
				require.NoError(t, err)
				s.check(t, o, nil)
				for pod := range s.bindings {
					require.NotContains(t, pod, "spread")
				}
				for _, pod := range o.Pods {
					require.True(t, pod.Fate.Bound(), "seed %d: %s: %s", seed, pod.Pod.Name, pod.Fate)
				}
			}
		})
	}
}

// TestDomainByDomain writes the steps for such pods: after the others come their
// nodes, one zone at a time.
func TestDomainByDomain(t *testing.T) {
	spread := fakePod("db", "db", 500, true)
	spread.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}}
	p := binpack.Problem{
		Pods:      []*corev1.Pod{fakePod("web", "web", 500, false)},
		Workloads: []binpack.Workload{{Pod: spread, Replicas: 6}},
		Existing:  []binpack.ExistingNode{},
	}
	var plan binpack.Plan
	for _, zone := range []string{"a", "b", "c"} {
		p.Pools = append(p.Pools, binpack.Pool{Name: zone, Labels: map[string]string{corev1.LabelTopologyZone: zone}})
		plan.Launches = append(plan.Launches, binpack.Launch{Pool: zone, Pods: []binpack.Placement{{Pod: spread, Count: 2}}})
	}
	plan.Launches = append(plan.Launches, binpack.Launch{Pool: "a", Pods: []binpack.Placement{{Pod: p.Pods[0], Count: 1}}})
	c, h := newPaper(p, plan)
	for _, n := range c.nodes {
		n.Status.Allocatable = cpu(4000)
	}
	steps, err := follow(c, h)
	require.NoError(t, err)
	var released [][]string
	for _, s := range steps {
		require.Empty(t, s.Bind)
		released = append(released, s.Release)
	}
	require.Equal(t, [][]string{{"launch-3"}, {"launch-0"}, {"launch-1"}, {"launch-2"}}, released)
}

// TestBadInput says what is wrong with which part of a Handover.
func TestBadInput(t *testing.T) {
	pod := fakePod("web", "web", 500, false)
	good := func() Handover {
		return Handover{
			Problem: binpack.Problem{Pods: []*corev1.Pod{pod}},
			Plan:    binpack.Plan{Launches: []binpack.Launch{{Pods: []binpack.Placement{{Pod: pod, Count: 1}}}}},
			Nodes:   []string{"a"},
		}
	}
	for want, change := range map[string]func(*Handover){
		"handover: Nodes: 0, where the plan has 1 launches": func(h *Handover) { h.Nodes = nil },
		`handover: Nodes[1]: "a" is Nodes[0]`: func(h *Handover) {
			h.Nodes = []string{"a", "a"}
			h.Plan.Launches = append(h.Plan.Launches, binpack.Launch{})
		},
		"handover: Problem.Pods[0]: is no live pod: it has no name":    func(h *Handover) { h.Problem.Pods = []*corev1.Pod{{}} },
		"handover: Problem.Pods[1]: default/web is there twice":        func(h *Handover) { h.Problem.Pods = []*corev1.Pod{pod, pod} },
		"handover: Plan.Launches[0].Pods[0]: is no pod of the problem": func(h *Handover) { h.Problem.Pods = nil },
		"handover: Pods: a template is no Workload of the problem":     func(h *Handover) { h.Pods = map[*corev1.Pod][]*corev1.Pod{pod: nil} },
		"handover: Nominations[0].Node: is missing":                    func(h *Handover) { h.Plan.Nominations = []binpack.Nomination{{}} },
		"handover: Pods of Problem.Workloads[0][0]: default/web is there twice": func(h *Handover) {
			w := &corev1.Pod{}
			h.Problem.Workloads = []binpack.Workload{{Pod: w, Replicas: 1}}
			h.Pods = map[*corev1.Pod][]*corev1.Pod{w: {pod}}
		},
	} {
		h := good()
		change(&h)
		_, err := newFake(1).driver().Run(t.Context(), h)
		require.EqualError(t, err, want)
	}
}
