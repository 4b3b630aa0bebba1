package solver_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A ruling is a problem that a person can solve, and its best plan.
type ruling struct {
	problem binpack.Problem
	plan    string // as told tells it
}

// rule solves the problems, proves plans and bounds, and compares the plans.
func rule(t *testing.T, rulings map[string]ruling) {
	for name, r := range rulings {
		t.Run(name, func(t *testing.T) {
			plan, err := quick.Solve(context.Background(), r.problem)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), r.problem, plan), told(plan))
			require.NoError(t, verify.Bound(context.Background(), r.problem, plan))
			require.Equal(t, r.plan, told(plan))
		})
	}
}

// told tells a plan in one line: each launch by pool, type, zone and labels, each
// existing node by name, and what is left; with apps and numbers of pods.
func told(plan binpack.Plan) string {
	var parts []string
	add := func(node string, pods []binpack.Placement) {
		count := map[string]int{}
		for _, on := range pods {
			count[on.Pod.Labels["app"]] += on.Count
		}
		node += ":"
		for _, app := range slices.Sorted(maps.Keys(count)) {
			node += fmt.Sprintf(" %d %s", count[app], app)
		}
		parts = append(parts, node)
	}
	for _, l := range fold.Unfold(plan.Launches) {
		node := l.Pool + " " + l.Offering.InstanceType + " " + l.Offering.Zone
		for _, key := range slices.Sorted(maps.Keys(l.Labels)) {
			node += " " + key + "=" + l.Labels[key]
		}
		add(strings.Join(strings.Fields(node), " "), l.Pods)
	}
	for _, n := range plan.Nominations {
		add(n.Node.Name, n.Pods)
	}
	slices.Sort(parts)
	var left []string
	for _, u := range plan.Unschedulable {
		left = append(left, fmt.Sprintf("%d %s", u.Count, u.Pod.Labels["app"]))
	}
	slices.Sort(left)
	if len(left) > 0 {
		parts = append(parts, "left: "+strings.Join(left, ", "))
	}
	return strings.Join(parts, "; ")
}

// server is a type with cpus CPUs, sold on demand at a price in the zones; of none in one
// without a name.
func server(name string, cpus int, usd float64, zones ...string) *catalog.InstanceType {
	t := &catalog.InstanceType{Name: name, Labels: map[string]string{}, Capacity: problemtest.List("cpu", fmt.Sprint(cpus), "memory", "64Gi", "pods", "20")}
	if len(zones) == 0 {
		zones = []string{""}
	}
	for _, zone := range zones {
		t.Offerings = append(t.Offerings, ksOffering(zone, catalog.OnDemand, usd))
	}
	return t
}

// asked is a problem of pods, machines and whatever else the changes say.
func asked(machines catalog.Catalog, pods pods, changes ...ksChange) binpack.Problem {
	p := binpack.Problem{Catalog: machines, Workloads: pods}
	for _, change := range changes {
		change(&p)
	}
	problemtest.OwnKeys(&p)
	return p
}

// up adds an existing node, with room for cpus CPUs beside the pods there.
func up(name string, cpus int, labels map[string]string, there ...binpack.Workload) ksChange {
	return func(p *binpack.Problem) {
		node := foreign(name, labels)
		node.Status.Allocatable = problemtest.List("cpu", fmt.Sprint(cpus), "memory", "64Gi", "pods", "20")
		p.Existing = append(p.Existing, holding(node, there...))
	}
}

// weighing gives a pool a weight.
func weighing(weight int32) func(*binpack.Pool) {
	return func(p *binpack.Pool) { p.Weight = weight }
}

// selling gives a pool a catalog of its own.
func selling(types ...*catalog.InstanceType) func(*binpack.Pool) {
	return func(p *binpack.Pool) { p.Catalog = types }
}

// scarce limits the launches of each of the type's offerings.
func scarce(launches int, t *catalog.InstanceType) *catalog.InstanceType {
	for i := range t.Offerings {
		t.Offerings[i].Limit = launches
	}
	return t
}

// quota leaves so much of a resource for the offerings that meet the requirements.
func quota(name, left string, of ...corev1.NodeSelectorRequirement) ksChange {
	return func(p *binpack.Problem) {
		p.Quotas = append(p.Quotas, binpack.Quota{Name: fmt.Sprint(len(p.Quotas)), Requirements: of, Left: problemtest.List(name, left)})
	}
}
