package verify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/stowage/stowage/binpack"
	corev1 "k8s.io/api/core/v1"
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
	BadCount          binpack.Reason = "BadCount"          // a placement or leftover of no pod, or fewer
	IllegalLaunch     binpack.Reason = "IllegalLaunch"     // no such pool or offering, or the pool may not launch it
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

// Plan returns every rule of p that the plan breaks, as *Violation values
// that are joined; nil: none. It counts by kinds of pods, and takes its rules
// from the Kubernetes API, not from what Solve made of them. LowerBound and
// Status are VerifyBound's. An invalid p is an error of its own.
func Plan(ctx context.Context, p binpack.Problem, plan binpack.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	v := newVerifier(&p, &plan)
	for i := range plan.Launches {
		v.launch(i)
	}
	for i := range plan.Nominations {
		v.nomination(i)
	}
	v.leftOvers()
	v.counts()
	v.domains()
	used := v.used()
	v.supply(used)
	v.weights(used)
	v.minValues()
	v.gangs()
	v.cost()
	return errors.Join(v.violations...)
}

type verifier struct {
	*judge
	plan       *binpack.Plan
	seen       map[*corev1.Pod]int64 // times that the plan places or leaves a pod
	launches   map[*site]int64
	ofPool     map[*site]*judgedPool
	nominated  map[*site]bool
	nodes      []*judgedNode
	nodeOf     map[string]*judgedNode // by content
	violations []error
}

func newVerifier(p *binpack.Problem, plan *binpack.Plan) *verifier {
	return &verifier{
		judge: newJudge(p), plan: plan,
		seen: map[*corev1.Pod]int64{}, launches: map[*site]int64{}, ofPool: map[*site]*judgedPool{},
		nominated: map[*site]bool{}, nodeOf: map[string]*judgedNode{},
	}
}

func (v *verifier) report(node string, pod *corev1.Pod, reason binpack.Reason, detail binpack.Detail) {
	v.violations = append(v.violations, &Violation{node, pod, reason, detail})
}

// launch checks one launch and the pods on it.
func (v *verifier) launch(i int) {
	l, where := &v.plan.Launches[i], fmt.Sprintf("Launches[%d]", i)
	for _, on := range l.Pods {
		v.count(where, on.Pod, on.Count)
	}
	pool, s := v.find(l)
	if s == nil {
		v.report(where, nil, IllegalLaunch, binpack.Detail{Rule: fmt.Sprintf("pool %q has no offering %v", l.Pool, l.Offering)})
		return
	}
	v.launches[s]++
	v.ofPool[s] = pool
	if s.barred != "" {
		v.report(where, nil, IllegalLaunch, binpack.Detail{Rule: s.barred})
	}
	if l.Price != s.price {
		v.report(where, nil, WrongPrice, binpack.Detail{Rule: fmt.Sprintf("%d, not %d", l.Price, s.price)})
	}
	v.node(where, s, l.Pods)
}

// count notes that the plan speaks of so many pods.
func (v *verifier) count(where string, pod *corev1.Pod, n int) {
	switch {
	case v.kindOf[pod] == nil:
		v.report(where, pod, ForeignPod, binpack.Detail{})
	case n <= 0:
		v.report(where, pod, BadCount, binpack.Detail{Rule: fmt.Sprint(n)})
	case v.seen[pod] > math.MaxInt64-int64(n):
		v.seen[pod] = math.MaxInt64
	default:
		v.seen[pod] += int64(n)
	}
}

func (v *verifier) leftOvers() {
	for i, u := range v.plan.Unschedulable {
		v.count(fmt.Sprintf("Unschedulable[%d]", i), u.Pod, u.Count)
	}
}

// counts checks that each pod is placed or left just as often as it is asked
// for.
func (v *verifier) counts() {
	wanted := map[*corev1.Pod]int64{}
	var order []*corev1.Pod
	want := func(pod *corev1.Pod, n int) {
		if _, again := wanted[pod]; !again {
			order = append(order, pod)
		}
		wanted[pod] += int64(n)
	}
	for _, pod := range v.problem.Pods {
		want(pod, 1)
	}
	for _, w := range v.problem.Workloads {
		want(w.Pod, w.Replicas)
	}
	for _, pod := range order {
		rule := fmt.Sprintf("%d of %d", v.seen[pod], wanted[pod])
		if v.seen[pod] < wanted[pod] {
			v.report("", pod, Unplaced, binpack.Detail{Rule: rule})
		}
		if v.seen[pod] > wanted[pod] {
			v.report("", pod, Doubled, binpack.Detail{Rule: rule})
		}
	}
}

func (v *verifier) cost() {
	sum := new(big.Int)
	for _, l := range v.plan.Launches {
		sum.Add(sum, big.NewInt(int64(l.Price)))
	}
	if sum.Cmp(big.NewInt(int64(v.plan.Cost))) != 0 {
		v.report("", nil, WrongCost, binpack.Detail{Rule: fmt.Sprintf("%d, not %v", v.plan.Cost, sum)})
	}
}
