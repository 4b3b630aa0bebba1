package launch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// spreading returns a problem of pods that are spread over three zones, some of them
// with an agent on each node.
func spreading(r *rand.Rand) binpack.Problem {
	p := shop(0)
	for _, t := range p.Catalog {
		t.Offerings = append(t.Offerings, catalog.Offering{Zone: "c", CapacityType: catalog.OnDemand, Price: t.Offerings[0].Price})
	}
	for i := range 1 + r.IntN(3) {
		web := pod(fmt.Sprint("web-", i), fmt.Sprint(1+r.IntN(2)))
		web.Labels = map[string]string{"app": web.Name}
		key := corev1.LabelTopologyZone
		if r.IntN(4) == 0 {
			key = corev1.LabelHostname
		}
		constraint := corev1.TopologySpreadConstraint{
			MaxSkew: int32(1 + r.IntN(2)), TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule,
			LabelSelector: &metav1.LabelSelector{MatchLabels: web.Labels},
		}
		if r.IntN(5) == 0 {
			constraint.MinDomains = new(int32)
			*constraint.MinDomains = 3
		}
		web.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{constraint}
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: web, Replicas: 1 + r.IntN(12)})
	}
	if r.IntN(2) == 0 {
		p.DaemonPods = []*corev1.Pod{pod("agent", "500m")}
	}
	return p
}

// An emptying Launcher has whole zones empty from the start, others after some nodes;
// some of its answers say nothing and bring their nodes when it is asked again.
type emptying struct {
	mu    sync.Mutex
	rand  *rand.Rand
	left  map[string]int // nodes per zone
	slow  float64
	ids   int
	owed  map[string][]launch.Instance // by token
	codes []string
}

func (l *emptying) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if due, known := l.owed[r.Token]; known {
		delete(l.owed, r.Token)
		return launch.Result{Instances: due}, nil
	}
	var out launch.Result
	k := r.Offering()
	for range r.Nodes() {
		if l.left[k.Zone] <= 0 {
			out.Failures = append(out.Failures, launch.Failure{Offering: k, Code: l.codes[l.rand.IntN(len(l.codes))]})
			break
		}
		l.left[k.Zone]--
		l.ids++
		out.Instances = append(out.Instances, launch.Instance{ID: fmt.Sprint("i-", l.ids), Offering: k})
	}
	if len(out.Instances) > 0 && len(out.Failures) == 0 && l.rand.Float64() < l.slow {
		l.owed[r.Token] = out.Instances // accepted, and delivered later
		return launch.Result{}, context.DeadlineExceeded
	}
	return out, nil
}

// TestEmptyZones: zones that are empty from the start, that empty one after the other,
// and launchers that deliver late. What waits is placed with what was bought, and no node
// that was bought stays empty while a pod waits that may go there: accounted checks it.
func TestEmptyZones(t *testing.T) {
	endings, empty := map[launch.Ending]int{}, 0
	for seed := range *markets {
		r := rand.New(rand.NewPCG(uint64(seed), 16))
		p := spreading(r)
		plan, err := solver.Solver{Work: 1}.Solve(context.Background(), p)
		require.NoError(t, err)
		l := &emptying{rand: r, left: map[string]int{}, owed: map[string][]launch.Instance{}, slow: r.Float64() / 2, codes: []string{"InsufficientInstanceCapacity", "InsufficientInstanceCapacity", "ReservationCapacityExceeded"}}
		for _, zone := range []string{"a", "b", "c"} {
			l.left[zone] = max(0, r.IntN(8)-2)
		}
		run := runner(l)
		run.Solver.Work = 1
		out, err := run.Run(context.Background(), p, plan)
		require.NoError(t, err, "market %d", seed)
		endings[out.Ended]++
		empty += len(out.Empty)
		accounted(marked{t, seed}, p, plan, out)
	}
	t.Logf("%v, empty nodes: %d", endings, empty)
}

