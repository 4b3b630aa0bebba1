package binpack

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
)

// A Plan is an answer to a Problem: what to launch, and which pods go where.
type Plan struct {
	Launches      []Launch
	Nominations   []Nomination    // pods for existing nodes, in the Problem's order of nodes
	Unschedulable []Unschedulable // pods that no node holds, and why; never an error
	Cost          catalog.Price   // sum of the prices of all nodes of Launches, per hour
	Charge        catalog.Price   // sum of Solver.NodeCharge over all nodes of Launches, per hour
	LowerBound    catalog.Price   // no plan that leaves as few pods costs less, charge included, per hour; pods and pools that are Unsupported set aside
	Status        Status
	Certificate   Certificate // why LowerBound holds, as data
	Stats         Stats
	Notes         []Note // what of the Problem was read otherwise than it may be meant

	// PreferenceCost is how much more the plan costs than the best one found that ignores
	// what pods would rather have, per hour; nil: none was looked for, see
	// solver.Solver.ComparePreferences.
	PreferenceCost *catalog.Price
}

// Gap returns how far Cost and Charge together may be above the least possible, as a
// share of them: 0 is optimal.
func (p *Plan) Gap() float64 {
	total := p.Cost + p.Charge
	if total <= p.LowerBound || total == 0 {
		return 0
	}
	return float64(total-p.LowerBound) / float64(total)
}

// A Launch is a number of alike nodes to start: all that it says is true of each of
// them. Two launches of a plan may be alike too.
type Launch struct {
	Count    int // nodes, alike; 0: one
	Pool     string
	Offering catalog.Key
	Labels   map[string]string // values chosen for the pool's Keys, and of the Choices of the instance type for those that somebody asks about; nil: none
	Price    catalog.Price     // of one node, per hour
	Pods     []Placement       // on each node

	// Alternatives are other offerings that hold the same pods, cheapest first, as
	// many as Solver.Alternatives asks for. The rest of the plan has room for one node
	// on one of them.
	Alternatives []Alternative
}

// Nodes returns how many nodes l starts.
func (l Launch) Nodes() int { return max(l.Count, 1) }

// A Placement is a number of alike pods on one node.
type Placement struct {
	Pod   *corev1.Pod
	Count int // more than 1: replicas of a Workload's template
}

// A Nomination says which pods are meant for an existing node.
type Nomination struct {
	Node *corev1.Node // of Problem.Existing
	Pods []Placement
}

// Unschedulable is a number of alike pods that the plan leaves pending.
type Unschedulable struct {
	Pod     *corev1.Pod
	Count   int
	Reasons []PoolReason // one per pool, in the Problem's order; none where the context ended before they were asked for

	// Existing says why existing nodes take none; nil: there are none, but pools.
	Existing *NodeReason
}

// A NodeReason says why no existing node takes a (further) pod: what keeps it off the one
// that it is nearest to.
type NodeReason struct {
	Looked int    // how many nodes there are
	Node   string // the nearest by name: with the fewest rules in the way; "": it is the same of all
	Reason Reason
	Detail Detail
}

// A PoolReason says why a pool takes no (more) such pod.
type PoolReason struct {
	Pool   string
	Reason Reason
	Detail Detail
}

// Status says what Cost and LowerBound are worth.
type Status int

const (
	Unknown     Status = iota // the zero Plan
	Optimal                   // no better plan exists: none leaves fewer pods, none that leaves as few costs less
	WithinGap                 // the search stopped at Solver.Gap
	WorkLimit                 // the search ended at its work limit or had nothing left to try; or some rule is Unsupported, so that no more can be said
	Interrupted               // the context ended the search
)

// String returns the name of s in lower camel case, as in problem files.
func (s Status) String() string {
	switch s {
	case Optimal:
		return "optimal"
	case WithinGap:
		return "withinGap"
	case WorkLimit:
		return "workLimit"
	case Interrupted:
		return "interrupted"
	}
	return "unknown"
}

// Stats counts what a solve did. There is no clock in it: the same input gives
// the same Stats.
type Stats struct {
	Classes  int   // kinds of pods that some rule or request tells apart
	Bins     int   // kinds of nodes that some rule, capacity or price tells apart
	Columns  int   // patterns that the column generation knows
	Pivots   int   // simplex pivots
	Pricings int   // nodes that were filled to find patterns
	Work     int64 // ticks: steps of the inner loops
	Started  int64 // pods of Solver.Start that fit where it has them
}

// A Certificate proves a Plan's LowerBound, as data: some sets of values of the
// pods. By each, verify.Bound computes in integers the most value that each kind of
// node can hold; the nodes of a plan must together hold the value of all pods that
// must be placed. The least cost of whole nodes that do so by all sets at once is
// a lower bound. Any values are valid: good ones, the shadow prices of linear
// programs, give a high bound. A Certificate without values proves the bound 0.
type Certificate struct {
	Cuts      []Cut
	Strongest int // the cut that proves most by itself
}

// A Cut is one set of values. A value that is missing is 0.
type Cut struct {
	Pods      []int64 // Pods[i] is the value of Problem.Pods[i]
	Workloads []int64 // Workloads[i] is the value of one replica of Problem.Workloads[i]

	// Domains are pods whose value differs by the domain of their node: to Bound what they
	// say counts, and Pods and Workloads have about their mean. That proves more of pods
	// that a rule spreads over domains of different prices: they cannot all be in the
	// cheapest. Of pods that no such rule spreads the least of their values counts.
	Domains []DomainValues
}

// DomainValues are the values of alike pods, by the domain of their node.
//
// No example: a certificate is for verify.Bound to read.
type DomainValues struct {
	Pods      []int            // the indices of the pods in Problem.Pods
	Workloads []int            // those of workloads in Problem.Workloads
	Key       string           // label key of nodes
	Values    map[string]int64 // of one pod, by the label's value; missing: the least of the others
}
