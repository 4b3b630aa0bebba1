package solver_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// ksAssorted is a type for each of 7 numbers of cpu, 8 amounts of memory, 3
// zones, 2 markets, 2 systems and 2 architectures, for which keep holds.
func ksAssorted(keep func(arch, zone string) bool) ksChange {
	var c catalog.Catalog
	for _, cpu := range []int{1, 2, 4, 8, 16, 32, 64} {
		for _, memory := range []int{1, 2, 4, 8, 16, 32, 64, 128} {
			for _, zone := range []string{"test-zone-1", "test-zone-2", "test-zone-3"} {
				for _, market := range []catalog.CapacityType{catalog.Spot, catalog.OnDemand} {
					for _, system := range []string{"linux", "windows"} {
						for _, arch := range []string{"amd64", "arm64"} {
							if !keep(arch, zone) {
								continue
							}
							t := ksType(fmt.Sprintf("%d-%d-%s-%s-%s-%s", cpu, memory, arch, system, zone, market), "cpu", fmt.Sprint(cpu),
								"memory", fmt.Sprintf("%dGi", memory))
							c = append(c, ksSold(ksLabelled(t, ksArch, arch, ksOS, system),
								catalog.Offering{Zone: zone, CapacityType: market, Price: ksPrice(t.Capacity)}))
						}
					}
				}
			}
		}
	}
	return ksCatalog(c...)
}

// TestKarpenterCheapest: the cheapest node with the labels that pool and pod
// ask for, named "pool's labels / pod's labels".
func TestKarpenterCheapest(t *testing.T) {
	all := ksAssorted(func(arch, zone string) bool { return true })
	keys := map[string]string{"amd64": ksArch, "arm64": ksArch, "linux": ksOS, "windows": ksOS, "spot": ksMarket, "on-demand": ksMarket,
		"test-zone-1": ksZone, "test-zone-2": ksZone}
	split := func(words string) (reqs []corev1.NodeSelectorRequirement, labels []string) {
		for _, word := range strings.Fields(words) {
			reqs = append(reqs, problemtest.Requirement(keys[word], "In", word))
			labels = append(labels, keys[word], word)
		}
		return reqs, labels
	}
	var rows []ksRow
	for _, name := range []string{
		"/", "/amd64", "/arm64", "amd64/", "arm64/", "windows/", "/windows", "linux/", "/linux",
		"test-zone-2/", "/test-zone-2", "spot/", "/spot", "on-demand test-zone-1/", "/spot test-zone-1", "spot/test-zone-2",
		"on-demand test-zone-1 arm64 windows/", "spot test-zone-2/amd64 linux", "/spot test-zone-2 amd64 linux",
	} {
		ofPool, ofPod, _ := strings.Cut(name, "/")
		poolReqs, poolLabels := split(ofPool)
		podReqs, podLabels := split(ofPod)
		change := problemtest.Affinity(podReqs...)
		if podReqs == nil {
			change = nil
		}
		rows = append(rows, ksRow{name, ksOne(change, all, ksRequire(poolReqs...)),
			ksAll(ksOn(0, append(poolLabels, podLabels...)...), ksCosts("0.207374182"))})
	}
	ksRun(t, rows)
}

