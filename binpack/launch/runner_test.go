package launch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// list builds resources from alternating names and quantities.
func list(kv ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(kv); i += 2 {
		out[corev1.ResourceName(kv[i])] = resource.MustParse(kv[i+1])
	}
	return out
}

func pod(name, cpu string) *corev1.Pod {
	p := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list("cpu", cpu)}}}}}
	p.Name = name
	p.Labels = map[string]string{"app": name}
	return p
}

// shop is four types of 4 cpu in two zones and two markets, each dearer than the one
// before, and n pods of 1 cpu.
func shop(n int) binpack.Problem {
	var c catalog.Catalog
	for i, name := range []string{"c5.xlarge", "m5.xlarge", "r5.xlarge", "g5.xlarge"} {
		t := &catalog.InstanceType{Name: name, Capacity: list("cpu", "4", "memory", "64Gi", "pods", "20")}
		for _, zone := range []string{"a", "b"} {
			price := catalog.Price(100+10*i) * catalog.USD / 1000
			t.Offerings = append(t.Offerings,
				catalog.Offering{Zone: zone, CapacityType: catalog.OnDemand, Price: price},
				catalog.Offering{Zone: zone, CapacityType: catalog.Spot, Price: price / 2})
		}
		c = append(c, t)
	}
	return binpack.Problem{Catalog: c, Workloads: []binpack.Workload{{Pod: pod("web", "1"), Replicas: n}}}
}

// runner returns a Runner whose clock is moved only by its own waiting.
func runner(l launch.Launcher) launch.Runner {
	c := newClock()
	return launch.Runner{
		Launcher: l, Name: "test", Parallelism: 1, Clock: c.now,
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.pass(d)
			return ctx.Err()
		},
	}
}

// ran solves, runs, and checks what must hold of every outcome.
func ran(t require.TestingT, r launch.Runner, p binpack.Problem) (binpack.Plan, launch.Outcome) {
	plan, err := solver.Solver{Work: 200_000, Alternatives: 2}.Solve(context.Background(), p)
	require.NoError(t, err)
	out, err := r.Run(context.Background(), p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	return plan, out
}

// accounted checks that each pod is somewhere, and once; that costs add up; and that
// the pods keep their rules.
func accounted(t require.TestingT, p binpack.Problem, plan binpack.Plan, out launch.Outcome) {
	asked, seen := map[*corev1.Pod]int{}, map[*corev1.Pod]int{}
	for _, pod := range p.Pods {
		asked[pod]++
	}
	for _, w := range p.Workloads {
		if w.Replicas > 0 {
			asked[w.Pod] += w.Replicas
		}
	}
	final := out.Plan()
	add := func(pods []binpack.Placement) {
		for _, on := range pods {
			require.Positive(t, on.Count)
			seen[on.Pod] += on.Count
		}
	}
	cost := catalog.Price(0)
	ids := map[string]bool{}
	for _, l := range out.Launched {
		add(l.Launch.Pods)
		cost += l.Launch.Price
		require.Equal(t, l.Instance.Offering, l.Launch.Offering)
		require.False(t, l.Instance.ID != "" && ids[l.Instance.ID], "two nodes of one ID")
		ids[l.Instance.ID] = true
	}
	for _, n := range final.Nominations {
		add(n.Pods)
	}
	for _, u := range out.Unplaced {
		require.NotEmpty(t, u.Reasons)
		seen[u.Pod] += u.Count
	}
	require.Equal(t, asked, seen)
	require.Equal(t, cost, out.Cost)
	require.Equal(t, plan.Cost, out.Planned)
	ready := slices.ContainsFunc(out.Unplaced, func(u binpack.Unschedulable) bool { return len(u.Pod.Spec.SchedulingGates) == 0 })
	require.Equal(t, !ready, out.Ended == launch.AllPlaced)
	p.Availability = launch.Only{} // nothing more comes: the nodes that there are make the domains
	var broken []error
	if err := verify.Plan(context.Background(), p, final); err != nil {
		for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
			var v *verify.Violation
			require.ErrorAs(t, err, &v)
			switch v.Reason { // of launches, not of pods
			case binpack.PoolWeight, binpack.MinValues, binpack.NoAvailableOffering, verify.IllegalLaunch, verify.EmptyLaunch, verify.WrongPrice, binpack.PoolLimit, binpack.QuotaReached:
			default:
				broken = append(broken, err)
			}
		}
	}
	require.NoError(t, errors.Join(broken...))
	requireNoneEmpty(t, p, out)
}

