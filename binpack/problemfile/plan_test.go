package problemfile_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

// plans draws plans for p, sensible or not.
func plans(p binpack.Problem) *rapid.Generator[binpack.Plan] {
	return rapid.Custom(func(t *rapid.T) binpack.Plan {
		pods := append([]*corev1.Pod{}, p.Pods...)
		for _, w := range p.Workloads {
			pods = append(pods, w.Pod)
		}
		pools := p.Pools
		if pools == nil {
			pools = []binpack.Pool{{}}
		}
		var plan binpack.Plan
		for _, pool := range pools {
			c := p.Catalog
			if pool.Catalog != nil {
				c = pool.Catalog
			}
			for key, o := range c.Offerings() {
				l := binpack.Launch{Pool: pool.Name, Offering: key, Price: o.Price}
				fill(t, reflect.ValueOf(&l.Labels).Elem())
				for _, pod := range pods {
					if some(t) {
						l.Pods = append(l.Pods, binpack.Placement{Pod: pod, Count: rapid.IntRange(0, 3).Draw(t, "count")})
					}
				}
				for range rapid.IntRange(0, 2).Draw(t, "launches") {
					l.Count = rapid.IntRange(0, 3).Draw(t, "nodes")
					plan.Launches = append(plan.Launches, l)
				}
			}
		}
		for _, e := range p.Existing {
			if some(t) {
				n := binpack.Nomination{Node: e.Node}
				for _, pod := range pods {
					n.Pods = append(n.Pods, binpack.Placement{Pod: pod, Count: rapid.IntRange(0, 3).Draw(t, "nominated")})
				}
				plan.Nominations = append(plan.Nominations, n)
			}
		}
		for _, pod := range pods {
			if some(t) {
				u := binpack.Unschedulable{Pod: pod, Count: rapid.IntRange(0, 3).Draw(t, "left")}
				for _, pool := range pools {
					u.Reasons = append(u.Reasons, binpack.PoolReason{Pool: pool.Name, Reason: binpack.PoolLimit})
				}
				plan.Unschedulable = append(plan.Unschedulable, u)
			}
		}
		for _, field := range []any{&plan.Cost, &plan.LowerBound, &plan.Certificate} {
			fill(t, reflect.ValueOf(field).Elem())
		}
		if len(plan.Certificate.Cuts) == 0 {
			plan.Certificate.Strongest = 0 // of no cuts none is
		}
		plan.Status = binpack.Status(rapid.IntRange(0, int(binpack.Interrupted)).Draw(t, "status"))
		return plan
	})
}

func writePlan(t require.TestingT, p binpack.Problem, plan binpack.Plan) string {
	var b bytes.Buffer
	require.NoError(t, problemfile.WritePlan(&b, p, plan))
	return b.String()
}

func TestPlanRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problems().Draw(t, "problem")
		for i := range p.Catalog { // the sum of these prices does not overflow
			for j := range p.Catalog[i].Offerings {
				p.Catalog[i].Offerings[j].Price %= 1 << 40
			}
		}
		for _, pool := range p.Pools {
			for key, o := range pool.Catalog.Offerings() {
				o.Price = catalog.Price(len(key.Zone))
			}
		}
		plan := plans(p).Draw(t, "plan")
		if len(plan.Certificate.Cuts) == 0 {
			plan.Certificate.Strongest = 0
		}
		text := writePlan(t, p, plan)
		got, err := problemfile.ReadPlan(strings.NewReader(text), p)
		require.NoError(t, err, text)
		require.Empty(t, diff(fold.Unfold(plan.Launches), fold.Unfold(got.Launches)), text)
		plan.Launches = fold.Fold(plan.Launches)
		require.Empty(t, diff(plan, got), text)
		for i, l := range got.Launches {
			for j, pl := range l.Pods {
				require.Same(t, plan.Launches[i].Pods[j].Pod, pl.Pod)
			}
		}
		for i, n := range got.Nominations {
			require.Same(t, plan.Nominations[i].Node, n.Node)
			for j, pl := range n.Pods {
				require.Same(t, plan.Nominations[i].Pods[j].Pod, pl.Pod)
			}
		}
		for i, u := range got.Unschedulable {
			require.Same(t, plan.Unschedulable[i].Pod, u.Pod)
		}

		// A plan also fits the problem as it was read from its file.
		fromFile, err := problemfile.ReadPlan(strings.NewReader(text), read(t, write(t, p)))
		require.NoError(t, err)
		require.Empty(t, diff(plan, fromFile))
	})
}

const planProblem = `{
	"pods": [{"name": "web", "count": 5}, {"name": "db"}],
	"instanceTypes": [
		{"name": "large", "allocatable": {}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 0.1}]},
		{"name": "huge", "allocatable": {}, "offerings": [{"zone": "a", "capacityType": "spot", "price": 9000000000}]}],
	"pools": [{"name": "big"}, {"name": "small", "instanceTypes": ["large"]}],
	"existingNodes": [{"name": "old"}, {"name": "older"}]
}`

