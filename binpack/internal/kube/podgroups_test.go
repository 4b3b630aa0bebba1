package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

func labelled(namespace string, kv ...string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Labels: map[string]string{}}}
	for i := 0; i < len(kv); i += 2 {
		pod.Labels[kv[i]] = kv[i+1]
	}
	return pod
}

func app(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
}

func repels(pod *corev1.Pod, term corev1.PodAffinityTerm) *corev1.Pod {
	term.TopologyKey = corev1.LabelHostname
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{term}}}
	return pod
}

func spreads(pod *corev1.Pod, c corev1.TopologySpreadConstraint) *corev1.Pod {
	c.TopologyKey = corev1.LabelHostname
	pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{c}
	return pod
}

func claims(ports ...corev1.ContainerPort) *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Ports: ports}}}}
}

// TestPodGroups: which pods a rule is about, and how many of them it allows.
func TestPodGroups(t *testing.T) {
	namespaces := kube.NamespacesOf([]*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "prod", Labels: map[string]string{"tier": "1"}}}})
	web := func() *corev1.Pod { return labelled("", "app", "web", "hash", "x") }
	for name, test := range map[string]struct {
		owner, other *corev1.Pod
		selected     bool
		most         int64
	}{
		"repels its own":                  {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web")}), web(), true, 1},
		"repels another":                  {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("db")}), labelled("default", "app", "db"), true, 0},
		"not in another namespace":        {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web")}), labelled("prod", "app", "web"), false, 1},
		"in a listed namespace":           {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), Namespaces: []string{"prod"}}), labelled("prod", "app", "web"), true, 0},
		"its own is not listed":           {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), Namespaces: []string{"prod"}}), web(), false, 0},
		"in a selected namespace":         {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"tier": "1"}}}), labelled("prod", "app", "web"), true, 0},
		"in a namespace selected by name": {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "unlisted"}}}), labelled("unlisted", "app", "web"), true, 0},
		"in all namespaces":               {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), NamespaceSelector: &metav1.LabelSelector{}}), labelled("any", "app", "web"), true, 1},
		"no selector selects none":        {repels(web(), corev1.PodAffinityTerm{}), web(), false, 0},
		"an empty selector selects all":   {repels(web(), corev1.PodAffinityTerm{LabelSelector: &metav1.LabelSelector{}}), labelled(""), true, 1},
		"of the same value of a key":      {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), MatchLabelKeys: []string{"hash"}}), labelled("", "app", "web", "hash", "y"), false, 1},
		"of another value of a key":       {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), MismatchLabelKeys: []string{"hash"}}), labelled("", "app", "web", "hash", "y"), true, 0},
		"a key that it lacks":             {repels(web(), corev1.PodAffinityTerm{LabelSelector: app("web"), MatchLabelKeys: []string{"none"}}), web(), true, 1},
		"spread":                          {spreads(web(), corev1.TopologySpreadConstraint{MaxSkew: 2, LabelSelector: app("web")}), web(), true, 2},
		"spread by revision":              {spreads(web(), corev1.TopologySpreadConstraint{MaxSkew: 2, LabelSelector: app("web"), MatchLabelKeys: []string{"hash"}}), labelled("", "app", "web", "hash", "y"), false, 2},
		"spread, other namespace":         {spreads(web(), corev1.TopologySpreadConstraint{MaxSkew: 2, LabelSelector: app("web")}), labelled("prod", "app", "web"), false, 2},
		"same port":                       {claims(corev1.ContainerPort{HostPort: 80}), claims(corev1.ContainerPort{HostPort: 80, HostIP: "10.0.0.1"}), true, 1},
		"other port":                      {claims(corev1.ContainerPort{HostPort: 80}), claims(corev1.ContainerPort{HostPort: 81}), false, 1},
		"other protocol":                  {claims(corev1.ContainerPort{HostPort: 80}), claims(corev1.ContainerPort{HostPort: 80, Protocol: corev1.ProtocolUDP}), false, 1},
		"other address":                   {claims(corev1.ContainerPort{HostPort: 80, HostIP: "10.0.0.2"}), claims(corev1.ContainerPort{HostPort: 80, HostIP: "10.0.0.1"}), false, 1},
		"all addresses":                   {claims(corev1.ContainerPort{HostPort: 80, HostIP: "0.0.0.0"}), claims(corev1.ContainerPort{HostPort: 80, HostIP: "10.0.0.1"}), true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			groups := kube.PodGroups(test.owner, namespaces)
			require.Len(t, groups, 1)
			require.True(t, kube.ReadsPods(test.owner))
			require.Equal(t, test.selected, groups[0].Selects(test.other))
			require.Equal(t, test.most, groups[0].Most)
		})
	}
	require.False(t, kube.ReadsPods(web()))
	require.Empty(t, kube.PodGroups(web(), nil))
}

func TestHostPorts(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		Containers:     []corev1.Container{{Ports: []corev1.ContainerPort{{ContainerPort: 8080}, {ContainerPort: 1, HostPort: 443}}}},
		InitContainers: []corev1.Container{{Ports: []corev1.ContainerPort{{HostPort: 1}}}, {RestartPolicy: &always, Ports: []corev1.ContainerPort{{HostPort: 9}}}},
	}}
	require.Equal(t, []kube.HostPort{{Port: 9, Protocol: "TCP"}, {Port: 443, Protocol: "TCP"}}, kube.HostPorts(pod))
	pod.Spec.HostNetwork = true
	require.Equal(t, int32(8080), kube.HostPorts(pod)[2].Port)
}

// TestPodLabelKeys: of other labels pods may differ and still be alike.
func TestPodLabelKeys(t *testing.T) {
	pod := repels(labelled(""), corev1.PodAffinityTerm{
		LabelSelector:  &metav1.LabelSelector{MatchLabels: map[string]string{"a": ""}, MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "b", Operator: "Exists"}}},
		MatchLabelKeys: []string{"c"}, MismatchLabelKeys: []string{"d"}})
	pod = spreads(pod, corev1.TopologySpreadConstraint{MatchLabelKeys: []string{"e"}})
	require.ElementsMatch(t, []string{"a", "b", "c", "d", "e"}, kube.PodLabelKeys(pod))
	alike := string(kube.AppendLabels(nil, labelled("", "a", "1", "z", "1"), []string{"a", "b"}))
	require.Equal(t, alike, string(kube.AppendLabels(nil, labelled("default", "a", "1", "z", "2"), []string{"a", "b"})))
	require.NotEqual(t, alike, string(kube.AppendLabels(nil, labelled("", "a", "1", "b", ""), []string{"a", "b"})))
}