// TestKarpenterSelections: what is not sold, how much is needed, and prices
// that only one market has.
func TestKarpenterSelections(t *testing.T) {
	arm, zone2 := problemtest.Requirement(ksArch, "In", "arm64"), problemtest.Requirement(ksZone, "In", "test-zone-2")
	amdOnly := ksAssorted(func(arch, _ string) bool { return arch == "amd64" })
	noArmInTwo := ksAssorted(func(arch, zone string) bool { return arch == "amd64" || zone != "test-zone-2" })
	priced := func(name string, onDemand, spot float64) *catalog.InstanceType {
		return ksSold(ksType(name, "cpu", "1", "memory", "1Gi"), ksOffering("test-zone-1a", catalog.OnDemand, onDemand),
			ksOffering("test-zone-1a", catalog.Spot, spot))
	}
	rows := []ksRow{
		{"no arm at all", ksOne(problemtest.Affinity(arm), amdOnly), ksStays(binpack.NodeAffinity, 0)},
		{"no arm in the pod's zone", ksOne(problemtest.Affinity(arm, zone2), noArmInTwo), ksStays(binpack.NodeAffinity, 0)},
		{"no arm of the pool's in the pod's zone", ksOne(problemtest.Affinity(zone2), noArmInTwo, ksRequire(arm)), ksStays(binpack.NodeAffinity, 0)},
		{"cheap spot where only on-demand may be", ksOne(nil,
			ksCatalog(priced("test-instance1", 1, 0.2), priced("test-instance2", 1.3, 0.1)), ksRequire(problemtest.Requirement(ksMarket, "In", "on-demand"))),
			ksOn(0, ksName, "test-instance1")},
	}
	some := ksAssorted(func(arch, zone string) bool { return arch == "amd64" && zone == "test-zone-1" })
	for _, cpu := range []string{"0.1", "1", "2", "2.5", "4", "8", "16"} {
		for _, memory := range []string{"0.1Gi", "1Gi", "2Gi", "4Gi", "8Gi", "16Gi", "32Gi"} {
			rows = append(rows, ksRow{"three pods of " + cpu + " and " + memory,
				ksProblem(some, ksCopies(3, problemtest.Pod(problemtest.List("cpu", cpu, "memory", memory)))), ksLaunches(1)})
		}
	}
	ksRun(t, rows)
}

// TestKarpenterMinValues: a launch has to leave enough types to choose from; each could
// hold its pods.
func TestKarpenterMinValues(t *testing.T) {
	const generation = "karpenter/numerical-value"
	spot := func(name, size string, usd float64, labels ...string) *catalog.InstanceType {
		return ksSold(ksLabelled(ksType(name, "cpu", size, "memory", size+"Gi"), labels...), ksOffering("test-zone-1-spot", catalog.Spot, usd))
	}
	least := func(key string, n int) ksChange {
		return ksEdit(func(p *binpack.Pool) {
			if p.MinValues == nil {
				p.MinValues = map[string]int{}
			}
			p.MinValues[key] = n
		})
	}
	two := func(changes ...ksChange) binpack.Problem {
		return ksProblem(append(changes, ksCopies(2, problemtest.Pod(problemtest.List("cpu", "0.9", "memory", "0.9Gi"))))...)
	}
	twoTypes := ksCatalog(spot("type-1", "1", 0.52), spot("type-2", "4", 1))
	onType := func(op corev1.NodeSelectorOperator, values ...string) ksChange {
		return ksRequire(problemtest.Requirement(ksName, op, values...))
	}
	generations := ksCatalog(spot("type-1", "1", 0.52, generation, "2"), spot("type-2", "1", 1, generation, "3"),
		spot("type-3", "4", 1.2, generation, "4"), spot("type-4", "4", 1.2, generation, "5"))
	newer := problemtest.Affinity(problemtest.Requirement(generation, "Gt", "2"))
	both := problemtest.Pod(problemtest.List("cpu", "0.9", "memory", "0.9Gi"), newer)
	eachAlone := ksAll(ksLaunches(2), ksApart(0, 1))
	ten := ksSizes(10)
	ksRun(t, []ksRow{
		{"two types, one of them with room for both pods", two(twoTypes, onType("In", "type-1", "type-2"), least(ksName, 2)), eachAlone},
		{"without it both pods share a node", two(twoTypes, onType("In", "type-1", "type-2")), ksAll(ksLaunches(1), ksOn(0, ksName, "type-2"))},
		{"two generations above a bound", two(generations, ksRequire(problemtest.Requirement(generation, "Gt", "2"), problemtest.Requirement(generation, "Lt", "5")),
			least(generation, 2)), eachAlone},
		{"too few generations for the pods", ksProblem(ksCatalog(spot("type-1", "1", 0.52, generation, "2"),
			spot("type-2", "4", 1, generation, "3")), ksRequire(problemtest.Requirement(generation, "Exists")), least(generation, 2), ksCopies(2, both)),
			ksStays(binpack.MinValues, 0, 1)},
		{"two generations below a bound", two(ksCatalog(spot("type-1", "1", 0.52, generation, "2"), spot("type-2", "2", 1, generation, "3"),
			spot("type-3", "4", 1.2, generation, "4")),
			ksRequire(problemtest.Requirement(generation, "Lt", "4")), least(generation, 2)), eachAlone},
		{"too few generations below a bound", two(ksCatalog(spot("type-1", "2", 0.52, generation, "2"),
			spot("type-2", "4", 1.2, generation, "4")), ksRequire(problemtest.Requirement(generation, "Lt", "4")), least(generation, 2)),
			ksStays(binpack.MinValues, 0, 1)},
		{"a generation above a bound, and no upper one",
			two(ksCatalog(spot("type-1", "1", 0.52, generation, "2"), spot("type-2", "1", 1, generation, "3"),
				spot("type-3", "4", 1.2, generation, "4")),
				ksRequire(problemtest.Requirement(generation, "Gt", "2")), least(generation, 2)), eachAlone},
		{"In and NotIn", two(ksCatalog(spot("type-1", "1", 0.52), spot("type-2", "2", 1), spot("type-3", "4", 1.2)),
			onType("In", "type-1", "type-2", "type-3"), onType("NotIn", "type-3"), least(ksName, 2)), eachAlone},
		{"more types than are sold", ksOne(nil, ksCatalog(ten...), onType("Exists"), least(ksName, 11)), ksStays(binpack.MinValues, 0)},
		{"as many types as are sold", ksOne(nil, ksCatalog(ten...), onType("Exists"), least(ksName, 10)), ksLaunches(1)},
		{"Exists and In", two(twoTypes, onType("Exists"), onType("In", "type-1", "type-2"), least(ksName, 2)), eachAlone},
		{"two keys at once", two(ksCatalog(spot("type-1", "1", 0.52, ksArch, "arm64"), spot("type-2", "4", 1)),
			onType("In", "type-1", "type-2"), least(ksArch, 2), least(ksName, 1)), eachAlone},
	})
}

