package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// TestMissesSayWhatToChange: of the affinity the term that comes nearest counts.
func TestMissesSayWhatToChange(t *testing.T) {
	const path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
	const term0, term1 = path + ".nodeSelectorTerms[0]", path + ".nodeSelectorTerms[1]"
	type miss struct{ at, drop, asks string }
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want []miss
	}{
		"selector": {corev1.PodSpec{NodeSelector: map[string]string{"arch": "arm64", "zone": "a"}}, []miss{{"spec.nodeSelector[arch]", "spec.nodeSelector[arch]", "arch"}}},
		"selector and affinity": {
			corev1.PodSpec{NodeSelector: map[string]string{"arch": "arm64"}, Affinity: affinity(term(requirement("zone", "In", "b")))},
			[]miss{{"spec.nodeSelector[arch]", "spec.nodeSelector[arch]", "arch"}, {term0 + ".matchExpressions[0]", path, "zone"}},
		},
		"one of two expressions": {corev1.PodSpec{Affinity: affinity(term(requirement("zone", "Exists"), requirement("arch", "In", "arm64")))}, []miss{{term0 + ".matchExpressions[1]", term0 + ".matchExpressions[1]", "arch"}}},
		"the nearer of two terms": {
			corev1.PodSpec{Affinity: affinity(term(requirement("zone", "In", "b"), requirement("arch", "In", "arm64")), term(requirement("zone", "In", "c")))},
			[]miss{{term1 + ".matchExpressions[0]", "", "zone"}},
		},
		"a field":     {corev1.PodSpec{Affinity: affinity(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{requirement("metadata.name", "In", "n")}})}, []miss{{term0 + ".matchFields", "", ""}}},
		"empty terms": {corev1.PodSpec{Affinity: affinity(term())}, []miss{{path, "", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []miss
			for _, m := range kube.NodeRulesOf(&corev1.Pod{Spec: test.spec}).Misses(kube.Node{Name: kube.UnknownName, Labels: map[string]string{"arch": "amd64", "zone": "a"}}) {
				got = append(got, miss{m.At, m.Drop, m.Asks.Key})
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestPathOfPort(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		Containers: []corev1.Container{{}, {Ports: []corev1.ContainerPort{{ContainerPort: 1}, {HostPort: 80}}}},
		InitContainers: []corev1.Container{
			{Ports: []corev1.ContainerPort{{HostPort: 81}}},
			{Ports: []corev1.ContainerPort{{HostPort: 81, Protocol: corev1.ProtocolUDP, HostIP: "10.0.0.1"}}, RestartPolicy: &always},
		},
	}}
	paths := map[string]string{}
	for _, p := range kube.HostPorts(pod) {
		paths[p.String()] = kube.PathOfPort(pod, p)
	}
	require.Equal(t, map[string]string{
		"80/TCP":             "spec.containers[1].ports[1].hostPort",
		"81/UDP on 10.0.0.1": "spec.initContainers[1].ports[0].hostPort",
	}, paths)
}

// TestWhom: rules over domains say whom they select.
func TestWhom(t *testing.T) {
	to := func(s *metav1.LabelSelector) corev1.PodAffinityTerm {
		return corev1.PodAffinityTerm{TopologyKey: "zone", LabelSelector: s}
	}
	web := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{TopologyKey: "zone", LabelSelector: &metav1.LabelSelector{}}},
		Affinity: &corev1.Affinity{
			PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{to(web)}},
			PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
				to(web), to(web), to(&metav1.LabelSelector{MatchLabels: map[string]string{"tier": "x"}}), to(nil),
			}},
		},
	}}
	var whom []string
	for _, r := range kube.DomainRules(pod, nil) {
		whom = append(whom, r.Whom)
	}
	require.Equal(t, []string{"all pods", "app=web", "app=web and tier=x and no pod"}, whom)
}
