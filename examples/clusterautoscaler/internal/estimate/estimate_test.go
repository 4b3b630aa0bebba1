package estimate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	_ "github.com/stowage/stowage/internal/seed"
)

func newPod(name string, milli, mib int64) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": name}}}
	p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU: *resource.NewMilliQuantity(milli, resource.DecimalSI), corev1.ResourceMemory: *resource.NewQuantity(mib<<20, resource.BinarySI)}}}}
	return p
}

func copies(p *corev1.Pod, n int) []*corev1.Pod {
	var out []*corev1.Pod
	for i := range n {
		c := p.DeepCopy()
		c.Name = fmt.Sprintf("%s-%d", p.Name, i)
		out = append(out, c)
	}
	return out
}

func newGroup(id, zone string, milli, mib int64) estimate.Group {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{corev1.LabelTopologyZone: zone, corev1.LabelHostname: id}}}
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(milli, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(mib<<20, resource.BinarySI), corev1.ResourcePods: resource.MustParse("20")}
	return estimate.Group{ID: id, Node: n, Price: catalog.USD}
}

func newModel(t require.TestingT, s estimate.Setting, pods ...*corev1.Pod) *estimate.Model {
	s.Kinds, _ = estimate.Kinds(pods)
	m, err := estimate.New(s)
	require.NoError(t, err)
	return m
}

func TestKindsAreWhatARuleOrRequestTellsApart(t *testing.T) {
	a, b, c := newPod("a", 100, 64), newPod("b", 100, 64), newPod("c", 200, 64)
	b.Annotations = map[string]string{"x": "y"}
	b.Spec.Volumes = []corev1.Volume{{Name: "kube-api-access-x7f2p"}}
	kinds, of := estimate.Kinds([]*corev1.Pod{a, b, c})
	assert.Len(t, kinds, 2)
	assert.Equal(t, []int{0, 0, 1}, of, "no rule reads the label app")

	c.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelHostname,
		WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "a"}}}}
	kinds, _ = estimate.Kinds([]*corev1.Pod{a, b, c})
	assert.Len(t, kinds, 3)
}

func TestGrow(t *testing.T) {
	self := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "p"}}
	term := func(key string) []corev1.PodAffinityTerm {
		return []corev1.PodAffinityTerm{{LabelSelector: self, TopologyKey: key}}
	}
	spread := func(key string, skew int32) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: skew, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: self}}
		}
	}
	for _, c := range []struct {
		name        string
		change      func(*corev1.Pod)
		set         estimate.Setting
		nodes, pods int
	}{
		{"requests", func(*corev1.Pod) {}, estimate.Setting{}, 3, 10},
		{"too large", func(p *corev1.Pod) { *p = *newPod("p", 5000, 1) }, estimate.Setting{}, 0, 0},
		{"selector", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "b"} }, estimate.Setting{}, 0, 0},
		{"port", func(p *corev1.Pod) { p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}} }, estimate.Setting{}, 10, 10},
		{"apart by node", func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(corev1.LabelHostname)}}
		}, estimate.Setting{}, 10, 10},
		{"apart by zone", func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(corev1.LabelTopologyZone)}}
		}, estimate.Setting{}, 1, 1},
		{"with by node", func(p *corev1.Pod) {
			p.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term(corev1.LabelHostname)}}
		}, estimate.Setting{}, 1, 4},
		{"spread over nodes", spread(corev1.LabelHostname, 2), estimate.Setting{}, 5, 10},
		{"spread over zones", spread(corev1.LabelTopologyZone, 3), estimate.Setting{}, 1, 3},
		{"a round of two nodes", func(*corev1.Pod) {}, estimate.Setting{Round: 2}, 2, 8},
		{"daemons", func(*corev1.Pod) {}, estimate.Setting{Daemons: []*corev1.Pod{newPod("d", 2000, 1)}}, 5, 10},
		{"limit", func(*corev1.Pod) {}, estimate.Setting{Limits: []estimate.Limit{{Groups: []int{0}, Resource: "nodes", Left: resource.MustParse("1")}}}, 1, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPod("p", 1000, 64)
			c.change(p)
			c.set.Groups = []estimate.Group{newGroup("g", "a", 4000, 4096), newGroup("h", "b", 4000, 4096)}
			c.set.Groups[1].Node.Spec.Taints = []corev1.Taint{{Key: "no", Effect: corev1.TaintEffectNoSchedule}}
			m := newModel(t, c.set, copies(p, 10)...)
			s := m.Start()
			got := m.Grow(s, 0)
			assert.Equal(t, [2]int{c.nodes, c.pods}, [2]int{got.Nodes, got.Count})
			assert.Equal(t, catalog.Price(c.nodes)*catalog.USD, got.Cost)
			assert.Equal(t, 10-c.pods, s.Pending())
		})
	}
}

