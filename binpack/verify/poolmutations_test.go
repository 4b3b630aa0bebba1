package verify_test

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestVerifyRejectsPoolMutations draws plans that keep a rule of pools, gangs or
// volumes and breaks it in one way. Nothing else is broken by that.
func TestVerifyRejectsPoolMutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(poolMutations).Draw(t, "mutation")
		f := newFleet()
		breaks(t, m.name, m.want, &f.problem, &f.plan, m.build(t, f))
	})
}

// A fleet is two pools of five machines, of one to five CPUs in two zones, and
// replicas of one CPU: some are on nodes, the others are left.
type fleet struct {
	problem binpack.Problem
	plan    binpack.Plan
	web     *corev1.Pod
}

func newFleet() *fleet {
	f := &fleet{web: podOf("web", "1")}
	for cpus := 1; cpus <= 5; cpus++ {
		m := machine(fmt.Sprintf("m%d", cpus), fmt.Sprint(cpus), catalog.Price(cpus))
		m.Offerings = append(m.Offerings, m.Offerings[0])
		m.Offerings[1].Zone = "zone-b"
		f.problem.Catalog = append(f.problem.Catalog, m)
	}
	f.problem.Pools = []binpack.Pool{{Name: "first", Limits: corev1.ResourceList{}}, {Name: "second"}}
	f.problem.Workloads = []binpack.Workload{{Pod: f.web}}
	f.problem.Storage = problemtest.Storage()
	return f
}

// launch puts replicas on a new machine with cpus CPUs.
func (f *fleet) launch(pool string, cpus, replicas int) *binpack.Launch {
	f.problem.Workloads[0].Replicas += replicas
	f.plan.Cost += catalog.Price(cpus)
	f.plan.Launches = append(f.plan.Launches, binpack.Launch{
		Pool: pool, Price: catalog.Price(cpus), Pods: []binpack.Placement{{Pod: f.web, Count: replicas}},
		Offering: catalog.Key{InstanceType: fmt.Sprintf("m%d", cpus), Zone: "zone-a", CapacityType: catalog.OnDemand},
	})
	return &f.plan.Launches[len(f.plan.Launches)-1]
}

// leave leaves replicas more.
func (f *fleet) leave(replicas int) {
	f.problem.Workloads[0].Replicas += replicas
	f.plan.Unschedulable = []binpack.Unschedulable{{Pod: f.web, Count: replicas}}
}

// unplace leaves a number of the replicas of a launch.
func (f *fleet) unplace(launch, replicas int) {
	f.plan.Launches[launch].Pods[0].Count -= replicas
	f.plan.Unschedulable = append(f.plan.Unschedulable, binpack.Unschedulable{Pod: f.web, Count: replicas})
}

// place puts one replica that was left on a launch.
func (f *fleet) place(launch int) {
	f.plan.Launches[launch].Pods[0].Count++
	f.plan.Unschedulable[0].Count--
	if f.plan.Unschedulable[0].Count == 0 {
		f.plan.Unschedulable = nil
	}
}

// A poolMutation builds a fleet whose plan keeps all rules, and returns what
// breaks it.
type poolMutation struct {
	name  string
	want  binpack.Reason
	build func(*rapid.T, *fleet) func()
}

// choosing leaves tier open, and launches nodes of drawn values.
func choosing(t *rapid.T, f *fleet) []string {
	values := []string{"1", "2", "3", "4"}[:rapid.IntRange(2, 4).Draw(t, "values")]
	f.problem.Pools[0].Requirements = problemtest.In("tier", append(values, "9")...)
	f.problem.Pools[0].Requirements = append(f.problem.Pools[0].Requirements, corev1.NodeSelectorRequirement{
		Key: "tier", Operator: corev1.NodeSelectorOpLt, Values: []string{"9"},
	})
	f.problem.Pools[0].Keys = map[string][]string{"tier": nil}
	for range rapid.IntRange(1, 3).Draw(t, "launches") {
		f.launch("first", 2, 1).Labels = map[string]string{"tier": rapid.SampledFrom(values).Draw(t, "value")}
	}
	return values
}

