package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// labelled returns a pod of a namespace with labels, given in turn.
func labelled(namespace string, pairs ...string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Labels: map[string]string{}}}
	for i := 0; i < len(pairs); i += 2 {
		pod.Labels[pairs[i]] = pairs[i+1]
	}
	return pod
}

func apps(values ...string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "In", Values: values}}}
}

func TestSpread(t *testing.T) {
	five, honor := int32(5), corev1.NodeInclusionPolicyHonor
	for name, test := range map[string]struct {
		constraint corev1.TopologySpreadConstraint
		other      *corev1.Pod
		want       bool // selected
	}{
		"same app":                      {corev1.TopologySpreadConstraint{LabelSelector: apps("web")}, labelled("default", "app", "web"), true},
		"no namespace is default":       {corev1.TopologySpreadConstraint{LabelSelector: apps("web")}, labelled("", "app", "web"), true},
		"another namespace":             {corev1.TopologySpreadConstraint{LabelSelector: apps("web")}, labelled("other", "app", "web"), false},
		"another app":                   {corev1.TopologySpreadConstraint{LabelSelector: apps("web")}, labelled("default", "app", "db"), false},
		"every pod":                     {corev1.TopologySpreadConstraint{LabelSelector: &metav1.LabelSelector{}}, labelled("default"), true},
		"same revision":                 {corev1.TopologySpreadConstraint{LabelSelector: apps("web"), MatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "1"), true},
		"another revision":              {corev1.TopologySpreadConstraint{LabelSelector: apps("web"), MatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "2"), false},
		"no revision":                   {corev1.TopologySpreadConstraint{LabelSelector: apps("web"), MatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web"), false},
		"a key that the owner has not":  {corev1.TopologySpreadConstraint{LabelSelector: apps("web"), MatchLabelKeys: []string{"zone"}}, labelled("default", "app", "web"), true},
		"policies and domains are idle": {corev1.TopologySpreadConstraint{LabelSelector: apps("web"), MinDomains: &five, NodeTaintsPolicy: &honor}, labelled("default", "app", "web"), true},
	} {
		t.Run(name, func(t *testing.T) {
			owner := labelled("default", "app", "web", "rev", "1")
			c := test.constraint
			c.MaxSkew, c.TopologyKey, c.WhenUnsatisfiable = 3, corev1.LabelHostname, corev1.DoNotSchedule
			owner.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{}, c}
			limits := Limits(owner, nil)
			require.Len(t, limits, 1)
			require.Equal(t, test.want, limits[0].Selects(test.other))
			require.Equal(t, int64(3), limits[0].Most)
			require.Equal(t, TopologySpread, limits[0].Code)
			require.Equal(t, "spec.topologySpreadConstraints[1]", limits[0].Path)
		})
	}
}

func TestSpreadThatLimitsNothing(t *testing.T) {
	for name, c := range map[string]corev1.TopologySpreadConstraint{
		"nothing selected": {TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.DoNotSchedule},
		"only preferred":   {TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: apps("web")},
		"over zones":       {TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: apps("web")},
	} {
		pod := labelled("default", "app", "web")
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{c}
		require.Empty(t, Limits(pod, nil), name)
	}
}

func TestAntiAffinity(t *testing.T) {
	namespaces := []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "blue", Labels: map[string]string{"team": "x"}}}}
	team := &metav1.LabelSelector{MatchLabels: map[string]string{"team": "x"}}
	named := &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "green"}}
	web := apps("web")
	for name, test := range map[string]struct {
		term  corev1.PodAffinityTerm
		other *corev1.Pod
		want  bool  // selected
		most  int64 // 1: the owner is selected
	}{
		"own namespace":             {corev1.PodAffinityTerm{LabelSelector: web}, labelled("", "app", "web"), true, 1},
		"another namespace":         {corev1.PodAffinityTerm{LabelSelector: web}, labelled("blue", "app", "web"), false, 1},
		"another app":               {corev1.PodAffinityTerm{LabelSelector: apps("db")}, labelled("default", "app", "db"), true, 0},
		"listed namespace":          {corev1.PodAffinityTerm{LabelSelector: web, Namespaces: []string{"blue"}}, labelled("blue", "app", "web"), true, 0},
		"own one is not listed":     {corev1.PodAffinityTerm{LabelSelector: web, Namespaces: []string{"blue"}}, labelled("default", "app", "web"), false, 0},
		"selected namespace":        {corev1.PodAffinityTerm{LabelSelector: web, NamespaceSelector: team}, labelled("blue", "app", "web"), true, 0},
		"namespace not selected":    {corev1.PodAffinityTerm{LabelSelector: web, NamespaceSelector: team}, labelled("default", "app", "web"), false, 0},
		"namespace by name":         {corev1.PodAffinityTerm{LabelSelector: web, NamespaceSelector: named}, labelled("green", "app", "web"), true, 0},
		"listed or selected":        {corev1.PodAffinityTerm{LabelSelector: web, NamespaceSelector: team, Namespaces: []string{"green"}}, labelled("green", "app", "web"), true, 0},
		"every namespace":           {corev1.PodAffinityTerm{LabelSelector: web, NamespaceSelector: &metav1.LabelSelector{}}, labelled("red", "app", "web"), true, 1},
		"same revision":             {corev1.PodAffinityTerm{LabelSelector: web, MatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "1"), true, 1},
		"another revision":          {corev1.PodAffinityTerm{LabelSelector: web, MatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "2"), false, 1},
		"not another revision":      {corev1.PodAffinityTerm{LabelSelector: web, MismatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "1"), false, 0},
		"mismatch another revision": {corev1.PodAffinityTerm{LabelSelector: web, MismatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web", "rev", "2"), true, 0},
		"mismatch no revision":      {corev1.PodAffinityTerm{LabelSelector: web, MismatchLabelKeys: []string{"rev"}}, labelled("default", "app", "web"), true, 0},
		"mismatch of a missing key": {corev1.PodAffinityTerm{LabelSelector: web, MismatchLabelKeys: []string{"zone"}}, labelled("default", "app", "web"), true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			owner := labelled("default", "app", "web", "rev", "1")
			test.term.TopologyKey = corev1.LabelHostname
			limits := Limits(repelling(owner, test.term), namespaces)
			require.Len(t, limits, 1)
			require.Equal(t, test.want, limits[0].Selects(test.other))
			require.Equal(t, test.most, limits[0].Most)
			require.Equal(t, PodAntiAffinity, limits[0].Code)
		})
	}
}

