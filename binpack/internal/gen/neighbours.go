package gen

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

// neighbours draws rules about the pods that share a node, and what they read.
func neighbours(t *rapid.T, p *corev1.Pod) {
	p.Labels = map[string]string{"app": oneOf(t, "app", "a", "a", "b")}
	if sometimes(t, 4, "has a version") {
		p.Labels["version"] = oneOf(t, "version", "1", "2")
	}
	if sometimes(t, 6, "elsewhere") {
		p.Namespace = oneOf(t, "namespace", "other", "")
	}
	if sometimes(t, 3, "spread") {
		p.Spec.TopologySpreadConstraints = append(p.Spec.TopologySpreadConstraints, spread(t))
	}
	if sometimes(t, 3, "anti-affinity") {
		if p.Spec.Affinity == nil {
			p.Spec.Affinity = &corev1.Affinity{}
		}
		p.Spec.Affinity.PodAntiAffinity = &corev1.PodAntiAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{term(t)},
		}
	}
	if sometimes(t, 4, "host port") {
		ports(t, p)
	}
}

func spread(t *rapid.T) corev1.TopologySpreadConstraint {
	c := corev1.TopologySpreadConstraint{
		MaxSkew:           int32(rapid.IntRange(1, 2).Draw(t, "skew")),
		TopologyKey:       corev1.LabelHostname,
		WhenUnsatisfiable: corev1.DoNotSchedule,
		LabelSelector:     selector(t),
	}
	if sometimes(t, 4, "by version") {
		c.MatchLabelKeys = []string{"version"}
	}
	if sometimes(t, 10, "over zones") {
		c.TopologyKey = corev1.LabelTopologyZone
	}
	return c
}

func term(t *rapid.T) corev1.PodAffinityTerm {
	a := corev1.PodAffinityTerm{TopologyKey: corev1.LabelHostname, LabelSelector: selector(t)}
	if sometimes(t, 4, "label keys") {
		a.MatchLabelKeys = []string{"version"}
	} else if sometimes(t, 4, "other label keys") {
		a.MismatchLabelKeys = []string{"version"}
	}
	if sometimes(t, 5, "namespaces") {
		a.Namespaces = []string{oneOf(t, "term's namespace", "default", "other")}
	}
	if sometimes(t, 5, "namespace selector") {
		a.NamespaceSelector = selectorOf("kind", oneOf(t, "kind of namespace", "", "mine"))
	}
	return a
}

// selector draws a label selector: one app, several, all pods, or none.
func selector(t *rapid.T) *metav1.LabelSelector {
	switch oneOf(t, "selects", "a", "all", "a", "b", "not a", "nothing") {
	case "a":
		return selectorOf("app", "a")
	case "b":
		return selectorOf("app", "b")
	case "not a":
		return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "app", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"a"}},
		}}
	case "all":
		return selectorOf("app", "")
	}
	return nil
}

// selectorOf selects what has the value under the key, all where it is "".
func selectorOf(key, value string) *metav1.LabelSelector {
	if value == "" {
		return &metav1.LabelSelector{}
	}
	return &metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}

// ports draws a host port of the pod's first container.
func ports(t *rapid.T, p *corev1.Pod) {
	port := corev1.ContainerPort{ContainerPort: 80, HostPort: 80}
	port.Protocol = corev1.Protocol(oneOf(t, "protocol", "", "TCP", "UDP"))
	port.HostIP = oneOf(t, "host IP", "", "0.0.0.0", "10.0.0.1", "10.0.0.2")
	if sometimes(t, 4, "host network") {
		p.Spec.HostNetwork = true
		port.HostPort = 0
	}
	main := &p.Spec.Containers[0]
	main.Ports = append(main.Ports, port)
	if sometimes(t, 4, "second port") {
		main.Ports = append(main.Ports, corev1.ContainerPort{ContainerPort: 81, HostPort: 81})
	}
}

// surroundings draws what a problem has beside pods and pools: daemon pods,
// quotas and namespaces.
func surroundings(t *rapid.T, p *binpack.Problem) {
	if sometimes(t, 3, "daemons") {
		for i := range rapid.IntRange(1, 2).Draw(t, "number of daemons") {
			p.DaemonPods = append(p.DaemonPods, daemon(t, i))
		}
	}
	if sometimes(t, 4, "quota") {
		p.Quotas = append(p.Quotas, quota(t))
	}
	if sometimes(t, 3, "namespaces") {
		p.Namespaces = []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "other", Labels: map[string]string{"kind": "mine"}}}}
	}
}

// daemon draws a small pod for every node that its rules admit.
func daemon(t *rapid.T, i int) *corev1.Pod {
	d := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: []string{"agent", "logs"}[i]}}
	main := corev1.Container{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{}}}
	quantities(t, main.Resources.Requests, corev1.ResourceCPU, "", "100m", "600m")
	quantities(t, main.Resources.Requests, corev1.ResourceMemory, "", "100Mi")
	d.Spec.Containers = []corev1.Container{main}
	nodeRules(t, d)
	tolerations(t, d)
	if sometimes(t, 3, "daemon's rules about others") {
		neighbours(t, d)
	}
	return d
}

func quota(t *rapid.T) binpack.Quota {
	q := binpack.Quota{Name: "quota", Left: corev1.ResourceList{}}
	quantities(t, q.Left, corev1.ResourceCPU, "", "3", "5")
	quantities(t, q.Left, "nodes", "", "1", "3")
	if rapid.Bool().Draw(t, "quota of some") {
		q.Requirements = []corev1.NodeSelectorRequirement{{
			Key: oneOf(t, "quota's key", corev1.LabelTopologyZone, "size", "team"), Operator: corev1.NodeSelectorOpNotIn, Values: []string{oneOf(t, "quota's value", "a", "1", "x")},
		}}
	}
	return q
}
