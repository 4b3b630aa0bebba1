package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// up returns a node that is there.
func up(change func(*corev1.Node)) *corev1.Node {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"beta.kubernetes.io/arch": "arm64"}}}
	if change != nil {
		change(node)
	}
	return node
}

func TestExisting(t *testing.T) {
	named := func(operator corev1.NodeSelectorOperator) *corev1.Pod {
		pod := affine(corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: operator, Values: []string{"node-1"}}}}},
		}}})
		return &pod
	}
	selecting := func(key, value string) *corev1.Pod {
		return &corev1.Pod{Spec: corev1.PodSpec{NodeSelector: map[string]string{key: value}}}
	}
	cordoned := func(n *corev1.Node) { n.Spec.Unschedulable = true }
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		node *corev1.Node
		want Code // "": admitted
	}{
		"any pod":                  {&corev1.Pod{}, up(nil), ""},
		"by its name":              {named(corev1.NodeSelectorOpIn), up(nil), ""},
		"not by its name":          {named(corev1.NodeSelectorOpNotIn), up(nil), NodeAffinity},
		"another name":             {named(corev1.NodeSelectorOpIn), up(func(n *corev1.Node) { n.Name = "node-2" }), NodeAffinity},
		"its name is its hostname": {selecting(host, "node-1"), up(nil), ""},
		"another hostname":         {selecting(host, "node-2"), up(nil), NodeAffinity},
		"hostname stated":          {selecting(host, "h"), up(func(n *corev1.Node) { n.Labels[host] = "h" }), ""},
		"name beside a hostname":   {selecting(host, "node-1"), up(func(n *corev1.Node) { n.Labels[host] = "h" }), NodeAffinity},
		"label by either name":     {selecting("kubernetes.io/arch", "arm64"), up(nil), ""},
		"a label of its type":      {selecting(corev1.LabelInstanceTypeStable, "m5.large"), up(nil), NodeAffinity},
		"cordoned":                 {&corev1.Pod{}, up(cordoned), UntoleratedTaint},
		"cordon tolerated": {&corev1.Pod{Spec: corev1.PodSpec{Tolerations: []corev1.Toleration{
			{Key: "node.kubernetes.io/unschedulable", Operator: corev1.TolerationOpExists},
		}}}, up(cordoned), ""},
		"tainted": {&corev1.Pod{}, up(func(n *corev1.Node) {
			n.Spec.Taints = []corev1.Taint{{Key: "a", Effect: corev1.TaintEffectNoExecute}}
		}), UntoleratedTaint},
	} {
		t.Run(name, func(t *testing.T) {
			r := Refuses(test.pod, Existing(test.node))
			if test.want == "" {
				require.Nil(t, r)
				return
			}
			require.NotNil(t, r)
			require.Equal(t, test.want, r.Code)
		})
	}
}

// TestExistingIsACopy: what Existing adds is not written to the node.
func TestExistingIsACopy(t *testing.T) {
	taints := append(make([]corev1.Taint, 0, 2), corev1.Taint{Key: "a", Effect: corev1.TaintEffectNoSchedule})
	node := up(func(n *corev1.Node) { n.Spec.Unschedulable, n.Spec.Taints = true, taints })
	before := node.DeepCopy()
	require.Len(t, Existing(node).Spec.Taints, 2)
	require.Equal(t, before, node)
	require.Empty(t, taints[:2][1])
}

func TestLeaving(t *testing.T) {
	now := metav1.Now()
	require.Empty(t, Leaving(up(nil)))
	require.NotEmpty(t, Leaving(up(func(n *corev1.Node) { n.DeletionTimestamp = &now })))
}

func TestCrewThere(t *testing.T) {
	pod := func(phase corev1.PodPhase, ports ...corev1.ContainerPort) *corev1.Pod {
		p := claiming(ports...)
		p.Spec.Containers[0].Resources.Requests = amounts("cpu", "1500m")
		p.Status.Phase = phase
		return p
	}
	for phase, want := range map[corev1.PodPhase]bool{
		"": false, corev1.PodPending: false, corev1.PodRunning: false, corev1.PodUnknown: false, corev1.PodSucceeded: true, corev1.PodFailed: true,
	} {
		require.Equal(t, want, Ended(pod(phase)), phase)
	}
	crew := CrewThere([]*corev1.Pod{pod(""), pod("", corev1.ContainerPort{HostPort: 80}), pod("", corev1.ContainerPort{HostPort: 80})})
	require.Empty(t, crew.Fault)
	requireAmounts(t, AmountsOf(amounts("cpu", "4500m", "pods", "3")), crew.Requests)
	require.Len(t, crew.Ports, 2)
	requireAmounts(t, AmountsOf(amounts("cpu", "-500m")), crew.Room(AmountsOf(amounts("cpu", "4"))))
}