// requireNoneEmpty requires that a launched node without pods is told of, and that no pod
// that waits may go there: with it some pod would break a rule.
func requireNoneEmpty(t require.TestingT, p binpack.Problem, out launch.Outcome) {
	p.Availability = launch.Only{}
	var empty []int
	for i, l := range out.Launched {
		if len(l.Launch.Pods) == 0 {
			empty = append(empty, i)
		}
	}
	require.Len(t, out.Empty, len(empty))
	for n, i := range empty {
		require.Equal(t, i, out.Empty[n].Node)
		for _, u := range out.Unplaced[:min(len(out.Unplaced), 3)] {
			if !placeable(u) {
				continue
			}
			require.NotEmpty(t, out.Empty[n].Why.Reason)
			with := out
			with.Launched = slices.Clone(out.Launched)
			with.Launched[i].Launch.Pods = []binpack.Placement{{Pod: u.Pod, Count: 1}}
			require.NotEmpty(t, pods(verify.Plan(context.Background(), p, with.Plan())), "node %d may hold %s", i, u.Pod.Name)
		}
	}
}

// placeable reports whether a pod waits for a node.
func placeable(u binpack.Unschedulable) bool {
	return len(u.Pod.Spec.SchedulingGates) == 0 && u.Pod.Spec.NodeName == "" && u.Pod.DeletionTimestamp == nil
}

// pods returns the violations of rules of pods, which a pod more makes no less.
func pods(err error) []error {
	var out []error
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, err := range joined.Unwrap() {
			var v *verify.Violation
			if errors.As(err, &v) && v.Reason != binpack.NoAvailableOffering && v.Reason != binpack.PoolWeight && v.Reason != verify.Unplaced && v.Reason != verify.Doubled {
				out = append(out, err)
			}
		}
	}
	return out
}

func TestAllGoesWell(t *testing.T) {
	plan, out := ran(t, runner(&launchtest.Market{}), shop(10))
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Equal(t, plan.Cost, out.Cost)
	require.Equal(t, 1, out.Rounds)
	require.Len(t, out.Attempts, 1, "one request for nodes that are alike")
	require.Len(t, out.Launched, 3)
	require.Empty(t, out.Steps)
	require.Equal(t, "test-1", out.Attempts[0].Request.Token)
}

func TestPartialSuccess(t *testing.T) {
	m := &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge", Left: 3}}}
	plan, out := ran(t, runner(m), shop(20))
	require.Equal(t, 5, plan.Launches[0].Count, "one launch of five nodes; two fail")
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Equal(t, 3, out.Rounds)
	require.Equal(t, map[string]int{"InsufficientInstanceCapacity": 2}, out.Errors(), "of both zones")
	require.Equal(t, catalog.Price(10_000_000), out.Cost-out.Planned, "two are m5.xlarge now")
	require.Equal(t, out.Cost-out.Planned, out.Steps[0].Extra+out.Steps[1].Extra)
	require.Equal(t, 2, out.Steps[1].Failed[0].Launch.Count)
	require.Equal(t, 2, out.Steps[1].Failed[0].Tries)
}

func TestCodesDecideWhatIsTriedNext(t *testing.T) {
	for name, tt := range map[string]struct {
		code     string
		ended    launch.Ending
		attempts int
		of       string // type that is launched at last
	}{
		"capacity":   {"InsufficientInstanceCapacity", launch.AllPlaced, 3, "m5.xlarge"}, // after both zones
		"quota":      {"MaxSpotInstanceCountExceeded", launch.AllPlaced, 2, "g5.xlarge"}, // Spot of another group
		"unknown":    {"SomethingNew", launch.AllPlaced, 3, "m5.xlarge"},
		"throttling": {"RequestLimitExceeded", launch.AllPlaced, 9, "m5.xlarge"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge", Error: tt.code}}}
			if name == "quota" {
				m.Offerings = []launchtest.MarketEntry{{InstanceType: "g5.xlarge", Left: 9}, {CapacityType: catalog.Spot, Error: tt.code}}
			}
			_, out := ran(t, runner(m), shop(4))
			require.Equal(t, tt.ended, out.Ended)
			require.Equal(t, tt.of, out.Launched[0].Launch.Offering.InstanceType)
			require.Len(t, out.Attempts, tt.attempts)
		})
	}
}

func TestStop(t *testing.T) {
	m := &launchtest.Market{Offerings: []launchtest.MarketEntry{{Error: "UnauthorizedOperation"}}}
	_, out := ran(t, runner(m), shop(4))
	require.Equal(t, launch.Stopped, out.Ended)
	require.Len(t, out.Attempts, 3)
	require.Equal(t, 4, out.Unplaced[0].Count)
	require.Equal(t, binpack.NotLaunched, out.Unplaced[0].Reasons[0].Reason)

	m = &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge", CapacityType: catalog.Spot, Error: "UnauthorizedOperation"}}}
	_, out = ran(t, runner(m), shop(4))
	require.Equal(t, launch.AllPlaced, out.Ended, "a policy may forbid one type only")
}

