package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/check"
)

// pod returns a pod with one container, changed.
func pod(change func(*corev1.PodSpec)) *corev1.Pod {
	p := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{}}}}
	if change != nil {
		change(&p.Spec)
	}
	return p
}

func bad() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "Is"}}}
}

func amounts(name corev1.ResourceName, q string) corev1.ResourceList {
	return corev1.ResourceList{name: resource.MustParse(q)}
}

func nodeTerm(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: key, Operator: op, Values: values}}}
}

func TestPod(t *testing.T) {
	const required, preferred = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
	near := func(terms ...corev1.PodAffinityTerm) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms}}
		}
	}
	ratherFar := func(terms ...corev1.WeightedPodAffinityTerm) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) {
			s.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{PreferredDuringSchedulingIgnoredDuringExecution: terms}}
		}
	}
	onNodes := func(a corev1.NodeAffinity) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) { s.Affinity = &corev1.Affinity{NodeAffinity: &a} }
	}
	rather := func(weight int32, term corev1.NodeSelectorTerm) func(*corev1.PodSpec) {
		return onNodes(corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{Weight: weight, Preference: term}}})
	}
	must := func(terms ...corev1.NodeSelectorTerm) func(*corev1.PodSpec) {
		return onNodes(corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}})
	}
	zone := corev1.LabelTopologyZone
	for name, tt := range map[string]struct {
		change func(*corev1.PodSpec)
		path   string
	}{
		"sound":               {nil, ""},
		"sound affinity":      {near(corev1.PodAffinityTerm{TopologyKey: zone}), ""},
		"no containers":       {func(s *corev1.PodSpec) { s.Containers = nil }, "spec.containers"},
		"negative limit":      {func(s *corev1.PodSpec) { s.Containers[0].Resources.Limits = amounts("cpu", "-1") }, "spec.containers[0].resources.limits[cpu]"},
		"absurd request":      {func(s *corev1.PodSpec) { s.Containers[0].Resources.Requests = amounts("cpu", "1e99") }, "spec.containers[0].resources.requests[cpu]"},
		"absurd overhead":     {func(s *corev1.PodSpec) { s.Overhead = amounts("memory", "1e99") }, "spec.overhead[memory]"},
		"pod-level resources": {func(s *corev1.PodSpec) { s.Resources = &corev1.ResourceRequirements{Requests: amounts("cpu", "-1")} }, "spec.resources.requests[cpu]"},
		"unknown toleration":  {func(s *corev1.PodSpec) { s.Tolerations = []corev1.Toleration{{Operator: "Likes"}} }, "spec.tolerations[0].operator"},
		"spread without skew": {func(s *corev1.PodSpec) {
			s.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{TopologyKey: zone}}
		}, "spec.topologySpreadConstraints[0].maxSkew"},
		"affinity's selector":    {near(corev1.PodAffinityTerm{TopologyKey: zone, LabelSelector: bad()}), "spec.affinity.podAffinity." + required + "[0].labelSelector"},
		"affinity's namespaces":  {near(corev1.PodAffinityTerm{TopologyKey: zone, NamespaceSelector: bad()}), "spec.affinity.podAffinity." + required + "[0].namespaceSelector"},
		"affinity without a key": {near(corev1.PodAffinityTerm{TopologyKey: zone}, corev1.PodAffinityTerm{}), "spec.affinity.podAffinity." + required + "[1].topologyKey"},
		"wish for other pods":    {ratherFar(corev1.WeightedPodAffinityTerm{PodAffinityTerm: corev1.PodAffinityTerm{TopologyKey: zone, LabelSelector: bad()}}), "spec.affinity.podAntiAffinity." + preferred + "[0].labelSelector"},
		"required nodes":         {must(nodeTerm(zone, "Is")), "spec.affinity.nodeAffinity." + required},
		"values missing":         {must(nodeTerm(zone, corev1.NodeSelectorOpIn)), "spec.affinity.nodeAffinity." + required},
		"one term of two":        {must(nodeTerm(zone, "Is"), nodeTerm(zone, corev1.NodeSelectorOpExists)), ""},
		"no term of two":         {must(nodeTerm(zone, "Is"), nodeTerm(zone, corev1.NodeSelectorOpIn)), "spec.affinity.nodeAffinity." + required},
		"sound wish":             {rather(100, nodeTerm(zone, corev1.NodeSelectorOpExists)), ""},
		"weightless wish":        {rather(0, nodeTerm(zone, corev1.NodeSelectorOpExists)), "spec.affinity.nodeAffinity." + preferred + "[0].weight"},
		"too heavy a wish":       {rather(101, nodeTerm(zone, corev1.NodeSelectorOpExists)), "spec.affinity.nodeAffinity." + preferred + "[0].weight"},
		"senseless wish":         {rather(1, nodeTerm(zone, corev1.NodeSelectorOpExists, "a")), "spec.affinity.nodeAffinity." + preferred + "[0].preference"},
	} {
		t.Run(name, func(t *testing.T) {
			faults := check.Pod(pod(tt.change))
			if tt.path == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1)
			require.Equal(t, tt.path, faults[0].Path)
			require.Error(t, faults[0].Err)
		})
	}
}

func TestSupply(t *testing.T) {
	require.Empty(t, check.Resources("at", amounts("cpu", "1")))
	require.Equal(t, "at[cpu]", check.Resources("at", amounts("cpu", "-1"))[0].Path)
	require.Equal(t, "at[1]", check.Requirements("at", []corev1.NodeSelectorRequirement{{Key: "a", Operator: "Exists"}, {Key: "a", Operator: "Is"}})[0].Path)
	require.Empty(t, check.Taints("at", []corev1.Taint{{Key: "a", Effect: corev1.TaintEffectNoExecute}}))
	require.Equal(t, "at[0].effect", check.Taints("at", []corev1.Taint{{Key: "a", Effect: "Never"}})[0].Path)
}
