package solver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// The tests named TestKarpenter... restate the situations of Karpenter's own
// scheduling tests (sigs.k8s.io/karpenter v1.14, the folder
// pkg/controllers/provisioning: scheduling/suite_test.go,
// scheduling/instance_selection_test.go, and of suite_test.go what is about
// limits, daemons, taints and weights). Situations that are there twice are here
// once. Each row has a situation and what Karpenter expects of it; where a plan
// of ours is another on purpose, ksDiffers says which and why. What happens in
// several rounds there is one Problem here: what the first rounds launched is
// among its Existing.
//
// Left out, for these are no questions to a Problem:
//
//   - a pool that is not ready, and static pools: an embedder leaves them out;
//   - nodes that are ready before those on their way: a Problem does not tell
//     them apart, and either costs nothing;
//   - restarts of a round, bindings, relists, node claims and what is requested
//     in them: there are no objects here;
//   - deleting nodes whose pods are terminating, daemons', or held by a
//     disruption budget: which pods are to be placed is the embedder's to say;
//   - the truncation of a node claim to a number of types: a launch names one;
//   - provisioners and topology keys that a cloud provider bars by name;
//   - requests for devices of a daemon, which a setting of Karpenter lets count
//     or not: they are Unsupported;
//   - relaxing minValues, a setting: they always hold here;
//   - requests that only limits or a LimitRange imply: the API server writes
//     them into the pod before anyone plans;
//   - metrics, events, decision times.

// A ksRow is one situation.
type ksRow struct {
	name    string
	problem binpack.Problem
	want    ksWant
}

// A ksWant is something that a plan has to show.
type ksWant struct {
	text  string
	holds func(*ksOutcome) bool
}

// A ksOutcome is a plan, with the node of each pod.
type ksOutcome struct {
	pods []*corev1.Pod
	plan binpack.Plan
	node map[*corev1.Pod]*corev1.Node         // of pods that are placed
	left map[*corev1.Pod][]binpack.PoolReason // of pods that are not
}

// ksRun tries the rows.
func ksRun(t *testing.T, rows []ksRow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			require.NoError(t, row.try())
		})
	}
}

// try solves, verifies, and compares with what is wanted.
func (r *ksRow) try() error {
	plan, err := solver.Solver{Work: 1_000_000}.Solve(context.Background(), r.problem)
	if err != nil {
		return err
	}
	if err := verify.Plan(context.Background(), r.problem, plan); err != nil {
		return err
	}
	if err := verify.Bound(context.Background(), r.problem, plan); err != nil {
		return err
	}
	if r.want.holds(ksOutcomeOf(r.problem, plan)) {
		return nil
	}
	return fmt.Errorf("wanted: %s; but the plan is\n%s", r.want.text, render(plan))
}

func ksOutcomeOf(p binpack.Problem, plan binpack.Plan) *ksOutcome {
	o := &ksOutcome{pods: p.Pods, plan: plan, node: map[*corev1.Pod]*corev1.Node{}, left: map[*corev1.Pod][]binpack.PoolReason{}}
	place := func(node *corev1.Node, pods []binpack.Placement) {
		for _, on := range pods {
			o.node[on.Pod] = node
		}
	}
	for _, l := range fold.Unfold(plan.Launches) {
		place(p.Node(l), l.Pods)
	}
	for _, n := range plan.Nominations {
		place(n.Node, n.Pods)
	}
	for _, u := range plan.Unschedulable {
		o.left[u.Pod] = u.Reasons
	}
	return o
}

// of returns the node of the i-th pod, or nil.
func (o *ksOutcome) of(i int) *corev1.Node { return o.node[o.pods[i]] }

// ksDiffers wants ours in place of what Karpenter expects, and that this be
// another thing indeed.
func ksDiffers(karpenter, ours ksWant, why string) ksWant {
	return ksWant{
		text:  fmt.Sprintf("%s (Karpenter: %s), for %s", ours.text, karpenter.text, why),
		holds: func(o *ksOutcome) bool { return ours.holds(o) && !karpenter.holds(o) },
	}
}

