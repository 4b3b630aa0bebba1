package naive

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Daemon is a pod that runs once on every node that admits it, before any other pod
// comes.
type Daemon struct {
	template *corev1.Pod
	requests Amounts
	ports    []Port
	peer     *corev1.Pod // as other pods see it; nil: they do not
}

// Template returns the pod that each node gets, unbound. It must not be changed.
func (d Daemon) Template() *corev1.Pod { return d.template }

// Daemons reads daemon pods. All of them can be read.
func Daemons(pods []*corev1.Pod) []Daemon {
	var out []Daemon
	for _, pod := range pods {
		out = append(out, DaemonOf(pod, UnsupportedDaemon(pod) != ""))
	}
	return out
}

// DaemonOf reads a daemon pod. Of one that is plain the requests count and nothing else.
func DaemonOf(pod *corev1.Pod, plain bool) Daemon {
	d := Daemon{template: DaemonTemplate(pod), requests: Requests(pod)}
	if !plain {
		d.ports, d.peer = Ports(pod), d.template
	}
	return d
}

// DaemonTemplate returns the pod that each node gets of a daemon. The pod may be one of a
// node: the controller binds it by a field of its node affinity, in place of all that its
// daemon set may have stated there. Whether the node's taints are numbers that a
// toleration allows is not asked: it may.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
func DaemonTemplate(pod *corev1.Pod) *corev1.Pod {
	t := pod.DeepCopy()
	t.Spec.NodeName = ""
	for i, tol := range t.Spec.Tolerations {
		if tol.Operator == "Gt" || tol.Operator == "Lt" {
			t.Spec.Tolerations[i].Operator = corev1.TolerationOpExists
			t.Spec.Tolerations[i].Value = ""
		}
	}
	required := requiredNodes(t)
	if required == nil {
		return t
	}
	for i := range required.NodeSelectorTerms {
		term := &required.NodeSelectorTerms[i]
		var others []corev1.NodeSelectorRequirement
		for _, f := range term.MatchFields {
			if f.Key != metav1.ObjectNameField || f.Operator != corev1.NodeSelectorOpIn {
				others = append(others, f)
			}
		}
		said := len(term.MatchFields) > len(others)
		term.MatchFields = others
		if said && len(others) == 0 && len(term.MatchExpressions) == 0 {
			t.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = nil
			return t
		}
	}
	return t
}

// UnsupportedDaemon returns the path of the first thing of the daemon pod that no file of
// this package states, or "". Rules between pods and preferences do not matter: a daemon's
// pods choose between no nodes.
func UnsupportedDaemon(pod *corev1.Pod) string {
	return firstNonEmpty(claimed(pod), disk(pod), claim(pod), toleration(pod))
}

// A Crew is who is on a node before any pod of the plan: its daemon pods, or the
// pods of a node that is there.
type Crew struct {
	Requests Amounts
	Ports    []Port
	Pods     []*corev1.Pod // that rules between pods see
	Fault    string        // why they cannot all run there; "": they can
}

// CrewOf returns the crew of a node with so much to allocate: the daemons whose
// rules about nodes admit it. Startup taints are gone by then.
func CrewOf(node *corev1.Node, allocatable Amounts, daemons []Daemon) Crew {
	crew := Crew{Requests: Amounts{}}
	for _, d := range daemons {
		if Refuses(d.template, node) != nil {
			continue
		}
		if port, ok := Clash(crew.Ports, d.ports); ok && crew.Fault == "" {
			crew.Fault = "two daemon pods claim its port " + port.String()
		}
		crew.add(d)
	}
	if name := Lacks(allocatable, crew.Requests); name != "" {
		crew.Fault = "its daemon pods ask for more " + string(name) + " than it has"
	}
	return crew
}

func (c *Crew) add(d Daemon) {
	c.Requests.Add(d.requests)
	c.Ports = append(c.Ports, d.ports...)
	if d.peer != nil {
		c.Pods = append(c.Pods, d.peer)
	}
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