// TestKarpenterPoolsThatLeaveNothing: requirements that no type meets.
func TestKarpenterPoolsThatLeaveNothing(t *testing.T) {
	ksRun(t, []ksRow{
		{"a type", ksProblem(ksRequire(problemtest.Requirement(ksName, "In", "none")), ksUp("up", "small-instance-type", "test-zone-1"),
			ksPods(problemtest.Pod(problemtest.List("cpu", "32", "memory", "256Gi")))), ksStays(binpack.NoAvailableOffering, 0)},
		{"an architecture, and three pods", ksProblem(ksRequire(problemtest.Requirement(ksArch, "In", "none")), ksCopies(3, problemtest.Pod(nil))),
			ksStays(binpack.NoAvailableOffering, 0, 1, 2)},
		{"two that contradict each other", ksOne(nil, ksRequire(problemtest.Requirement(ksArch, "In", "amd64"), problemtest.Requirement(ksArch, "In", "arm64"))),
			ksStays(binpack.NoAvailableOffering, 0)},
		{"zones", ksOne(nil, ksRequire(problemtest.Requirement(ksZone, "In", "none-1", "none-2"))), ksStays(binpack.NoAvailableOffering, 0)},
	})
}

// TestKarpenterDevices: requests for devices are not modelled.
func TestKarpenterDevices(t *testing.T) {
	devices := func(of func(*corev1.PodSpec) *corev1.Container) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) {
			s.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu"}}
			of(s).Resources.Claims = []corev1.ResourceClaim{{Name: "gpu"}}
		}
	}
	container := devices(func(s *corev1.PodSpec) *corev1.Container { return &s.Containers[0] })
	initial := devices(func(s *corev1.PodSpec) *corev1.Container { return &s.InitContainers[0] })
	one, half := problemtest.List("cpu", "1"), ksInit("cpu", "500m")
	pods := ksPods(problemtest.Pod(one, container), problemtest.Pod(one, half, initial), problemtest.Pod(one, container, half, initial), problemtest.Pod(one))
	ksRun(t, []ksRow{{"of containers and init containers", ksProblem(pods), ksAll(ksStays(binpack.Unsupported, 0, 1, 2), ksOn(3, ksArch, "amd64"))}})
}
