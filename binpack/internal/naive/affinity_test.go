package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func attracted(terms ...corev1.PodAffinityTerm) *corev1.Pod {
	pod := labelled("default", "app", "web", "rev", "1")
	pod.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms}}
	return pod
}

func TestAffinities(t *testing.T) {
	require.Empty(t, Affinities(labelled("default"), nil))
	require.Empty(t, Affinities(attracted(), nil))
	preferring := affine(corev1.Affinity{PodAffinity: &corev1.PodAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{}}}})
	require.Empty(t, Affinities(&preferring, nil))

	found := Affinities(attracted(
		corev1.PodAffinityTerm{TopologyKey: "failure-domain.beta.kubernetes.io/zone", LabelSelector: apps("db")},
		corev1.PodAffinityTerm{TopologyKey: host, LabelSelector: &metav1.LabelSelector{}},
	), nil)
	require.Len(t, found, 1)
	require.Equal(t, []string{zone, host}, found[0].Keys)
	require.Equal(t, "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution", found[0].Path)
	require.Equal(t, "app in (db) and all pods", found[0].Rule)
}

// TestAffinitySelects: a pod is company only where all terms select it.
func TestAffinitySelects(t *testing.T) {
	term := func(names ...string) corev1.PodAffinityTerm {
		return corev1.PodAffinityTerm{TopologyKey: zone, LabelSelector: apps(names...)}
	}
	sameRevision, everywhere := term("db"), term("db")
	sameRevision.MatchLabelKeys = []string{"rev"}
	everywhere.NamespaceSelector = &metav1.LabelSelector{}
	for name, test := range map[string]struct {
		terms []corev1.PodAffinityTerm
		other *corev1.Pod
		want  bool
	}{
		"one term":            {[]corev1.PodAffinityTerm{term("db")}, labelled("", "app", "db"), true},
		"another app":         {[]corev1.PodAffinityTerm{term("db")}, labelled("", "app", "web"), false},
		"another namespace":   {[]corev1.PodAffinityTerm{term("db")}, labelled("blue", "app", "db"), false},
		"every namespace":     {[]corev1.PodAffinityTerm{everywhere}, labelled("blue", "app", "db"), true},
		"both terms":          {[]corev1.PodAffinityTerm{term("db", "web"), term("db")}, labelled("", "app", "db"), true},
		"one of two terms":    {[]corev1.PodAffinityTerm{term("db", "web"), term("db")}, labelled("", "app", "web"), false},
		"same revision":       {[]corev1.PodAffinityTerm{sameRevision}, labelled("", "app", "db", "rev", "1"), true},
		"another revision":    {[]corev1.PodAffinityTerm{sameRevision}, labelled("", "app", "db", "rev", "2"), false},
		"nothing is selected": {[]corev1.PodAffinityTerm{{TopologyKey: zone}}, labelled("", "app", "db"), false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Affinities(attracted(test.terms...), nil)[0].Selects(test.other))
		})
	}
}

func TestAffinityContent(t *testing.T) {
	content := func(terms ...corev1.PodAffinityTerm) string { return Affinities(attracted(terms...), nil)[0].Content() }
	a := corev1.PodAffinityTerm{TopologyKey: zone, LabelSelector: apps("web")}
	b := corev1.PodAffinityTerm{TopologyKey: host, LabelSelector: apps("web")}
	old := a
	old.TopologyKey = corev1.LabelFailureDomainBetaZone
	require.Equal(t, content(a), content(old))
	require.NotEqual(t, content(a), content(b))
	require.NotEqual(t, content(a), content(a, b))
	require.NotEqual(t, content(a), content(corev1.PodAffinityTerm{TopologyKey: zone}))
	require.NotEqual(t, content(corev1.PodAffinityTerm{TopologyKey: zone}), content(corev1.PodAffinityTerm{TopologyKey: zone, LabelSelector: &metav1.LabelSelector{}}))
}

// TestAntiAffinityTerms: terms over any key, those about one node being limits
// as well.
func TestAntiAffinityTerms(t *testing.T) {
	pod := repelling(labelled("default", "app", "web"),
		corev1.PodAffinityTerm{TopologyKey: corev1.LabelFailureDomainBetaZone, LabelSelector: apps("web")},
		corev1.PodAffinityTerm{TopologyKey: host, LabelSelector: apps("db")},
	)
	terms := AntiAffinity(pod, nil)
	require.Len(t, terms, 2)
	require.Equal(t, zone, terms[0].Key)
	require.Equal(t, "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]", terms[0].Path)
	require.False(t, terms[0].ByNode())
	require.True(t, terms[0].Selects(pod))
	require.True(t, terms[1].ByNode())
	require.False(t, terms[1].Selects(pod))
	require.True(t, terms[1].Selects(labelled("", "app", "db")))
	limits := Limits(pod, nil)
	require.Len(t, limits, 1)
	require.Equal(t, terms[1].Path, limits[0].Path)
}

func TestDomain(t *testing.T) {
	for key, want := range map[string]string{
		zone: "us-west-2a", corev1.LabelFailureDomainBetaZone: "us-west-2a", "team": "x", "karpenter.sh/capacity-type": "spot", "beta.kubernetes.io/arch": "amd64",
	} {
		domain, ok := Domain(m5(), key)
		require.True(t, ok, key)
		require.Equal(t, want, domain)
	}
	_, ok := Domain(m5(), "rack")
	require.False(t, ok)
	_, ok = Domain(m5(), host)
	require.True(t, ok)
}
