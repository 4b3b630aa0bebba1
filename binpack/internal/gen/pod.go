package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	_ "github.com/stowage/stowage/internal/seed"
)

// pod draws one shape of pods.
func pod(t *rapid.T, i int) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("pod%d", i)}}
	main := corev1.Container{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{}}}
	quantities(t, main.Resources.Requests, corev1.ResourceCPU, "500m", "", "250m", "1", "1500m", "700m", "600m", "8")
	quantities(t, main.Resources.Requests, corev1.ResourceMemory, "512Mi", "", "1Gi", "1500Mi")
	quantities(t, main.Resources.Requests, "nvidia.com/gpu", "", "", "", "", "", "1")
	if sometimes(t, 6, "limit only") {
		main.Resources.Limits, main.Resources.Requests = main.Resources.Requests, nil
	}
	p.Spec.Containers = []corev1.Container{main}
	if sometimes(t, 6, "init container") {
		init := corev1.Container{Name: "init", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{}}}
		quantities(t, init.Resources.Requests, corev1.ResourceCPU, "1", "2")
		if rapid.Bool().Draw(t, "sidecar") {
			always := corev1.ContainerRestartPolicyAlways
			init.RestartPolicy = &always
		}
		p.Spec.InitContainers = []corev1.Container{init}
	}
	if sometimes(t, 6, "overhead") {
		p.Spec.Overhead = corev1.ResourceList{}
		quantities(t, p.Spec.Overhead, corev1.ResourceMemory, "64Mi")
	}
	nodeRules(t, p)
	tolerations(t, p)
	if sometimes(t, 20, "gated") {
		p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}}
	}
	neighbours(t, p)
	return p
}

func nodeRules(t *rapid.T, p *corev1.Pod) {
	if sometimes(t, 6, "selects") {
		key := oneOf(t, "selector key", corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, "team", "beta.kubernetes.io/arch", corev1.LabelHostname)
		p.Spec.NodeSelector = map[string]string{key: oneOf(t, "selector value", "a", "x", "arm64")}
	}
	if !sometimes(t, 5, "has affinity") {
		return
	}
	required := &corev1.NodeSelector{}
	for range rapid.IntRange(1, 2).Draw(t, "terms") {
		term := corev1.NodeSelectorTerm{}
		for range rapid.IntRange(1, 2).Draw(t, "expressions") {
			term.MatchExpressions = append(term.MatchExpressions, requirement(t))
		}
		if sometimes(t, 6, "by name") {
			operator := corev1.NodeSelectorOperator(oneOf(t, "field operator", "In", "NotIn"))
			term.MatchFields = []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: operator, Values: []string{"node-1"}}}
		}
		required.NodeSelectorTerms = append(required.NodeSelectorTerms, term)
	}
	p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}}
}

func tolerations(t *rapid.T, p *corev1.Pod) {
	if !sometimes(t, 3, "tolerates") {
		return
	}
	toleration := corev1.Toleration{
		Key:    oneOf(t, "tolerated key", "only", "other"),
		Effect: corev1.TaintEffect(oneOf(t, "tolerated effect", "", "NoSchedule", "NoExecute", "PreferNoSchedule")),
	}
	switch oneOf(t, "toleration", "equal", "exists", "all") {
	case "equal":
		toleration.Value = oneOf(t, "tolerated value", "x", "y")
	case "exists":
		toleration.Operator = corev1.TolerationOpExists
	case "all":
		toleration = corev1.Toleration{Operator: corev1.TolerationOpExists}
	}
	p.Spec.Tolerations = []corev1.Toleration{toleration}
}