func TestNothingIsLeft(t *testing.T) {
	m := &launchtest.Market{Offerings: []launchtest.MarketEntry{{}}}
	_, out := ran(t, runner(m), shop(4))
	require.Equal(t, launch.NothingLeft, out.Ended)
	require.Len(t, out.Attempts, 16, "each offering once")
	require.Equal(t, 3*time.Minute, out.RetryAfter)
	require.Equal(t, binpack.NoAvailableOffering, out.Unplaced[0].Reasons[0].Reason)
	require.Zero(t, out.Cost)
}

func TestLimitsOfARun(t *testing.T) {
	m := func() *launchtest.Market {
		return &launchtest.Market{Offerings: []launchtest.MarketEntry{{CapacityType: catalog.Spot}}}
	}
	r := runner(m())
	r.Rounds = 3
	_, out := ran(t, r, shop(4))
	require.Equal(t, launch.RoundsUsed, out.Ended)
	require.Equal(t, 3, out.Rounds)

	r = runner(m())
	r.Attempts = 2
	_, out = ran(t, r, shop(4))
	require.Equal(t, launch.AttemptsUsed, out.Ended)
	require.Len(t, out.Attempts, 2)

	r = runner(m())
	r.ExtraCost = 0.9
	_, out = ran(t, r, shop(4))
	require.Equal(t, launch.TooDear, out.Ended)
	require.Equal(t, 4, out.Unplaced[0].Count)
	require.Equal(t, "tooDear", out.Unplaced[0].Reasons[0].Detail.Rule)

	r = runner(m())
	r.ExtraCost = 1
	_, out = ran(t, r, shop(4))
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Equal(t, 2*out.Planned, out.Cost)
}

// launcher is a function as a Launcher.
type launcher func(ctx context.Context, r launch.Request) (launch.Result, error)

func (f launcher) Launch(ctx context.Context, r launch.Request) (launch.Result, error) {
	return f(ctx, r)
}

// nodes answers a request with n nodes.
func nodes(r launch.Request, n int) launch.Result {
	var result launch.Result
	for i := range n {
		result.Instances = append(result.Instances, launch.Instance{ID: fmt.Sprint(r.Token, "/", i)})
	}
	return result
}

func TestCancelledBefore(t *testing.T) {
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	memory := &launch.UnavailableOfferings{}
	r := runner(&launchtest.Market{})
	r.Unavailable = memory
	out, err := r.Run(ctx, p, plan)
	require.NoError(t, err)
	accounted(t, p, plan, out)
	require.Equal(t, launch.Interrupted, out.Ended)
	require.Equal(t, binpack.Unlimited, memory.Available(plan.Launches[0].Offering), "that says nothing of the market")
}

func TestPlansThatAreNotOfTheProblem(t *testing.T) {
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	require.NoError(t, err)
	m := &launchtest.Market{}
	_, err = runner(m).Run(context.Background(), shop(4), plan)
	require.ErrorContains(t, err, "plan.Launches[0]")
	_, err = runner(m).Run(context.Background(), p, binpack.Plan{Nominations: []binpack.Nomination{{Node: &corev1.Node{}}}})
	require.ErrorContains(t, err, "plan.Nominations[0]")
	_, err = runner(m).Run(context.Background(), binpack.Problem{Pods: []*corev1.Pod{nil}}, plan)
	require.ErrorContains(t, err, "Pods[0]")
}

// TestMemoryOutlivesARun: the second run does not ask for what the first learnt.
func TestMemoryOutlivesARun(t *testing.T) {
	c := newClock()
	r := runner(&launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}})
	r.Clock, r.Unavailable = c.now, &launch.UnavailableOfferings{Clock: c.now}
	_, out := ran(t, r, shop(4))
	require.Greater(t, len(out.Attempts), 1)
	p := shop(4)
	p.Availability = r.Unavailable
	_, out = ran(t, r, p)
	require.Len(t, out.Attempts, 1)
	_, out = ran(t, r, shop(4))
	require.Len(t, out.Attempts, 1, "nor where the plan wants it")
	c.pass(3 * time.Minute)
	_, out = ran(t, r, shop(12))
	require.Equal(t, launch.AllPlaced, out.Ended)
	probes := 0
	for _, a := range out.Attempts {
		if a.Request.Offering().InstanceType == "c5.xlarge" {
			probes += a.Request.Nodes()
		}
	}
	require.LessOrEqual(t, probes, 4, "one of each offering")
}
