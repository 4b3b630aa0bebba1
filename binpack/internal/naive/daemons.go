package naive

import corev1 "k8s.io/api/core/v1"

// A Daemon is a pod of which every node that it can run on has one, before any
// other pod comes.
type Daemon struct {
	pod      *corev1.Pod
	requests Amounts
	ports    []Port
}

// Daemons reads daemon pods.
func Daemons(pods []*corev1.Pod) []Daemon {
	var out []Daemon
	for _, pod := range pods {
		out = append(out, Daemon{pod, Requests(pod), Ports(pod)})
	}
	return out
}

// UnsupportedDaemon returns the path of a rule of the daemon pod that would
// change where it runs or what it takes and that no file of this package
// states, or "". Rules between pods and preferences do not: a daemon's pods
// choose between no nodes.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
func UnsupportedDaemon(pod *corev1.Pod) string {
	return firstNonEmpty(claimed(pod), disk(pod), claim(pod), toleration(pod))
}

// A Crew is who is on a node before any pod of the plan: its daemon pods, or the
// pods of a node that is there.
type Crew struct {
	Requests Amounts
	Ports    []Port
	Fault    string // why they cannot all run there; "": they can
}

// CrewOf returns the crew of a node with so much to allocate: the daemons whose
// rules about nodes admit it. Startup taints are gone by then.
func CrewOf(node *corev1.Node, allocatable Amounts, daemons []Daemon) Crew {
	crew := Crew{Requests: Amounts{}}
	for _, d := range daemons {
		if Refuses(d.pod, node) != nil {
			continue
		}
		if port, ok := Clash(crew.Ports, d.ports); ok && crew.Fault == "" {
			crew.Fault = "two daemon pods claim its port " + port.String()
		}
		crew.Requests.Add(d.requests)
		crew.Ports = append(crew.Ports, d.ports...)
	}
	if name := Lacks(allocatable, crew.Requests); name != "" {
		crew.Fault = "its daemon pods ask for more " + string(name) + " than it has"
	}
	return crew
}

// Room returns what the crew leaves of what a node has to allocate.
func (c Crew) Room(allocatable Amounts) Amounts {
	if len(c.Requests) == 0 {
		return allocatable
	}
	room := Amounts{}
	room.Add(allocatable)
	for name, amount := range c.Requests {
		if have, stated := room[name]; stated {
			have.Sub(have, amount)
		}
	}
	return room
}
