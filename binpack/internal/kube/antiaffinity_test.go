package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// TestAntiAffinityRules: each term is for itself; those by hostname are groups of a
// node, and none makes a key necessary.
func TestAntiAffinityRules(t *testing.T) {
	const required, preferred = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[", "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution["
	pod := ratherFar(far(labelled("", "app", "web"), to(zone, "web"), to(corev1.LabelHostname, "db"), to(zone, "db"), to("rack", "db")), to("rack", "web"), to(corev1.LabelHostname, "web"))
	require.Equal(t, []stated{
		{kube.Apart, zone, required + "0]", false}, {kube.Apart, zone, required + "2]", false}, {kube.Apart, "rack", required + "3]", false}, {kube.Apart, "rack", preferred + "0]", true},
	}, statedBy(pod))
	require.Empty(t, kube.RequiredKeys(pod))
	groups := kube.PodGroups(pod, nil)
	require.Equal(t, []any{int64(0), false, int64(1), true}, []any{groups[0].Most, groups[0].Preferred, groups[1].Most, groups[1].Preferred})
	require.Len(t, kube.Repelled(pod, nil), 2)
}

// TestAntiAffinitySelects: by the labels and namespaces of the term, of the owner's
// values where it says so. Pods that are being deleted are there yet.
func TestAntiAffinitySelects(t *testing.T) {
	namespaces := kube.NamespacesOf([]*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "prod", Labels: map[string]string{"tier": "1"}}}})
	listed := func(term *corev1.PodAffinityTerm) { term.Namespaces = []string{"prod"} }
	selected := func(term *corev1.PodAffinityTerm) { term.NamespaceSelector = labelIs("tier", "1") }
	ofHash := func(term *corev1.PodAffinityTerm) { term.MatchLabelKeys = []string{"hash"} }
	notOfHash := func(term *corev1.PodAffinityTerm) { term.MismatchLabelKeys = []string{"hash"} }
	leaving := labelled("", "app", "web")
	leaving.DeletionTimestamp = &metav1.Time{}
	for name, tt := range map[string]struct {
		term  corev1.PodAffinityTerm
		other *corev1.Pod
		want  bool
	}{
		"its like":                        {to(zone, "web"), labelled("", "app", "web"), true},
		"being deleted":                   {to(zone, "web"), leaving, true},
		"another namespace":               {to(zone, "web"), labelled("prod", "app", "web"), false},
		"a listed namespace":              {to(zone, "web", listed), labelled("prod", "app", "web"), true},
		"its own, which is not listed":    {to(zone, "web", listed), labelled("", "app", "web"), false},
		"a selected namespace":            {to(zone, "web", selected), labelled("prod", "app", "web"), true},
		"one that is neither":             {to(zone, "web", selected, listed), labelled("test", "app", "web"), false},
		"listed or selected":              {to(zone, "web", selected, func(term *corev1.PodAffinityTerm) { term.Namespaces = []string{"test"} }), labelled("test", "app", "web"), true},
		"of the same value":               {to(zone, "web", ofHash), labelled("", "app", "web", "hash", "x"), true},
		"of another value":                {to(zone, "web", ofHash), labelled("", "app", "web", "hash", "y"), false},
		"not of the same value":           {to(zone, "web", notOfHash), labelled("", "app", "web", "hash", "x"), false},
		"not of the same value, but none": {to(zone, "web", notOfHash), labelled("", "app", "web"), true},
	} {
		t.Run(name, func(t *testing.T) {
			owner := far(labelled("", "app", "web", "hash", "x"), tt.term)
			require.Equal(t, tt.want, kube.DomainRules(owner, namespaces)[0].Selects(tt.other))
			owner = far(labelled("", "app", "web", "hash", "x"), func() corev1.PodAffinityTerm { tt.term.TopologyKey = corev1.LabelHostname; return tt.term }())
			require.Equal(t, tt.want, kube.Repelled(owner, namespaces)[0].Selects(tt.other), "by node")
		})
	}
}

// TestPrefersPods: wishes about other pods, of whatever sort.
func TestPrefersPods(t *testing.T) {
	wish := func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = corev1.ScheduleAnyway }
	for name, tt := range map[string]struct {
		pod  *corev1.Pod
		want bool
	}{
		"nothing":        {labelled(""), false},
		"affinity":       {ratherNear(labelled(""), to(zone, "web")), true},
		"anti-affinity":  {ratherFar(labelled(""), to(zone, "web")), true},
		"by node":        {ratherFar(labelled(""), to(corev1.LabelHostname, "web")), true},
		"spread":         {withSpread(labelled(""), over(zone, wish)), true},
		"spread by node": {withSpread(labelled(""), over(corev1.LabelHostname, wish)), true},
		"what must be":   {withSpread(far(near(labelled(""), to(zone, "web")), to(zone, "db")), over(zone)), false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, kube.PrefersPods(tt.pod)) })
	}
}
