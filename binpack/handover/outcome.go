package handover

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// An Outcome is what became of a Handover.
type Outcome struct {
	Pods    []PodOutcome // every live pod of the handover: Problem.Pods first, then by Workload
	Missing []int        // launches whose nodes did not come, or went away, or were not ready in time
	Calls   Calls
	Took    time.Duration // by the Driver's clock
}

// Calls counts calls of a Cluster that succeeded.
type Calls struct {
	Nominations  int // nominations taken back by the Driver included
	Bindings     int
	Releases     int
	Placeholders int // created by a Reserver, the barrier included
}

// A PodOutcome is what became of one pod.
type PodOutcome struct {
	Pod     *corev1.Pod // as the Handover has it
	Planned string      // what Handover.Nodes calls its node, or the name of an existing one; "": the plan has no (more) room for it
	Node    string      // the name of the node that it is bound to; "": none
	Fate    Fate
	Taken   bool   // kube-scheduler took its nomination back
	Detail  string // of NoRoom and Refused
}

// A Fate says what became of a pod.
type Fate string

// The fates of pods that are bound.
const (
	AsPlanned Fate = "asPlanned" // kube-scheduler bound it to the node of the plan
	ForRules  Fate = "forRules"  // the Driver bound it to the node of the plan: nominations cannot carry its rules
	TakenBack Fate = "takenBack" // the Driver bound it to the node of the plan: its nomination was taken back
	Moved     Fate = "moved"     // it is on another node of the handover: its room was taken, or it made room for others
	Before    Fate = "before"    // kube-scheduler had bound it to another node before the handover began
	Elsewhere Fate = "elsewhere" // kube-scheduler has bound it to another node since
)

// The fates of pods that are not bound. All but Gone are to be planned again.
const (
	Gone      Fate = "gone"      // it was deleted, or has run to its end
	NoNode    Fate = "noNode"    // its node did not come, or went away, or a node of its gang
	NoRoom    Fate = "noRoom"    // its node took something else: Detail says what it lacks
	Refused   Fate = "refused"   // it could not be bound: Detail says why
	Unplanned Fate = "unplanned" // there are more such pods than the plan has room for
	Waiting   Fate = "waiting"   // the time was over
)

// Bound reports whether such a pod is on a node.
func (f Fate) Bound() bool {
	switch f {
	case AsPlanned, ForRules, TakenBack, Moved, Before, Elsewhere:
		return true
	}
	return false
}

// Count returns how many pods have each fate.
func (o Outcome) Count() map[Fate]int {
	n := map[Fate]int{}
	for _, p := range o.Pods {
		n[p.Fate]++
	}
	return n
}

// An account says what became of each pod and node.
type account struct{ run *run }

// outcome accounts for all pods.
func (a account) outcome(v *view) Outcome {
	o := Outcome{Calls: a.run.calls}
	byPod := map[podKey]*item{}
	for _, it := range v.items {
		byPod[occupancy.KeyOf(it.pod)] = it
	}
	account := func(pod *corev1.Pod) {
		it, known := byPod[occupancy.KeyOf(pod)]
		if !known {
			return // the template is listed twice
		}
		delete(byPod, occupancy.KeyOf(pod))
		out := PodOutcome{Pod: pod, Planned: it.node, Taken: it.memory.taken}
		if it.live != nil {
			out.Node = it.live.Spec.NodeName
		}
		out.Fate = a.fate(v, it)
		if out.Fate == NoRoom || out.Fate == Refused {
			out.Detail = it.memory.detail
		}
		o.Pods = append(o.Pods, out)
	}
	for _, pod := range a.run.task.handover.Problem.Pods {
		account(pod)
	}
	for _, w := range a.run.task.handover.Problem.Workloads {
		for _, pod := range a.run.task.handover.Pods[w.Pod] {
			account(pod)
		}
	}
	for i, id := range a.run.task.handover.Nodes {
		if !v.ready[id] {
			o.Missing = append(o.Missing, i)
		}
	}
	return o
}

func (a account) fate(v *view, it *item) Fate {
	switch {
	case it.live == nil:
		return Gone
	case it.live.Spec.NodeName != "":
		return a.boundFate(v, it)
	case it.slot < 0:
		return Unplanned
	case it.memory.lost != "":
		return it.memory.lost
	case it.target == nil || !v.ready[it.node] || v.broke[looker(a).gangOf(it.pod)]:
		return NoNode
	}
	return Waiting
}

func (a account) boundFate(v *view, it *item) Fate {
	on := it.live.Spec.NodeName
	switch {
	case it.memory.moved != "" && a.isNamed(v, it.memory.moved, on):
		return Moved
	case it.slot < 0 && a.run.before[occupancy.KeyOf(it.pod)] == on:
		return Before
	case it.slot < 0:
		return Elsewhere
	case it.memory.bound == on:
		return it.memory.why
	}
	return AsPlanned
}

// isNamed reports whether a node of the task has the name.
func (a account) isNamed(v *view, id, name string) bool {
	return v.nodes[id] != nil && v.nodes[id].Name == name
}
