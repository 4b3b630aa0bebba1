package handover

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// TestCompany hands over pods that must be where others are: one of these is bound for
// each zone if it has rules between pods, and nominations carry all the rest. If it has
// none nothing can be bound before.
func TestCompany(t *testing.T) {
	near := func(app, key string) []corev1.PodAffinityTerm {
		return []corev1.PodAffinityTerm{{TopologyKey: key, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}}}
	}
	for name, apart := range map[string]bool{"with rules": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			front, cache := fakePod("front", "front", 500, false), fakePod("cache", "cache", 500, false)
			front.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: near("cache", corev1.LabelTopologyZone)}}
			if apart {
				cache.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: near("cache", corev1.LabelHostname)}}
			}
			p := binpack.Problem{Workloads: []binpack.Workload{{Pod: front, Replicas: 8}, {Pod: cache, Replicas: 4}}}
			var plan binpack.Plan
			for _, zone := range []string{"a", "a", "b", "b"} {
				p.Pools = append(p.Pools, binpack.Pool{Name: zone, Labels: map[string]string{corev1.LabelTopologyZone: zone}})
				plan.Launches = append(plan.Launches, binpack.Launch{Pool: zone, Pods: []binpack.Placement{{Pod: front, Count: 2}, {Pod: cache, Count: 1}}})
			}
			c, h := newPaper(p, plan)
			for _, n := range c.nodes {
				n.Status.Allocatable = cpu(4000)
			}
			steps, err := follow(c, h)
			require.NoError(t, err)
			require.Len(t, steps, 1)
			require.Len(t, steps[0].Nominate, 12)
			bound := map[string]bool{}
			for _, a := range steps[0].Bind {
				require.Equal(t, cache, a.Pod)
				bound[a.Node] = true
			}
			if apart {
				require.Equal(t, map[string]bool{"launch-0": true, "launch-2": true}, bound)
			} else {
				require.Empty(t, bound)
			}
			require.Len(t, steps[0].Release, 4)
		})
	}
}

// TestFirstOfMany hands over pods that want to be in one zone with their like: the first is
// bound, and nominations carry the others.
func TestFirstOfMany(t *testing.T) {
	web := fakePod("web", "web", 500, false)
	web.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
		TopologyKey: corev1.LabelTopologyZone, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
	}}}}
	p := binpack.Problem{
		Workloads: []binpack.Workload{{Pod: web, Replicas: 8}},
		Pools:     []binpack.Pool{{Name: "a", Labels: map[string]string{corev1.LabelTopologyZone: "a"}}},
	}
	plan := binpack.Plan{Launches: []binpack.Launch{{Count: 2, Pool: "a", Pods: []binpack.Placement{{Pod: web, Count: 4}}}}}
	c, h := newPaper(p, plan)
	for _, n := range c.nodes {
		n.Status.Allocatable = cpu(4000)
	}
	steps, err := follow(c, h)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Len(t, steps[0].Bind, 1)
	require.Len(t, steps[0].Release, 2)
}
