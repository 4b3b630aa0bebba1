package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

func to(key, name string, change ...func(*corev1.PodAffinityTerm)) corev1.PodAffinityTerm {
	term := corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: app(name)}
	for _, f := range change {
		f(&term)
	}
	return term
}

func labelIs(key, value string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}

func affinityOf(pod *corev1.Pod) *corev1.Affinity {
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{}, PodAntiAffinity: &corev1.PodAntiAffinity{}, NodeAffinity: &corev1.NodeAffinity{}}
	}
	return pod.Spec.Affinity
}

func near(pod *corev1.Pod, terms ...corev1.PodAffinityTerm) *corev1.Pod {
	affinityOf(pod).PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution = terms
	return pod
}

func ratherNear(pod *corev1.Pod, terms ...corev1.PodAffinityTerm) *corev1.Pod {
	for _, term := range terms {
		a := affinityOf(pod).PodAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution, corev1.WeightedPodAffinityTerm{Weight: 7, PodAffinityTerm: term})
	}
	return pod
}

func far(pod *corev1.Pod, terms ...corev1.PodAffinityTerm) *corev1.Pod {
	affinityOf(pod).PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution = terms
	return pod
}

func ratherFar(pod *corev1.Pod, terms ...corev1.PodAffinityTerm) *corev1.Pod {
	for _, term := range terms {
		a := affinityOf(pod).PodAntiAffinity
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution, corev1.WeightedPodAffinityTerm{Weight: 7, PodAffinityTerm: term})
	}
	return pod
}

// A stated rule is a kube.DomainRule without its functions.
type stated struct {
	kind      kube.DomainKind
	key, path string
	preferred bool
}

func statedBy(pod *corev1.Pod) []stated {
	var out []stated
	for _, r := range kube.DomainRules(pod, nil) {
		out = append(out, stated{r.Kind, r.Key, r.Path, r.Preferred})
	}
	return out
}

// TestAffinityRules: of the required terms one rule for each key, of preferred ones
// one for each.
func TestAffinityRules(t *testing.T) {
	const required, preferred = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[", "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution["
	for name, tt := range map[string]struct {
		pod  *corev1.Pod
		want []stated
		keys []string
	}{
		"none":           {labelled(""), nil, nil},
		"by zone":        {near(labelled(""), to(zone, "web")), []stated{{kube.Together, zone, required + "0]", false}}, []string{zone}},
		"by an old name": {near(labelled(""), to(corev1.LabelFailureDomainBetaZone, "web")), []stated{{kube.Together, zone, required + "0]", false}}, []string{zone}},
		"by node":        {near(labelled(""), to(corev1.LabelHostname, "web")), []stated{{kube.Together, corev1.LabelHostname, required + "0]", false}}, []string{corev1.LabelHostname}},
		"two keys": {near(labelled(""), to(zone, "web"), to("rack", "db")),
			[]stated{{kube.Together, zone, required + "0]", false}, {kube.Together, "rack", required + "1]", false}}, []string{zone, "rack"}},
		"one key twice":   {near(labelled(""), to(zone, "web"), to(zone, "db")), []stated{{kube.Together, zone, required + "0]", false}}, []string{zone}},
		"preferred":       {ratherNear(labelled(""), to(zone, "web")), []stated{{kube.Together, zone, preferred + "0]", true}}, nil},
		"preferred twice": {ratherNear(labelled(""), to(zone, "web"), to(zone, "db")), []stated{{kube.Together, zone, preferred + "0]", true}, {kube.Together, zone, preferred + "1]", true}}, nil},
		"both": {ratherNear(near(labelled(""), to(zone, "web")), to(zone, "web")),
			[]stated{{kube.Together, zone, required + "0]", false}, {kube.Together, zone, preferred + "0]", true}}, []string{zone}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, statedBy(tt.pod))
			require.Equal(t, tt.keys, kube.RequiredKeys(tt.pod))
			require.Equal(t, tt.want != nil, kube.ReadsPods(tt.pod))
		})
	}
}

// TestAffinitySelects: a required rule selects who all required terms select, also
// those of other keys; a preferred one asks its own term alone.
func TestAffinitySelects(t *testing.T) {
	both := labelled("", "app", "web", "tier", "1")
	web := labelled("", "app", "web")
	tier := func(term *corev1.PodAffinityTerm) { term.LabelSelector = labelIs("tier", "1") }
	owner := ratherNear(near(labelled(""), to(zone, "web"), to("rack", "", tier)), to(zone, "web"))
	for _, r := range kube.DomainRules(owner, nil) {
		require.True(t, r.Selects(both))
		require.Equal(t, r.Preferred, r.Selects(web))
		require.False(t, r.Selects(labelled("", "tier", "1")))
		require.False(t, r.Selects(labelled("prod", "app", "web", "tier", "1")), "its own namespace only")
	}
	all := func(term *corev1.PodAffinityTerm) { term.NamespaceSelector = &metav1.LabelSelector{} }
	r := kube.DomainRules(near(labelled(""), to(zone, "web", all)), nil)[0]
	require.True(t, r.Selects(labelled("prod", "app", "web")))
	require.Equal(t, "app=web", r.Whom)
}

// TestAffinityCounts: a node is of a domain if it has the key. A hostname it has.
func TestAffinityCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		pod  *corev1.Pod
		node kube.Node
		want bool
	}{
		"with the key":                {near(labelled(""), to("rack", "web")), on("rack", ""), true},
		"without":                     {near(labelled(""), to("rack", "web")), on(zone, "a"), false},
		"with an old name":            {near(labelled(""), to(zone, "web")), on(corev1.LabelFailureDomainBetaZone, "a"), true},
		"by node":                     {near(labelled(""), to(corev1.LabelHostname, "web")), on(), true},
		"apart, with the key":         {far(labelled(""), to("rack", "web")), on("rack", "1"), true},
		"apart, without":              {far(labelled(""), to("rack", "web")), on(zone, "a"), false},
		"whatever its own node rules": {near(&corev1.Pod{Spec: corev1.PodSpec{NodeSelector: map[string]string{"no": "where"}}}, to("rack", "web")), on("rack", "1"), true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, kube.DomainRules(tt.pod, nil)[0].Counts(tt.node))
		})
	}
}
