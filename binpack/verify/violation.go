package verify

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A Violation is a rule that a Plan breaks.
type Violation struct {
	Node   string      // the launch, like Launches[3], or the existing node by name; "": of the plan as a whole
	Pod    *corev1.Pod // nil: none in particular
	Reason binpack.Reason
	Detail binpack.Detail
}

// Reasons that only a Violation has.
const (
	Unplaced          binpack.Reason = "Unplaced"          // a pod is on fewer nodes, or left less often, than it is asked for
	Doubled           binpack.Reason = "Doubled"           // a pod is on more
	ForeignPod        binpack.Reason = "ForeignPod"        // a pod that the Problem does not have
	BadCount          binpack.Reason = "BadCount"          // a placement or leftover of no pod, or fewer; a launch of fewer than no node; more than can be counted
	IllegalLaunch     binpack.Reason = "IllegalLaunch"     // no such pool or offering, or the pool may not launch it
	EmptyLaunch       binpack.Reason = "EmptyLaunch"       // no pod is on it: whatever it is launched for, such as to use up a limit, no plan may
	IllegalNomination binpack.Reason = "IllegalNomination" // no such existing node, or one that takes nothing or has another nomination
	WrongPrice        binpack.Reason = "WrongPrice"        // not the price of the offering
	WrongCost         binpack.Reason = "WrongCost"         // not the sum of the prices
)

func (v *Violation) Error() string {
	where := v.Node
	if where == "" {
		where = "plan"
	}
	text := where + ": " + string(v.Reason)
	if v.Pod != nil {
		text += ": pod " + v.Pod.Namespace + "/" + v.Pod.Name
	}
	for _, part := range []string{v.Detail.Path, v.Detail.Rule, string(v.Detail.Resource)} {
		if part != "" {
			text += ": " + part
		}
	}
	if v.Detail.Asked != nil && v.Detail.Best != nil {
		text += ": asked " + v.Detail.Asked.String() + ", there is " + v.Detail.Best.String()
	}
	return text
}

// A report gathers violations in the order in which they are found.
type report struct{ violations []error }

func (r *report) add(node string, pod *corev1.Pod, reason binpack.Reason, detail binpack.Detail) {
	r.violations = append(r.violations, &Violation{node, pod, reason, detail})
}

// refused adds a refusal; nil: none.
func (r *report) refused(node string, pod *corev1.Pod, why *naive.Refusal) {
	if why != nil {
		r.add(node, pod, binpack.Reason(why.Code), binpack.Detail{Path: why.Path, Rule: why.Rule})
	}
}