var poolMutations = []poolMutation{
	{"another value chosen", verify.IllegalLaunch, func(t *rapid.T, f *fleet) func() {
		choosing(t, f)
		return func() {
			problemtest.SomeLaunch(t, &f.plan).Labels["tier"] = rapid.SampledFrom([]string{"9", "0", ""}).Draw(t, "other")
		}
	}},
	{"no value chosen", verify.IllegalLaunch, func(t *rapid.T, f *fleet) func() {
		choosing(t, f)
		return func() { problemtest.SomeLaunch(t, &f.plan).Labels = nil }
	}},
	{"a value of another key chosen as well", verify.IllegalLaunch, func(t *rapid.T, f *fleet) func() {
		choosing(t, f)
		return func() {
			problemtest.SomeLaunch(t, &f.plan).Labels[rapid.SampledFrom([]string{"rack", zoneKey}).Draw(t, "key")] = "zone-a"
		}
	}},
	{"a value chosen that the pods do not select", binpack.NodeAffinity, func(t *rapid.T, f *fleet) func() {
		values := choosing(t, f)
		for i := range f.plan.Launches {
			f.plan.Launches[i].Labels["tier"] = values[0]
		}
		f.web.Spec.NodeSelector = map[string]string{"tier": values[0]}
		return func() { problemtest.SomeLaunch(t, &f.plan).Labels["tier"] = values[1] }
	}},

	{"a launch moved to a pool of lower weight", binpack.PoolWeight, func(t *rapid.T, f *fleet) func() {
		heavy := rapid.IntRange(1, 3).Draw(t, "launches of higher weight")
		f.problem.Pools[0].Weight = rapid.Int32Range(1, 100).Draw(t, "weight")
		f.problem.Pools[0].Limits["nodes"] = *resource.NewQuantity(int64(heavy), resource.DecimalSI)
		for range heavy {
			f.launch("first", rapid.IntRange(1, 5).Draw(t, "cpus"), 1)
		}
		f.launch("second", 2, 2)
		return func() { f.plan.Launches[rapid.IntRange(0, heavy-1).Draw(t, "launch")].Pool = "second" }
	}},
	{"a pool of higher weight with a launch less", binpack.PoolWeight, func(t *rapid.T, f *fleet) func() {
		f.problem.Pools[0].Weight = 1
		f.problem.Availability = only(1)
		for cpus := 1; cpus <= 5; cpus++ {
			f.launch("first", cpus, 1)
			zoneB := f.launch("first", cpus, 1)
			zoneB.Offering.Zone = "zone-b"
		}
		rest := machine("rest", "3", 1)
		f.problem.Pools[1].Catalog = catalog.Catalog{rest}
		l := f.launch("second", 1, 2)
		l.Offering.InstanceType = "rest"
		return func() {
			i := rapid.IntRange(0, 9).Draw(t, "launch")
			f.plan.Cost -= f.plan.Launches[i].Price
			f.plan.Unschedulable = []binpack.Unschedulable{{Pod: f.web, Count: 1}}
			f.plan.Launches = append(f.plan.Launches[:i:i], f.plan.Launches[i+1:]...)
		}
	}},

	{"a pod more, and a type less that holds them", binpack.MinValues, func(t *rapid.T, f *fleet) func() {
		types := rapid.IntRange(2, 5).Draw(t, "types")
		f.problem.Pools[0].MinValues = map[string]int{corev1.LabelInstanceTypeStable: types}
		f.launch("first", 5, 6-types)
		f.leave(rapid.IntRange(1, 3).Draw(t, "left"))
		return func() { f.place(0) }
	}},
	{"a zone less that the pods select", binpack.MinValues, func(t *rapid.T, f *fleet) func() {
		f.problem.Pools[0].MinValues = map[string]int{zoneKey: 2}
		f.launch("first", rapid.IntRange(1, 5).Draw(t, "cpus"), 1)
		return func() { f.web.Spec.NodeSelector = map[string]string{zoneKey: "zone-a"} }
	}},

	{"some of a gang taken off their node", binpack.Gang, func(t *rapid.T, f *fleet) func() {
		f.problem.GangLabel = "job"
		f.web.Labels = map[string]string{"job": "1"}
		for range rapid.IntRange(1, 3).Draw(t, "launches") {
			f.launch("first", 5, 5)
		}
		return func() { f.unplace(0, rapid.IntRange(1, 4).Draw(t, "taken off")) }
	}},
	{"one of a gang placed", binpack.Gang, func(t *rapid.T, f *fleet) func() {
		f.problem.GangLabel = "job"
		f.web.Labels = map[string]string{"job": "1"}
		f.leave(rapid.IntRange(2, 5).Draw(t, "left"))
		other := podOf("other", "1")
		f.problem.Pods = []*corev1.Pod{other}
		f.launch("first", 2, 0).Pods[0] = binpack.Placement{Pod: other, Count: 1}
		return func() {
			f.plan.Launches[0].Pods = append(f.plan.Launches[0].Pods, binpack.Placement{Pod: f.web, Count: 1})
			f.plan.Unschedulable[0].Count--
		}
	}},

	{"a launch in a zone from which the volume is not reached", binpack.VolumeZone, func(t *rapid.T, f *fleet) func() {
		mounts(f.web, rapid.SampledFrom([]string{"bound-zone-a", "waits-zone-a"}).Draw(t, "claim"))
		for range rapid.IntRange(1, 3).Draw(t, "launches") {
			f.launch("first", 2, 1)
		}
		return func() { problemtest.SomeLaunch(t, &f.plan).Offering.Zone = "zone-b" }
	}},
	{"a volume more than can be attached", binpack.InsufficientResources, func(t *rapid.T, f *fleet) func() {
		problemtest.MountsOwn(f.web, "anywhere")
		most := rapid.IntRange(1, 4).Draw(t, "volumes")
		f.problem.Catalog[4].Capacity["attachable-volumes-csi-ebs"] = *resource.NewQuantity(int64(most), resource.DecimalSI)
		f.launch("first", 5, most)
		f.leave(1)
		return func() { f.place(0) }
	}},
}
