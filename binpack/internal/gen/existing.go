package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

// existing draws a node that is there, and the pods on it.
func (r Rules) existing(t *rapid.T, i int) binpack.ExistingNode {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%d", i+1), Labels: map[string]string{}}}
	for _, l := range []struct {
		key    string
		values []string
	}{
		{corev1.LabelTopologyZone, []string{"a", "b", "a", "c", ""}},
		{corev1.LabelArchStable, []string{"amd64", "arm64", ""}},
		{"karpenter.sh/capacity-type", []string{"on-demand", "spot", ""}},
		{"size", []string{"1", "", "2"}},
		{"team", []string{"", "x"}},
		{flavorKey, []string{"", "sweet"}},
		{corev1.LabelHostname, []string{"", "", "", n.Name, "host-" + n.Name}},
	} {
		if value := oneOf(t, l.key, l.values...); value != "" {
			n.Labels[l.key] = value
		}
	}
	if sometimes(t, 4, "tainted") {
		effect := oneOf(t, "effect", "NoSchedule", "NoExecute", "PreferNoSchedule")
		n.Spec.Taints = []corev1.Taint{{Key: "only", Value: oneOf(t, "taint", "x", "y"), Effect: corev1.TaintEffect(effect)}}
	}
	n.Spec.Unschedulable = sometimes(t, 8, "cordoned")
	if sometimes(t, 12, "leaving") {
		at := metav1.Unix(1, 0)
		n.DeletionTimestamp = &at
	}
	n.Status.Allocatable = corev1.ResourceList{}
	quantities(t, n.Status.Allocatable, corev1.ResourceCPU, "2", "1", "1500m")
	quantities(t, n.Status.Allocatable, corev1.ResourceMemory, "2Gi", "1Gi", "")
	quantities(t, n.Status.Allocatable, corev1.ResourcePods, "", "3", "2", "1")
	e := binpack.ExistingNode{Node: n}
	for j := range rapid.IntRange(0, 2).Draw(t, "pods there") {
		e.Pods = append(e.Pods, r.resident(t, j))
	}
	return e
}

// resident draws a pod that runs on a node. Whether its own rules hold there is
// nobody's business but that of the pods to come.
func (r Rules) resident(t *rapid.T, i int) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("there-%d", i)}}
	main := corev1.Container{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{}}}
	quantities(t, main.Resources.Requests, corev1.ResourceCPU, "500m", "", "250m", "4")
	quantities(t, main.Resources.Requests, corev1.ResourceMemory, "", "512Mi", "4Gi")
	p.Spec.Containers = []corev1.Container{main}
	neighbours(t, p)
	r.podRules(t, p)
	if sometimes(t, 8, "through") {
		p.Status.Phase = corev1.PodPhase(oneOf(t, "phase", "Succeeded", "Failed"))
	}
	return p
}
