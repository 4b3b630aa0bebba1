package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// TestExistingNode: a node shows just what it states, its labels under all their
// names, its own name as hostname, and a cordon as a taint. It is not modified.
func TestExistingNode(t *testing.T) {
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	mine := corev1.Taint{Key: "only", Effect: corev1.TaintEffectNoExecute}
	up := func(labels map[string]string, cordoned bool, taints ...corev1.Taint) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n", Labels: labels}, Spec: corev1.NodeSpec{Unschedulable: cordoned, Taints: taints}}
	}
	for name, tt := range map[string]struct {
		node   *corev1.Node
		labels map[string]string
		taints []corev1.Taint
	}{
		"bare":                  {up(nil, false), map[string]string{corev1.LabelHostname: "n"}, nil},
		"with a hostname":       {up(map[string]string{corev1.LabelHostname: "h"}, false), map[string]string{corev1.LabelHostname: "h"}, nil},
		"with an old zone":      {up(map[string]string{corev1.LabelFailureDomainBetaZone: "a"}, false), map[string]string{corev1.LabelHostname: "n", zone: "a", corev1.LabelFailureDomainBetaZone: "a"}, nil},
		"tainted":               {up(nil, false, mine), map[string]string{corev1.LabelHostname: "n"}, []corev1.Taint{mine}},
		"cordoned":              {up(nil, true, mine), map[string]string{corev1.LabelHostname: "n"}, []corev1.Taint{mine, cordon}},
		"cordoned, and says so": {up(nil, true, cordon), map[string]string{corev1.LabelHostname: "n"}, []corev1.Taint{cordon}},
		"a cordon that is gone": {up(nil, false, cordon), map[string]string{corev1.LabelHostname: "n"}, []corev1.Taint{cordon}},
	} {
		t.Run(name, func(t *testing.T) {
			before := tt.node.DeepCopy()
			n := kube.ExistingNode(tt.node)
			require.Equal(t, kube.Node{Name: "n", Labels: tt.labels, Taints: tt.taints}, n)
			require.Equal(t, before, tt.node)
		})
	}
}

// TestNodeByName: a field selector names existing nodes, and a hostname selector whatever
// their label says; neither names one that is not there yet.
func TestNodeByName(t *testing.T) {
	named := affinity(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{requirement("metadata.name", "In", "n")}})
	hosted := affinity(term(requirement(corev1.LabelHostname, "In", "h")))
	node := kube.ExistingNode(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n", Labels: map[string]string{corev1.LabelHostname: "h"}}})
	unborn := on(corev1.LabelHostname, kube.UnknownName)
	for _, a := range []*corev1.Affinity{named, hosted} {
		rules := kube.NodeRulesOf(&corev1.Pod{Spec: corev1.PodSpec{Affinity: a}})
		require.True(t, rules.Match(node))
		require.False(t, rules.Match(unborn))
		require.Equal(t, a == named, rules.ByName())
	}
}
