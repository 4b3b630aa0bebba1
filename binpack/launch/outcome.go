package launch

import (
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/catalog"
)

// An Outcome accounts for every pod of the Problem: it is on a launched node, or
// nominated for one that was up, or left over.
type Outcome struct {
	Launched    []Launched              // in the order of the answers
	Nominations []binpack.Nomination    // pods for nodes that were up before
	Unplaced    []binpack.Unschedulable // pods that are left over, with the reasons
	RetryAfter  time.Duration           // when to try again what is left over; 0: nothing that is known will change by itself
	Ended       Ending
	Code        string      // of Ended Stopped: what was answered
	Empty       []EmptyNode // launched nodes without pods, in the order of Launched

	Planned  catalog.Price // what the plan costs
	Cost     catalog.Price // what the launched nodes cost
	Rounds   int
	Attempts []Attempt // every request, in order of rounds
	Steps    []Step    // what was done instead of launches that failed

	// Unanswered are requests that had no answer when the run ended. Nodes may still
	// come of them, without pods; their tokens tell which.
	Unanswered []Request
}

// Launched is a node that was started.
type Launched struct {
	Instance Instance
	Launch   binpack.Launch // of this one node
	Unasked  bool           // nobody asked for such a node, or for this one more: it has pods where it holds some
	Accepted bool           // it was promised, and has no ID yet: its Token says what was asked for. Where it does not come its pods are to be planned again
	Token    string         // of the request
}

// An EmptyNode is a launched node that holds no pod of the Problem.
type EmptyNode struct {
	Node int                // in Outcome.Launched
	Why  binpack.NodeReason // why the first pod that waits may not go there; its Reason is "" where none waits
}

// An Attempt is a request and its answer.
type Attempt struct {
	Round     int
	Request   Request
	Instances []Instance
	Failures  []Failure
	Err       error // of the Launcher; nil: none
}

// A Step is what a round of failures led to.
type Step struct {
	Round   int
	Failed  []Failed
	Instead []binpack.Launch
	Extra   catalog.Price // what Instead costs more than what failed
}

// Ending says why a run ended.
type Ending string

// The endings.
const (
	AllPlaced    Ending = "allPlaced"    // no pod is left over but those that wait for something else than a node: a scheduling gate
	NothingLeft  Ending = "nothingLeft"  // no fallback knows what to launch for the pods that are left over
	RoundsUsed   Ending = "roundsUsed"   // Runner.Rounds
	AttemptsUsed Ending = "attemptsUsed" // Runner.Attempts
	TooDear      Ending = "tooDear"      // Runner.ExtraCost
	Stopped      Ending = "stopped"      // what was answered says that a person must change something
	Interrupted  Ending = "interrupted"  // the context ended
)

// Plan returns what was launched as a plan, with the pods where they are.
func (o *Outcome) Plan() binpack.Plan {
	plan := binpack.Plan{Nominations: o.Nominations, Unschedulable: o.Unplaced, Cost: o.Cost}
	for _, l := range o.Launched {
		plan.Launches = fold.Append(plan.Launches, l.Launch)
	}
	return plan
}

// Errors counts the failures by code. A request that fails without saying why
// counts under "".
func (o *Outcome) Errors() map[string]int {
	errors := map[string]int{}
	for _, a := range o.Attempts {
		for _, f := range a.Failures {
			errors[f.Code]++
		}
	}
	return errors
}
