package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// verified checks that Verify finds the one rule that a case breaks, or none
// for "".
func verified(t *testing.T, c *verifyCase, want binpack.Reason) {
	t.Helper()
	problemtest.OwnKeys(&c.problem)
	err := verify.Plan(context.Background(), c.problem, c.plan)
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.Contains(t, problemtest.Reasons(err), want, "%v", err)
	for _, r := range problemtest.Reasons(err) {
		require.Equal(t, want, r, "%v", err)
	}
}

// heavy adds a pool of higher weight without rules, and leaves launches of all
// offerings.
func (c *verifyCase) heavy() *binpack.Pool {
	c.problem.Catalog[0].Offerings[0].Limit = 0
	c.problem.Pools = append(c.problem.Pools, binpack.Pool{Name: "heavy", Weight: 3, Limits: corev1.ResourceList{}})
	return &c.problem.Pools[1]
}

// machine is an instance type of one offering.
func machine(name, cpu string, price catalog.Price) *catalog.InstanceType {
	return &catalog.InstanceType{
		Name: name, Capacity: corev1.ResourceList{"cpu": resource.MustParse(cpu)},
		Offerings: []catalog.Offering{{Zone: "zone-a", CapacityType: catalog.OnDemand, Price: price}},
	}
}

func TestVerifyHoldsWeights(t *testing.T) {
	for name, test := range map[string]struct {
		want binpack.Reason
		set  func(*verifyCase)
	}{
		"a pool of higher weight": {binpack.PoolWeight, func(c *verifyCase) { c.heavy() }},
		"of equal weight":         {"", func(c *verifyCase) { c.heavy().Weight = 0 }},
		"of lower weight":         {"", func(c *verifyCase) { c.heavy().Weight = -1 }},
		"both of some weight":     {binpack.PoolWeight, func(c *verifyCase) { c.heavy(); c.problem.Pools[0].Weight = 2 }},
		"dearer, to no avail":     {binpack.PoolWeight, func(c *verifyCase) { c.heavy().Catalog = catalog.Catalog{machine("dear", "9", 1_000)} }},
		"with another taint": {"", func(c *verifyCase) {
			c.heavy().Taints = []corev1.Taint{{Key: "team", Value: "y", Effect: corev1.TaintEffectNoSchedule}}
		}},
		"with a taint that is shunned": {binpack.PoolWeight, func(c *verifyCase) {
			c.heavy().Taints = []corev1.Taint{{Key: "team", Value: "y", Effect: corev1.TaintEffectPreferNoSchedule}}
		}},
		"that launches nothing":   {"", func(c *verifyCase) { c.heavy().Requirements = problemtest.In(corev1.LabelArchStable, "arm64") }},
		"of nothing available":    {"", func(c *verifyCase) { c.heavy().Requirements = problemtest.In(corev1.LabelTopologyZone, "zone-b") }},
		"of small machines":       {"", func(c *verifyCase) { c.heavy().Catalog = catalog.Catalog{machine("small", "400m", 1)} }},
		"of machines for one pod": {binpack.PoolWeight, func(c *verifyCase) { c.heavy().Catalog = catalog.Catalog{machine("small", "1", 1)} }},
		"full of daemons": {"", func(c *verifyCase) {
			c.heavy().Labels = map[string]string{"pool": "heavy"}
			c.daemon("1500m").Spec.NodeSelector = map[string]string{"pool": "heavy"}
		}},
		"that leaves too few to choose from": {"", func(c *verifyCase) { c.heavy().MinValues = map[string]int{corev1.LabelInstanceTypeStable: 2} }},
		"that leaves enough for one pod": {binpack.PoolWeight, func(c *verifyCase) {
			p := c.heavy()
			p.MinValues = map[string]int{corev1.LabelInstanceTypeStable: 2}
			p.Catalog = catalog.Catalog{machine("small", "1", 1), machine("large", "2", 2)}
		}},
		"that leaves enough, but none for it": {"", func(c *verifyCase) {
			p := c.heavy()
			p.MinValues = map[string]int{corev1.LabelInstanceTypeStable: 2}
			p.Catalog = catalog.Catalog{machine("small", "400m", 1), machine("large", "2", 2)}
		}},

		"at its limit":            {"", func(c *verifyCase) { c.heavy().Limits["nodes"] = resource.MustParse("0") }},
		"below its limit":         {binpack.PoolWeight, func(c *verifyCase) { c.heavy().Limits["nodes"] = resource.MustParse("1") }},
		"just below its limit":    {"", func(c *verifyCase) { c.heavy().Limits["cpu"] = resource.MustParse("1999m") }},
		"limits of what none has": {binpack.PoolWeight, func(c *verifyCase) { c.heavy().Limits["nvidia.com/gpu"] = resource.MustParse("0") }},
		"at its limit with the plan's": {"", func(c *verifyCase) {
			c.heavy().Limits["cpu"] = resource.MustParse("2")
			c.plan.Launches[1].Pool = "heavy"
		}},
		"below its limit with the plan's": {binpack.PoolWeight, func(c *verifyCase) {
			c.heavy().Limits["cpu"] = resource.MustParse("4")
			c.plan.Launches[1].Pool = "heavy"
		}},
		"quota used up":     {"", func(c *verifyCase) { c.heavy(); c.quota("cpu", "5") }},
		"quota not used up": {binpack.PoolWeight, func(c *verifyCase) { c.heavy(); c.quota("cpu", "6") }},
		"quota of other zones": {binpack.PoolWeight, func(c *verifyCase) {
			c.heavy()
			c.quota("cpu", "5").Requirements = problemtest.In(corev1.LabelTopologyZone, "zone-b")
			c.quota("nodes", "0").Requirements = problemtest.In(corev1.LabelTopologyZone, "zone-b")
		}},

		"no launches left": {"", func(c *verifyCase) { c.heavy(); c.problem.Availability = only(2) }},
		"one launch left":  {binpack.PoolWeight, func(c *verifyCase) { c.heavy(); c.problem.Availability = only(3) }},
		"none left but a dearer": {binpack.PoolWeight, func(c *verifyCase) {
			c.heavy()
			c.problem.Catalog[0].Offerings[0].Limit = 2
			c.problem.Catalog = append(c.problem.Catalog, machine("dear", "9", 1_000))
		}},
		"the cheapest at its limit, not the others": {"", func(c *verifyCase) {
			p := c.heavy()
			p.Catalog = catalog.Catalog{machine("cheap", "9", 90), machine("dear", "4", 100)}
			p.Limits["cpu"] = resource.MustParse("5")
		}},
		"the cheapest below its limit": {binpack.PoolWeight, func(c *verifyCase) {
			p := c.heavy()
			p.Catalog = catalog.Catalog{machine("cheap", "4", 90), machine("dear", "9", 100)}
			p.Limits["cpu"] = resource.MustParse("5")
		}},
		"one of the cheapest below": {binpack.PoolWeight, func(c *verifyCase) {
			p := c.heavy()
			p.Catalog = catalog.Catalog{machine("large", "9", 90), machine("small", "4", 90)}
			p.Limits["cpu"] = resource.MustParse("5")
		}},
		"the cheapest too small": {binpack.PoolWeight, func(c *verifyCase) {
			p := c.heavy()
			p.Catalog = catalog.Catalog{machine("tiny", "400m", 1), machine("small", "4", 90)}
			p.Limits["cpu"] = resource.MustParse("5")
		}},
		"value that the pods select": {binpack.PoolWeight, func(c *verifyCase) {
			c.heavy().Requirements = problemtest.In("tier", "1", "2")
			c.pods[1].Spec.NodeSelector = map[string]string{"tier": "2"}
			c.problem.Pools[0].Labels = map[string]string{"rack": "1"}
			c.problem.Pools[0].Requirements = problemtest.In("tier", "2")
			c.plan.Launches[0].Labels, c.plan.Launches[1].Labels = map[string]string{"tier": "2"}, map[string]string{"tier": "2"}
		}},
		"values that no pod selects": {"", func(c *verifyCase) {
			c.heavy().Requirements = problemtest.In("tier", "1", "2")
			c.open("3", "3")
			for _, pod := range append(c.pods, c.template) {
				pod.Spec.NodeSelector = map[string]string{"tier": "3"}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			test.set(c)
			verified(t, c, test.want)
		})
	}
}

// TestVerifySaysWhoIsInTheWrongPool: only the pod that the small machine holds.
func TestVerifySaysWhoIsInTheWrongPool(t *testing.T) {
	c := newVerifyCase()
	c.heavy().Catalog = catalog.Catalog{machine("small", "500m", 1)}
	require.EqualError(t, verify.Plan(context.Background(), c.problem, c.plan),
		`Launches[1]: PoolWeight: pod default/b: Pools[0].weight: pool "heavy" must launch small in zone-a for it first`)
}

// choice adds a machine that no rule keeps the pool from.
func (c *verifyCase) choice(cpu string) *catalog.InstanceType {
	other := machine("other", cpu, 500)
	c.problem.Catalog = append(c.problem.Catalog, other)
	return other
}

func (c *verifyCase) leastValues(key string, n int) {
	c.problem.Pools[0].MinValues = map[string]int{key: n}
}

func TestVerifyHoldsMinValues(t *testing.T) {
	const types, zones = corev1.LabelInstanceTypeStable, corev1.LabelTopologyZone
	for name, test := range map[string]struct {
		want binpack.Reason
		set  func(*verifyCase)
	}{
		"one type of one":           {"", func(c *verifyCase) { c.leastValues(types, 1) }},
		"two types of one":          {binpack.MinValues, func(c *verifyCase) { c.leastValues(types, 2) }},
		"two types of two":          {"", func(c *verifyCase) { c.leastValues(types, 2); c.choice("4") }},
		"by the old name":           {"", func(c *verifyCase) { c.leastValues("beta.kubernetes.io/instance-type", 2); c.choice("4") }},
		"three types of two":        {binpack.MinValues, func(c *verifyCase) { c.leastValues(types, 3); c.choice("4") }},
		"the other is too small":    {binpack.MinValues, func(c *verifyCase) { c.leastValues(types, 2); c.choice("1700m") }},
		"the other just holds them": {"", func(c *verifyCase) { c.leastValues(types, 2); c.choice("1900m") }},
		"the other holds each": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("1899m")
		}},
		"the other is not available": {binpack.MinValues, func(c *verifyCase) { c.leastValues(types, 2); c.choice("4").Offerings[0].Unavailable = true }},
		"launches of it are used up": {"", func(c *verifyCase) { c.leastValues(types, 1); c.problem.Availability = only(2) }},
		"the pool bars the other":    {binpack.MinValues, func(c *verifyCase) { c.leastValues(types, 2); c.choice("4"); c.require(types, "NotIn", "other") }},
		"a daemon fills the other": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("4")
			c.daemon("4").Spec.NodeSelector = map[string]string{types: "other"}
		}},
		"a daemon has the port there": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("4")
			daemon := c.daemon("1m")
			daemon.Spec.NodeSelector = map[string]string{types: "other"}
			onPort(daemon, "", 80)
			onPort(c.pods[1], "", 80)
		}},
		"a pod refuses the other": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("4")
			c.pods[1].Spec.NodeSelector = map[string]string{types: "m"}
		}},
		"two keys, one short": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("4")
			c.problem.Pools[0].MinValues[zones] = 2
		}},
		"a zone that a pod refuses": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(zones, 2)
			c.problem.Catalog[0].Offerings[1].Unavailable = false
		}},
		"two zones": {"", func(c *verifyCase) {
			c.leastValues(zones, 2)
			c.problem.Catalog[0].Offerings[1].Unavailable = false
			c.pods[0].Spec.NodeSelector = nil
		}},
		"values to choose": {"", func(c *verifyCase) { c.open("1", "2"); c.leastValues("tier", 3) }},
		"values that a pod refuses": {binpack.MinValues, func(c *verifyCase) {
			c.open("1", "2")
			c.leastValues("tier", 2)
			c.pods[1].Spec.NodeSelector = map[string]string{"tier": "2"}
		}},
		"more values than may be": {binpack.MinValues, func(c *verifyCase) { c.open("1", "2"); c.leastValues("tier", 4) }},
		"another pool's values": {"", func(c *verifyCase) {
			c.problem.Pools = append(c.problem.Pools, binpack.Pool{Name: "p", MinValues: map[string]int{types: 9}})
		}},
		"another pool's machines": {binpack.MinValues, func(c *verifyCase) {
			c.leastValues(types, 2)
			c.problem.Pools = append(c.problem.Pools, binpack.Pool{Name: "p", Catalog: catalog.Catalog{c.choice("4")}})
			c.problem.Catalog = c.problem.Catalog[:1]
		}},
		"an offering of its own size": {"", func(c *verifyCase) {
			c.leastValues(types, 2)
			c.choice("1").Offerings[0].Allocatable = corev1.ResourceList{"cpu": resource.MustParse("2")}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			test.set(c)
			verified(t, c, test.want)
		})
	}
}

