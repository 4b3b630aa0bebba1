package kube

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Daemon is a pod that runs on every new node that its rules admit, before any
// other.
type Daemon struct {
	Pod      *corev1.Pod // as it was given
	Rules    RuleSet
	Requests corev1.ResourceList
	Ports    []HostPort
	Peer     *corev1.Pod // what rules between pods see of it; nil: nothing of it counts but its requests
}

// DaemonOf reads a daemon pod. Every quantity of it can be read. The pod may be one that
// a cluster shows: bound to a node, by its name and by a field of its affinity; both are
// ignored. A daemon that is plain counts with its requests and with nothing else:
// something of it cannot be read, or is UnmodelledOfDaemon.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
func DaemonOf(pod *corev1.Pod, plain bool) Daemon {
	d := Daemon{Pod: pod, Rules: RuleSetOf(daemonTemplate(pod), VolumeRules{}), Requests: Requests(pod)}
	if !plain {
		d.Ports, d.Peer = HostPorts(pod), peerOf(pod)
	}
	return d
}

// Running returns the numbers of the daemons that run on the node.
func Running(daemons []Daemon, node Node) []int {
	var out []int
	for i := range daemons {
		if daemons[i].Rules.Admits(node) != Never {
			out = append(out, i)
		}
	}
	return out
}

// daemonTemplate returns the pod without what ties it to one node, and with tolerations
// that compare numbers met: where it may run it is taken to.
func daemonTemplate(pod *corev1.Pod) *corev1.Pod {
	out := *pod
	out.Spec.NodeName = ""
	out.Spec.Affinity = unboundAffinity(pod.Spec.Affinity)
	out.Spec.Tolerations = slices.Clone(pod.Spec.Tolerations)
	for i := range out.Spec.Tolerations {
		if t := &out.Spec.Tolerations[i]; comparesNumbers(t.Operator) {
			t.Operator, t.Value = corev1.TolerationOpExists, ""
		}
	}
	return &out
}

// unboundAffinity returns the affinity without the field by which the controller of the
// daemon set binds a pod to its node. A term that says nothing else allows every node.
func unboundAffinity(a *corev1.Affinity) *corev1.Affinity {
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return a
	}
	out, nodes, required := *a, *a.NodeAffinity, corev1.NodeSelector{}
	out.NodeAffinity = &nodes
	nodes.RequiredDuringSchedulingIgnoredDuringExecution = &required
	for _, t := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		bound := len(t.MatchFields)
		t.MatchFields = slices.DeleteFunc(slices.Clone(t.MatchFields), func(f corev1.NodeSelectorRequirement) bool {
			return f.Key == metav1.ObjectNameField && f.Operator == corev1.NodeSelectorOpIn
		})
		if bound > 0 && len(t.MatchFields) == 0 && len(t.MatchExpressions) == 0 {
			nodes.RequiredDuringSchedulingIgnoredDuringExecution = nil
			break
		}
		required.NodeSelectorTerms = append(required.NodeSelectorTerms, t)
	}
	return &out
}

// peerOf returns what rules between pods see of a pod that is there first: its namespace
// and labels, and the required anti-affinity by which it keeps others away.
func peerOf(pod *corev1.Pod) *corev1.Pod {
	out := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, Labels: pod.Labels}}
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		required := a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		out.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}}
	}
	return out
}

// UnmodelledOfDaemon returns the path of the first thing of a daemon pod that is not
// modelled, or "".
func UnmodelledOfDaemon(pod *corev1.Pod) string {
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			return fmt.Sprintf("spec.volumes[%d].persistentVolumeClaim", i)
		case v.Ephemeral != nil:
			return fmt.Sprintf("spec.volumes[%d].ephemeral", i)
		}
	}
	return Unsupported(pod)
}

func comparesNumbers(op corev1.TolerationOperator) bool { return op == "Lt" || op == "Gt" }

// RequiredApart returns the rules of the pod's required anti-affinity, whatever their key.
func RequiredApart(pod *corev1.Pod, all Namespaces) []DomainRule {
	var out []DomainRule
	for _, t := range antiAffinityTerms(pod) {
		if !t.preferred {
			out = append(out, apartBy(t, pod, all))
		}
	}
	return out
}

// ApartKeys returns the keys of the pod's required anti-affinity, but for the hostname.
func ApartKeys(pod *corev1.Pod) []string {
	var keys []string
	for _, r := range RequiredApart(pod, nil) {
		if r.Key != corev1.LabelHostname {
			keys = append(keys, r.Key)
		}
	}
	return keys
}