func TestReadPlan(t *testing.T) {
	p := read(t, planProblem)
	plan, err := problemfile.ReadPlan(strings.NewReader(`{
		"nodes": [{"pool": "small", "instanceType": "large", "zone": "a", "capacityType": "spot", "count": 2,
			"labels": {"team": "x"}, "pods": [{"name": "web", "count": 2}, {"name": "db"}]}],
		"existing": [{"name": "older", "pods": [{"name": "web"}]}, {"name": "old", "pods": []}],
		"unscheduled": [{"name": "web", "reasons": {"small": "PoolLimit", "big": "NodeAffinity"}}]
	}`), p)
	require.NoError(t, err)
	web, db := p.Workloads[0].Pod, p.Pods[0]
	launch := binpack.Launch{
		Count:    2,
		Pool:     "small",
		Offering: catalog.Key{InstanceType: "large", Zone: "a", CapacityType: "spot"},
		Labels:   map[string]string{"team": "x"},
		Price:    100_000_000,
		Pods:     []binpack.Placement{{Pod: web, Count: 2}, {Pod: db, Count: 1}},
	}
	require.Equal(t, binpack.Plan{
		Launches: []binpack.Launch{launch},
		Nominations: []binpack.Nomination{
			{Node: p.Existing[1].Node, Pods: []binpack.Placement{{Pod: web, Count: 1}}}, {Node: p.Existing[0].Node},
		},
		Unschedulable: []binpack.Unschedulable{{Pod: web, Count: 1, Reasons: []binpack.PoolReason{
			{Pool: "big", Reason: binpack.NodeAffinity}, {Pool: "small", Reason: binpack.PoolLimit},
		}}},
		Cost: 200_000_000,
	}, plan)
}

// TestPlanCounts: a file has one entry for alike nodes that follow each other, however
// the plan counts them, and is read as one launch.
func TestPlanCounts(t *testing.T) {
	p := read(t, planProblem)
	l := binpack.Launch{Pool: "big", Offering: catalog.Key{InstanceType: "large", Zone: "a", CapacityType: "spot"}, Price: 100_000_000}
	many, other := l, l
	many.Count, many.Alternatives = 1_000_000_000, []binpack.Alternative{{Pool: "small"}}
	other.Pods = []binpack.Placement{{Pod: p.Pods[0], Count: 1}}
	plan := binpack.Plan{Launches: []binpack.Launch{l, many, l, other, l}, Cost: l.Price * 1_000_000_004}
	text := writePlan(t, p, plan)
	require.Equal(t, 1, strings.Count(text, `"count": 1000000002`))
	require.Equal(t, 1, strings.Count(text, `"name": "db"`))
	got, err := problemfile.ReadPlan(strings.NewReader(text), p)
	require.NoError(t, err)
	require.Equal(t, plan.Cost, got.Cost)
	var counts []int
	for _, l := range got.Launches {
		counts = append(counts, l.Count)
	}
	require.Equal(t, []int{1_000_000_002, 1, 1}, counts)

	none, err := problemfile.ReadPlan(strings.NewReader(`{"nodes": [{"pool": "big", "instanceType": "large", "zone": "a", "capacityType": "spot", "count": 0}]}`), p)
	require.NoError(t, err)
	require.Empty(t, none.Launches, "a count of 0 in a file is no node")
}

func TestReadPlanFaults(t *testing.T) {
	node := func(rest string) string {
		return `{"nodes": [{"pool": "big", "instanceType": "large", "zone": "a", "capacityType": "spot"` + rest + `}]}`
	}
	for _, tt := range []struct{ text, path, message string }{
		{`{"node": []}`, "node", "unknown field"},
		{`{"nodes": [{"pool": "other"}]}`, "nodes[0].pool", `no pool "other"`},
		{`{"nodes": [{}]}`, "nodes[0].pool", `no pool ""`},
		{`{"nodes": [{"pool": "small", "instanceType": "huge", "zone": "a", "capacityType": "spot"}]}`, "nodes[0]", `no instance type "huge" is offered in zone "a"`},
		{node(`, "count": -1`), "nodes[0].count", "-1 is negative"},
		{node(`, "count": 1000000000000`), "nodes[0]", "more than 2147483647 nodes"},
		{node(`, "pods": [{"name": "bd"}]`), "nodes[0].pods[0].name", `no pod "bd"`},
		{node(`, "pods": [{"name": "db", "count": -1}]`), "nodes[0].pods[0].count", "-1 is negative"},
		{`{"nodes": [{"pool": "big", "instanceType": "huge", "zone": "a", "capacityType": "spot", "count": 2}]}`, "nodes[0]", "the cost is more than"},
		{`{"unscheduled": [{"name": "x"}]}`, "unscheduled[0].name", `no pod "x"`},
		{`{"unscheduled": [{"name": "db", "reasons": {"x": "PoolLimit"}}]}`, "unscheduled[0].reasons", "names a pool that the problem has not"},
		{`{"existing": [{"pods": []}]}`, "existing[0].name", `no existing node ""`},
		{`{"existing": [{"name": "old"}, {"name": "large"}]}`, "existing[1].name", `no existing node "large"`},
		{`{"existing": [{"name": "old", "pods": [{"name": "db"}, {"name": "old"}]}]}`, "existing[0].pods[1].name", `no pod "old"`},
		{`{"existing": [{"name": "old", "count": 2}]}`, "existing[0].count", "unknown field"},
		{`{"status": "best"}`, "status", `"best" is no status`},
		{`{"cost": "1"}`, "cost", "is not a number"},
		{`{"certificate": {"cuts": [{"pods": [0.5]}]}}`, "certificate.cuts[0].pods[0]", "0.5 is not a whole number"},
	} {
		_, err := problemfile.ReadPlan(strings.NewReader(tt.text), read(t, planProblem))
		var invalid *binpack.InvalidError
		require.ErrorAs(t, err, &invalid, tt.text)
		require.Equal(t, tt.path, invalid.Path, tt.text)
		require.ErrorContains(t, invalid.Err, tt.message, tt.text)
	}
}

