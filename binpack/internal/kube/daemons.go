package kube

import corev1 "k8s.io/api/core/v1"

// A Daemon is a pod that runs on every new node that its rules admit, before any
// other.
type Daemon struct {
	Rules    RuleSet
	Requests corev1.ResourceList
	Ports    []HostPort
}

// Daemons reads daemon pods. What they ask of other pods does not count: the daemon
// set controller places them itself.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
func Daemons(pods []*corev1.Pod) []Daemon {
	var out []Daemon
	for _, pod := range pods {
		out = append(out, Daemon{RuleSetOf(pod, VolumeRules{}), Requests(pod), HostPorts(pod)})
	}
	return out
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