func TestVerifySaysWhatIsMissingToChoose(t *testing.T) {
	c := newVerifyCase()
	c.leastValues(corev1.LabelInstanceTypeStable, 2)
	c.choice("1700m")
	require.EqualError(t, verify.Plan(context.Background(), c.problem, c.plan),
		"Launches[1]: MinValues: Pools[0].minValues[node.kubernetes.io/instance-type]: 1 to choose from, least is 2")
}

// TestVerifyBoundKnowsPools: five pods of 700m need three nodes of two each at
// 96, 288 together, and more by the rules of pools.
func TestVerifyBoundKnowsPools(t *testing.T) {
	dear := func(limit int) catalog.Catalog {
		dear := machine("dear", "1950m", 200)
		dear.Offerings[0].Limit = limit
		return catalog.Catalog{dear}
	}
	for name, test := range map[string]struct {
		bound catalog.Price
		set   func(*binpack.Problem, *corev1.Pod)
	}{
		"no rule": {288, func(*binpack.Problem, *corev1.Pod) {}},

		"dear pool of equal weight": {288, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Catalog: dear(0)})
		}},
		"dear pool of higher weight": {600, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0)})
		}},
		"with few launches": {600, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(9)})
		}},
		"with a limit": {600, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0), Limits: corev1.ResourceList{"cpu": resource.MustParse("90")}})
		}},
		"with a limit of what none has": {600, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0), Limits: corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("0")}})
		}},
		"that leaves too few to choose from": {288, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0), MinValues: map[string]int{corev1.LabelInstanceTypeStable: 2}})
		}},
		"under a quota": {600, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0)})
			p.Quotas = []binpack.Quota{{Name: "q", Requirements: problemtest.In(corev1.LabelInstanceTypeStable, "dear"), Left: corev1.ResourceList{"nodes": resource.MustParse("90")}}}
		}},
		"a cheaper one under a quota": {300, func(p *binpack.Problem, _ *corev1.Pod) {
			cheaper := machine("cheaper", "1950m", 100)
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: append(dear(0), cheaper)})
			p.Quotas = []binpack.Quota{{Name: "q", Requirements: problemtest.In(corev1.LabelInstanceTypeStable, "cheaper"), Left: corev1.ResourceList{"nodes": resource.MustParse("90")}}}
		}},
		"with a taint": {288, func(p *binpack.Problem, _ *corev1.Pod) {
			taints := []corev1.Taint{{Key: "only", Effect: corev1.TaintEffectNoSchedule}}
			p.Pools = append(p.Pools, binpack.Pool{Name: "heavy", Weight: 1, Catalog: dear(0), Taints: taints})
		}},

		"a value for all": {288, func(p *binpack.Problem, _ *corev1.Pod) { p.Pools[0].Requirements = problemtest.In("tier", "1", "2") }},
		"a value with daemons": {480, func(p *binpack.Problem, web *corev1.Pod) {
			p.Pools[0].Requirements = problemtest.In("tier", "1", "2")
			p.DaemonPods = []*corev1.Pod{podOf("agent", "600m")}
			p.DaemonPods[0].Spec.NodeSelector = map[string]string{"tier": "2"}
			web.Spec.NodeSelector = map[string]string{"tier": "2"}
		}},
		"another value with daemons": {288, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Pools[0].Requirements = problemtest.In("tier", "2", "1")
			p.DaemonPods = []*corev1.Pod{podOf("agent", "600m")}
			p.DaemonPods[0].Spec.NodeSelector = map[string]string{"tier": "2"}
		}},
		"a value that dear ones have": {600, func(p *binpack.Problem, web *corev1.Pod) {
			p.Pools[0].Requirements = problemtest.In("tier", "1", "2")
			p.Pools = append(p.Pools, binpack.Pool{Name: "other", Catalog: dear(0), Requirements: problemtest.In("tier", "3")})
			web.Spec.NodeSelector = map[string]string{"tier": "3"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			p.Catalog[0].Capacity["cpu"] = resource.MustParse("2")
			test.set(&p, p.Workloads[0].Pod)
			problemtest.OwnKeys(&p)
			plan.Cost, plan.Status = 1_000, binpack.WorkLimit
			plan.LowerBound = test.bound
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			plan.LowerBound++
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}

// TestVerifyBoundSharesLaunchesBetweenValues: of an offering that can be
// launched twice there are two nodes, whatever values they have.
func TestVerifyBoundSharesLaunchesBetweenValues(t *testing.T) {
	p, plan := oneKind()
	p.Pools[0].Requirements = problemtest.In("tier", "1", "2")
	p.Pods = []*corev1.Pod{podOf("one", "0"), podOf("two", "0")}
	p.Pods[0].Spec.NodeSelector = map[string]string{"tier": "1"}
	p.Pods[1].Spec.NodeSelector = map[string]string{"tier": "2"}
	p.Availability = only(2)
	problemtest.OwnKeys(&p)
	require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)

	plan.Unschedulable = []binpack.Unschedulable{{Pod: p.Workloads[0].Pod, Count: 1}}
	plan.Cost, plan.LowerBound = 192, 192
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