func TestWritePlanFaults(t *testing.T) {
	p := read(t, planProblem)
	for path, plan := range map[string]binpack.Plan{
		"Launches[0].Pods[0].Pod":    {Launches: []binpack.Launch{{Pods: []binpack.Placement{{Pod: &corev1.Pod{}, Count: 1}}}}},
		"Unschedulable[0].Pod":       {Unschedulable: []binpack.Unschedulable{{}}},
		"Nominations[1].Node":        {Nominations: []binpack.Nomination{{Node: p.Existing[0].Node}, {Node: p.Existing[0].Node.DeepCopy()}}},
		"Nominations[0].Node":        {Nominations: []binpack.Nomination{{}}},
		"Nominations[0].Pods[0].Pod": {Nominations: []binpack.Nomination{{Node: p.Existing[0].Node, Pods: []binpack.Placement{{}}}}},
		"nodes[0].pool":              {Launches: []binpack.Launch{{Pool: "other"}}},
	} {
		var b bytes.Buffer
		err := problemfile.WritePlan(&b, p, plan)
		var invalid *binpack.InvalidError
		require.ErrorAs(t, err, &invalid, path)
		require.Equal(t, path, invalid.Path)
		require.Empty(t, b.String())
	}
}

// A Problem with holes is Validate's to report; plans for it are errors too.
func TestPlanOfBrokenProblem(t *testing.T) {
	twins := []binpack.ExistingNode{{Node: &corev1.Node{}}, {Node: &corev1.Node{}}}
	for fault, p := range map[string]binpack.Problem{
		"Pods[0]: is nil":                    {Pods: []*corev1.Pod{nil}},
		"Workloads[0].Pod: is nil":           {Workloads: []binpack.Workload{{}}},
		"Existing[0].Node: is nil":           {Existing: []binpack.ExistingNode{{}}},
		`Existing[1].Node: a second node ""`: {Existing: twins},
	} {
		_, err := problemfile.ReadPlan(strings.NewReader(`{}`), p)
		require.ErrorContains(t, err, fault)
		require.ErrorContains(t, problemfile.WritePlan(&bytes.Buffer{}, p, binpack.Plan{}), fault)
	}
	_, err := problemfile.ReadPlan(strings.NewReader(`{"nodes": [{}]}`), binpack.Problem{Catalog: catalog.Catalog{nil}})
	require.ErrorContains(t, err, `no instance type ""`)
}

func FuzzReadPlan(f *testing.F) {
	p := read(f, planProblem)
	f.Add(`{"nodes": [{"pool": "big", "instanceType": "large", "zone": "a", "capacityType": "spot", "count": 3, "pods": [{"name": "web", "count": 2}]}]}`)
	f.Add(`{"unscheduled": [{"name": "db", "count": 1, "reasons": {"big": "X"}}], "cost": 1e-9, "lowerBound": 2.50, "status": "optimal"}`)
	f.Add(`{"certificate": {"cuts": [{"pods": [1], "workloads": [-2]}]}}`)
	f.Add(`{"existing": [{"name": "old", "pods": [{"name": "web", "count": 2}]}, {"name": "old", "pods": null}]}`)
	f.Add(`{"nodes": [{"pool": "big", "instanceType": "large", "zone": "a", "capacityType": "spot", "labels": {"team": "x"}, "pods": []}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := problemfile.ReadPlan(strings.NewReader(text), p)
		if err != nil {
			return
		}
		again, err := problemfile.ReadPlan(strings.NewReader(writePlan(t, p, plan)), p)
		require.NoError(t, err)
		require.Empty(t, diff(plan, again))
	})
}