// marked is a test that names the market where it fails.
type marked struct {
	*testing.T
	seed int
}

func (m marked) Errorf(format string, args ...any) {
	m.T.Errorf("market %d: "+format, append([]any{m.seed}, args...)...)
}

// TestOneEmptyZone: nine pods over three zones, one of them empty as it turns out, are
// five and four on what can be bought.
func TestOneEmptyZone(t *testing.T) {
	p := shop(9)
	for _, it := range p.Catalog {
		it.Offerings = append(it.Offerings, catalog.Offering{Zone: "c", CapacityType: catalog.Spot, Price: it.Offerings[1].Price})
	}
	web := p.Workloads[0].Pod
	web.Labels = map[string]string{"app": "web"}
	web.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule,
		LabelSelector: &metav1.LabelSelector{MatchLabels: web.Labels},
	}}
	_, out := ran(t, runner(&launchtest.Market{Offerings: []launchtest.MarketEntry{{Zone: "c", Left: 0}}}), p)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Empty(t, out.Empty)
	in := map[string]int{}
	for _, l := range out.Launched {
		for _, on := range l.Launch.Pods {
			in[l.Launch.Offering.Zone] += on.Count
		}
	}
	require.ElementsMatch(t, []int{4, 5}, []int{in["a"], in["b"]})
}

// TestNotAllowed: where all that is tried is not allowed, the outcome names the code, and
// no time to try again.
func TestNotAllowed(t *testing.T) {
	p := shop(3)
	p.Catalog = p.Catalog[:1]
	p.Catalog[0].Offerings = p.Catalog[0].Offerings[:1]
	l := answering(func(r launch.Request) launch.Result {
		return launch.Result{Failures: []launch.Failure{{Offering: r.Offering(), Code: "UnauthorizedOperation"}}}
	})
	_, out := ran(t, runner(l), p)
	require.Equal(t, launch.Stopped, out.Ended)
	require.Equal(t, "UnauthorizedOperation", out.Code)
	require.Zero(t, out.RetryAfter)
	require.True(t, out.Unplaced[0].Reasons[0].Temporary() || out.Unplaced[0].Reasons[0].Reason == binpack.NoAvailableOffering)
}

type answering func(launch.Request) launch.Result

func (l answering) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	return l(r), nil
}

// TestGated: a pod that waits for a gate holds nothing up, and is told of.
func TestGated(t *testing.T) {
	p := shop(3)
	gated := pod("later", "1")
	gated.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "quota"}}
	p.Pods = append(p.Pods, gated)
	_, out := ran(t, runner(&launchtest.Market{}), p)
	require.Equal(t, launch.AllPlaced, out.Ended)
	require.Len(t, out.Unplaced, 1)
	require.Equal(t, binpack.SchedulingGated, out.Unplaced[0].Reasons[0].Reason)
	require.Zero(t, out.RetryAfter)
}

// TestNodeForNobody: a node that came in place of another stays empty where the only pod
// that waits may go to no node at all.
func TestNodeForNobody(t *testing.T) {
	p := shop(0)
	web, odd := pod("web", "1"), pod("odd", "1")
	web.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "a"}
	odd.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "accelerator"}} // not modelled
	p.Pods = []*corev1.Pod{web, odd}
	asked := 0
	l := answering(func(r launch.Request) launch.Result {
		if asked++; asked > 1 {
			return launch.Result{Failures: []launch.Failure{{Offering: r.Offering(), Code: "InsufficientInstanceCapacity"}}}
		}
		other := r.Offering()
		other.Zone = "b"
		return launch.Result{Instances: []launch.Instance{{ID: "i-1", Offering: other}}}
	})
	_, out := ran(t, runner(l), p)
	require.Len(t, out.Launched, 1)
	require.Empty(t, out.Launched[0].Launch.Pods)
	require.Len(t, out.Empty, 1)
	require.Len(t, out.Unplaced, 2)
}