func TestSimilarGroupsShareNodes(t *testing.T) {
	set := estimate.Setting{Balance: true, Groups: []estimate.Group{newGroup("a", "a", 4000, 4096), newGroup("b", "b", 4000, 4096), newGroup("c", "c", 8000, 4096)}}
	m := newModel(t, set, copies(newPod("p", 1000, 64), 20)...)
	s := m.Start()
	m.Step(s, 1)
	assert.Equal(t, []int{2, 3, 0}, s.Nodes)
	assert.Zero(t, s.Pending())
}

// TestRunsAreFirstFit holds Grow against first fit, pod by pod and node by node.
func TestRunsAreFirstFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pods []*corev1.Pod
		for k := range rapid.IntRange(1, 6).Draw(t, "kinds") {
			p := newPod(fmt.Sprint(k), rapid.Int64Range(1, 30).Draw(t, "cpu")*100, rapid.Int64Range(1, 40).Draw(t, "memory")*64)
			pods = append(pods, copies(p, rapid.IntRange(1, 30).Draw(t, "count"))...)
		}
		m := newModel(t, estimate.Setting{Groups: []estimate.Group{newGroup("g", "a", 2500, 2048)}}, pods...)
		got := m.Grow(m.Start(), 0)

		score := func(k int) float64 { return float64(m.Requests[k][0])/2500 + float64(m.Requests[k][1])/(2048<<20) }
		todo := make([]int, len(m.Kinds))
		var nodes [][]int64
		placed := 0
		for range m.Kinds {
			k := -1
			for o := range m.Kinds {
				if todo[o] == 0 && (k < 0 || score(o) > score(k)) {
					k = o
				}
			}
			todo[k] = 1
			for range m.Kinds[k].Count {
				if at := firstFit(nodes, m.Requests[k]); at >= 0 {
					take(nodes[at], m.Requests[k])
					placed++
				} else if empty := append([]int64(nil), m.Free[0]...); firstFit([][]int64{empty}, m.Requests[k]) == 0 {
					take(empty, m.Requests[k])
					nodes = append(nodes, empty)
					placed++
				}
			}
		}
		require.Equal(t, len(nodes), got.Nodes)
		require.Equal(t, placed, got.Count)
	})
}

func firstFit(nodes [][]int64, need []int64) int {
	for i, free := range nodes {
		ok := true
		for r := range need {
			ok = ok && free[r] >= need[r]
		}
		if ok {
			return i
		}
	}
	return -1
}

func take(free, need []int64) {
	for r := range need {
		free[r] -= need[r]
	}
}

func TestResumeKnowsTheNodes(t *testing.T) {
	self := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "p"}}
	p := newPod("p", 1000, 64)
	p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: self}}
	m := newModel(t, estimate.Setting{Groups: []estimate.Group{newGroup("a", "a", 4000, 4096), newGroup("b", "b", 4000, 4096)}}, copies(p, 6)...)
	s := m.Start()
	m.Step(s, 0)
	again := m.Resume(m.Launched(s))
	again.Left = s.Left
	assert.Equal(t, s.Key(), again.Key())
	assert.Zero(t, m.Grow(again.Clone(), 0).Nodes, "zone a is ahead")
	assert.Equal(t, 2, m.Grow(again.Clone(), 1).Count)
}