// ksAll wants all of them.
func ksAll(wants ...ksWant) ksWant {
	var texts []string
	for _, w := range wants {
		texts = append(texts, w.text)
	}
	return ksWant{strings.Join(texts, "; "), func(o *ksOutcome) bool {
		return !slices.ContainsFunc(wants, func(w ksWant) bool { return !w.holds(o) })
	}}
}

// ksLaunches wants all pods placed, and n launches.
func ksLaunches(n int) ksWant {
	return ksWant{fmt.Sprintf("every pod placed with %d launches", n), func(o *ksOutcome) bool {
		return len(o.left) == 0 && fold.Nodes(o.plan.Launches) == n
	}}
}

// ksPlaced wants n pods placed, whichever.
func ksPlaced(n int) ksWant {
	return ksWant{fmt.Sprintf("%d pods placed", n), func(o *ksOutcome) bool { return len(o.node) == n }}
}

// ksCosts wants all pods placed at this cost per hour, in US dollars.
func ksCosts(usd string) ksWant {
	return ksWant{"every pod placed for " + usd, func(o *ksOutcome) bool {
		return len(o.left) == 0 && o.plan.Cost.String() == usd
	}}
}

// ksOn wants the i-th pod on a node with these labels, key after key.
func ksOn(i int, labels ...string) ksWant {
	return ksWant{fmt.Sprintf("pod %d on %s", i, labels), func(o *ksOutcome) bool {
		node := o.of(i)
		for k := 0; k < len(labels); k += 2 {
			if node == nil || node.Labels[labels[k]] != labels[k+1] {
				return false
			}
		}
		return node != nil
	}}
}

// ksEveryOn wants each pod on a node with these labels.
func ksEveryOn(labels ...string) ksWant {
	return ksWant{fmt.Sprintf("every pod on %s", labels), func(o *ksOutcome) bool {
		for i := range o.pods {
			if !ksOn(i, labels...).holds(o) {
				return false
			}
		}
		return true
	}}
}

// ksWithout wants the i-th pod on a node that lacks the label.
func ksWithout(i int, key string) ksWant {
	return ksWant{fmt.Sprintf("pod %d on a node without %s", i, key), func(o *ksOutcome) bool {
		node := o.of(i)
		return node != nil && node.Labels[key] == ""
	}}
}

// ksStays wants the pods left, with this among the reasons.
func ksStays(reason binpack.Reason, pods ...int) ksWant {
	return ksWant{fmt.Sprintf("pods %d left for %s", pods, reason), func(o *ksOutcome) bool {
		return !slices.ContainsFunc(pods, func(i int) bool {
			return !slices.ContainsFunc(o.left[o.pods[i]], func(r binpack.PoolReason) bool { return r.Reason == reason })
		})
	}}
}

// ksTogether wants the pods on one node.
func ksTogether(pods ...int) ksWant {
	return ksWant{fmt.Sprintf("pods %d on one node", pods), func(o *ksOutcome) bool {
		return !slices.ContainsFunc(pods, func(i int) bool { return o.of(i) == nil || o.of(i) != o.of(pods[0]) })
	}}
}

// ksApart wants each of the pods on a node of its own.
func ksApart(pods ...int) ksWant {
	return ksWant{fmt.Sprintf("pods %d on different nodes", pods), func(o *ksOutcome) bool {
		nodes := map[*corev1.Node]bool{}
		for _, i := range pods {
			nodes[o.of(i)] = true
		}
		return len(nodes) == len(pods) && !nodes[nil]
	}}
}

// ksNominated wants the i-th pod on the existing node.
func ksNominated(i int, name string) ksWant {
	return ksWant{fmt.Sprintf("pod %d on the existing %s", i, name), func(o *ksOutcome) bool {
		return o.of(i) != nil && o.of(i).Name == name
	}}
}

// ksReserved wants n launches that draw on a reservation.
func ksReserved(n int) ksWant {
	return ksWant{fmt.Sprintf("%d launches from reservations", n), func(o *ksOutcome) bool {
		got := 0
		for _, l := range fold.Unfold(o.plan.Launches) {
			if l.Offering.ReservationID != "" {
				got++
			}
		}
		return got == n
	}}
}
