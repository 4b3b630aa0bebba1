package reading

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

func podOf(name string) *corev1.Pod {
	requests := corev1.ResourceList{"cpu": resource.MustParse("1")}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests}}}},
	}
}

// problem has two alike pods, one that may only be in zone b, one machine in zones
// a and b, a limit of one launch in b, and a node with a pod of app web.
func problem() *binpack.Problem {
	inB := podOf("in-b")
	inB.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "b"}
	machine := &catalog.InstanceType{Name: "m", Capacity: corev1.ResourceList{"cpu": resource.MustParse("2")}, Offerings: []catalog.Offering{
		{Zone: "a", CapacityType: catalog.OnDemand, Price: 2},
		{Zone: "b", CapacityType: catalog.OnDemand, Price: 1, Limit: 1},
	}}
	old := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "old"}}
	return &binpack.Problem{
		Pods: []*corev1.Pod{podOf("one"), podOf("two"), inB}, Catalog: catalog.Catalog{machine},
		Existing: []binpack.ExistingNode{{Node: old, Pods: []*corev1.Pod{podOf("resident")}}},
	}
}

func read(t *testing.T, p *binpack.Problem) *Problem {
	require.NoError(t, p.Validate())
	out, err := Of(context.Background(), p)
	require.NoError(t, err)
	return out
}

func TestKinds(t *testing.T) {
	p := problem()
	kinds := read(t, p).Kinds
	require.Len(t, kinds.All, 2)
	require.Same(t, kinds.Of[p.Pods[0]], kinds.Of[p.Pods[1]])
	require.NotEqual(t, kinds.All[0].RuleSet, kinds.All[1].RuleSet)
}

func TestTemplates(t *testing.T) {
	p := read(t, problem())
	pool := p.Supply.Pools[0]
	templates := p.Supply.Templates(pool)
	require.Len(t, templates, 2)
	inB, inA := templates[0], templates[1]
	require.Equal(t, "b", inB.Key.Zone, "the cheapest is first")
	require.EqualValues(t, 1, p.Supply.Most[inB.Key])
	require.Same(t, inA, p.Supply.Find(&binpack.Launch{Pool: pool.Spec.Name, Offering: inA.Key}))
	require.Nil(t, p.Supply.Find(&binpack.Launch{Pool: pool.Spec.Name}))
	require.Nil(t, p.Supply.Find(&binpack.Launch{Pool: "none", Offering: inA.Key}))

	onlyB := p.Kinds.All[1]
	require.True(t, inB.Takes(onlyB))
	require.False(t, inA.Takes(onlyB))
	require.True(t, inB.Holds([]Load{{Kind: onlyB, Count: 2}}))
	require.False(t, inB.Holds([]Load{{Kind: onlyB, Count: 3}}))
	require.Len(t, p.Landscape(p.Kinds.All[0]), 3)
}

func TestExisting(t *testing.T) {
	given := problem()
	p := read(t, given)
	old := p.Existing.Of[given.Existing[0].Node]
	require.True(t, old.Exists())
	require.Len(t, old.Residents, 1)
	require.Empty(t, p.Existing.Refusals(p.Kinds.All[0], old))

	apart := corev1.PodAffinityTerm{TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}}
	given.Existing[0].Node.Labels = map[string]string{corev1.LabelHostname: "old"}
	given.Existing[0].Pods[0].Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{apart},
	}}
	p = read(t, given)
	refusals := p.Existing.Refusals(p.Kinds.All[0], p.Existing.Nodes[0])
	require.Len(t, refusals, 1)
	require.Contains(t, refusals[0].Path, "Existing[0].Pods[0].")
}

// words are rules that select pods by name.
type words string

func (w words) Content() string              { return string(w) }
func (w words) Selects(pod *corev1.Pod) bool { return pod.Name == string(w) }

func TestRegistry(t *testing.T) {
	var g Registry[words]
	require.Equal(t, []int{0, 1, 0}, numbers(g.Intern([]words{"a", "b", "a"})))
	require.Equal(t, []int{1, 2}, numbers(g.Intern([]words{"b", "c"})))
	require.Equal(t, 3, g.Len())
	require.Equal(t, words("c"), g.Rule(2))
	require.Equal(t, []int{1}, g.selecting(podOf("b")))
}

func TestOfEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Of(ctx, problem())
	require.ErrorIs(t, err, context.Canceled)
}