func repelling(pod *corev1.Pod, terms ...corev1.PodAffinityTerm) *corev1.Pod {
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms}}
	return pod
}

func TestAntiAffinityThatLimitsNothing(t *testing.T) {
	for name, term := range map[string]corev1.PodAffinityTerm{
		"nothing selected": {TopologyKey: corev1.LabelHostname},
		"over zones":       {TopologyKey: corev1.LabelTopologyZone, LabelSelector: apps("web")},
	} {
		require.Empty(t, Limits(repelling(labelled("default", "app", "web"), term), nil), name)
	}
}

// TestLimitContent: limits are one where they allow the same, and only there.
func TestLimitContent(t *testing.T) {
	content := func(namespace string, term corev1.PodAffinityTerm) string {
		term.TopologyKey = corev1.LabelHostname
		limits := Limits(repelling(labelled(namespace, "app", "web", "rev", "1"), term), nil)
		return limits[0].Content()
	}
	all := &metav1.LabelSelector{}
	a := content("", corev1.PodAffinityTerm{LabelSelector: apps("web")})
	require.Equal(t, a, content("default", corev1.PodAffinityTerm{LabelSelector: apps("web"), Namespaces: []string{"default", "default"}}))
	seen := map[string]bool{a: true}
	for _, term := range []corev1.PodAffinityTerm{
		{LabelSelector: all},
		{LabelSelector: apps("web", "db")},
		{LabelSelector: apps("web"), Namespaces: []string{"other"}},
		{LabelSelector: apps("web"), Namespaces: []string{"default", "other"}},
		{LabelSelector: apps("web"), NamespaceSelector: all},
		{LabelSelector: apps("web"), NamespaceSelector: all, Namespaces: []string{"default"}},
		{LabelSelector: apps("web"), MatchLabelKeys: []string{"rev"}},
	} {
		c := content("default", term)
		require.False(t, seen[c], c)
		seen[c] = true
	}
	require.NotEqual(t, a, content("other", corev1.PodAffinityTerm{LabelSelector: apps("web")}))
}
