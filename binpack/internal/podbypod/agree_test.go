package podbypod

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var (
	plans = flag.Int("plans", 4_000, "spoiled plans that TestAgreement judges")
	first = flag.Int("first", 0, "the first problem that it draws")
)

// perProblem is how many plans of one problem are judged.
const perProblem = 50

// TestAgreement spoils plans of drawn problems of all families and asks two judges about
// each: verify.Plan, and that of this package. They accept or refuse the same plans, but
// for what explained lists.
//
//	go test ./binpack/internal/podbypod -plans 1000000 -timeout 0
func TestAgreement(t *testing.T) {
	var all judged
	for i := *first; all.accepted+all.refused < *plans && all.failed < 10; i++ {
		all.judge(t, i)
	}
	t.Logf("accepted %d, refused %d, explained %v", all.accepted, all.refused, all.differ)
	require.NotZero(t, all.accepted)
	require.NotZero(t, all.refused)
}

// Problems about which the judges once differed: daemons without labels, a spread over
// values that nobody names, and pods whose order took more than 5,000 tries to find.
func TestWhatWasJudgedOtherwise(t *testing.T) {
	for _, i := range []int{14_389, 15_061, 23_752, 102_953} {
		var all judged
		all.judge(t, i)
		require.Empty(t, all.differ, i)
	}
}

// judged counts plans by what both judges say.
type judged struct {
	accepted, refused, failed int
	differ                    map[string]int // why the judges differ → plans
}

// judge draws problem i, spoils its plan and asks both judges.
func (all *judged) judge(t *testing.T, i int) {
	draws := families()
	d := draws[i%len(draws)]
	p := d.problems.Example(i)
	plan, err := solver.Solver{Work: 20_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	s := &spoiler{&p, rand.New(rand.NewPCG(uint64(i), 0))}
	for n := range perProblem {
		spoilt, names := copied(plan), []string{"as it is"}
		if n > 0 {
			if spoilt, names = s.spoil(plan); same(spoilt, plan) {
				continue
			}
		}
		err := verify.Plan(context.Background(), p, spoilt)
		faults, gaveUp := faultsOf(&p, &spoilt)
		switch {
		case gaveUp:
			all.explain("too many orders of pods")
		case (err == nil) != (len(faults) == 0):
			if why := explained(&p, err, faults); why != "" {
				all.explain(why)
				continue
			}
			all.failed++
			t.Errorf("problem %d (%s), plan %d: %s\nverify: %v\nhere: %v\n%s", i, d.name, n, names, err, strings.Join(faults, "; "), texts(t, p, spoilt))
		case err == nil:
			all.accepted++
		default:
			all.refused++
		}
	}
}

func (all *judged) explain(why string) {
	if all.differ == nil {
		all.differ = map[string]int{}
	}
	all.differ[why]++
}

// same reports whether a plan is as it was.
func same(a, b binpack.Plan) bool {
	return a.Cost == b.Cost && reflect.DeepEqual(a.Nominations, b.Nominations) && reflect.DeepEqual(a.Unschedulable, b.Unschedulable) &&
		slices.EqualFunc(a.Launches, b.Launches, func(l, o binpack.Launch) bool {
			return l.Count == o.Count && l.Pool == o.Pool && l.Offering == o.Offering && l.Price == o.Price && reflect.DeepEqual(l.Labels, o.Labels) && slices.Equal(l.Pods, o.Pods)
		})
}

// explained says why the two judges differ about a plan; "": they must not.
func explained(*binpack.Problem, error, []string) string { return "" }

func texts(t *testing.T, p binpack.Problem, plan binpack.Plan) string {
	var text strings.Builder
	require.NoError(t, problemfile.Write(&text, p))
	for _, l := range plan.Launches {
		fmt.Fprintf(&text, "\nlaunch %d × %s %v %v:", l.Count, l.Pool, l.Offering, l.Labels)
		for _, pl := range l.Pods {
			fmt.Fprintf(&text, " %d %s", pl.Count, pl.Pod.Name)
		}
	}
	for _, n := range plan.Nominations {
		fmt.Fprintf(&text, "\n%s:", n.Node.Name)
		for _, pl := range n.Pods {
			fmt.Fprintf(&text, " %d %s", pl.Count, pl.Pod.Name)
		}
	}
	for _, u := range plan.Unschedulable {
		fmt.Fprintf(&text, "\nleft: %d %s %v", u.Count, u.Pod.Name, u.Reasons)
	}
	return text.String()
}
