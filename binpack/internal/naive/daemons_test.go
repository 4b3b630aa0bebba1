package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestCrewOf(t *testing.T) {
	agent := func(cpu string, change func(*corev1.Pod)) *corev1.Pod {
		pod := claiming()
		pod.Spec.Containers[0].Resources.Requests = amounts("cpu", cpu)
		if change != nil {
			change(pod)
		}
		return pod
	}
	onPort80 := func(pod *corev1.Pod) { pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}} }
	node := New(Launch{
		InstanceType: "m5.large", Zone: "a",
		PoolTaints: []corev1.Taint{{Key: "team", Effect: corev1.TaintEffectPreferNoSchedule}},
	})
	for name, test := range map[string]struct {
		daemons  []*corev1.Pod
		requests corev1.ResourceList
		fault    string
	}{
		"none":               {nil, amounts(), ""},
		"two":                {[]*corev1.Pod{agent("1", nil), agent("1500m", nil)}, amounts("cpu", "2500m", "pods", "2"), ""},
		"selector elsewhere": {[]*corev1.Pod{agent("9", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"gpu": "yes"} })}, amounts(), ""},
		"too large":          {[]*corev1.Pod{agent("9", nil)}, amounts("cpu", "9", "pods", "1"), "its daemon pods ask for more cpu than it has"},
		"too many": {[]*corev1.Pod{agent("0", nil), agent("0", nil), agent("0", nil), agent("0", nil)}, amounts("cpu", "0", "pods", "4"),
			"its daemon pods ask for more pods than it has"},
		"one port":  {[]*corev1.Pod{agent("1", onPort80), agent("1", onPort80)}, amounts("cpu", "2", "pods", "2"), "two daemon pods claim its port TCP 80"},
		"own rules": {[]*corev1.Pod{agent("1", func(p *corev1.Pod) { p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{}} })}, amounts("cpu", "1", "pods", "1"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			have := AmountsOf(amounts("cpu", "4", "pods", "3"))
			crew := CrewOf(node, have, Daemons(test.daemons))
			require.Equal(t, test.fault, crew.Fault)
			requireAmounts(t, AmountsOf(test.requests), crew.Requests)
			left := AmountsOf(amounts("cpu", "4", "pods", "3"))
			left.AddTimes(crew.Requests, -1)
			requireAmounts(t, left, crew.Room(have))
			requireAmounts(t, AmountsOf(amounts("cpu", "4", "pods", "3")), have)
		})
	}
}

func requireAmounts(t *testing.T, want, got Amounts) {
	t.Helper()
	require.Len(t, got, len(want))
	for name, amount := range want {
		require.Equal(t, amount.String(), got[name].String(), name)
	}
}

func TestDaemonsAndTaints(t *testing.T) {
	node := New(Launch{PoolTaints: []corev1.Taint{{Key: "team", Effect: corev1.TaintEffectNoExecute}}})
	pod := claiming()
	require.Empty(t, CrewOf(node, Amounts{}, Daemons([]*corev1.Pod{pod})).Requests)
	pod.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	require.NotEmpty(t, CrewOf(node, Amounts{}, Daemons([]*corev1.Pod{pod})).Requests)
}

func TestRoomWithoutPodsStated(t *testing.T) {
	crew := CrewOf(New(Launch{}), Amounts{}, Daemons([]*corev1.Pod{claiming()}))
	require.Empty(t, crew.Fault, "any number of pods")
	require.Empty(t, crew.Room(Amounts{}))
}

func TestUnsupportedDaemon(t *testing.T) {
	claim := volumes(corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}})
	require.Equal(t, "spec.volumes[0].persistentVolumeClaim", UnsupportedDaemon(&claim))
	devices := corev1.Pod{Spec: corev1.PodSpec{ResourceClaims: []corev1.PodResourceClaim{{}}}}
	require.Equal(t, "spec.resourceClaims[0]", UnsupportedDaemon(&devices))
	require.Empty(t, UnsupportedDaemon(repelling(claiming(corev1.ContainerPort{HostPort: 80}), corev1.PodAffinityTerm{})))
}

func TestCovers(t *testing.T) {
	l := Launch{InstanceType: "m5.large", Zone: "a", CapacityType: "spot", TypeLabels: map[string]string{"family": "m5"}, PoolLabels: map[string]string{"team": "x"}}
	in := func(key, value string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{value}}}
	}
	require.True(t, Covers(nil, l))
	require.True(t, Covers(append(in("family", "m5"), in(CapacityTypeLabel, "spot")...), l))
	require.False(t, Covers(in("failure-domain.beta.kubernetes.io/zone", "b"), l))
	require.False(t, Covers(in("team", "x"), l), "the pool's labels do not count")
}
