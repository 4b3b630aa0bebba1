package solver_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// ksAllNominated wants every pod on some existing node, and no launch.
func ksAllNominated() ksWant {
	return ksWant{"every pod on an existing node", func(o *ksOutcome) bool {
		return len(o.left) == 0 && len(o.plan.Launches) == 0
	}}
}

// ksCounts wants counts pods labelled app=name in the domains of the key that
// have any, in rising order, with those on existing nodes of p.
func ksCounts(p *binpack.Problem, key, name string, counts ...int) ksWant {
	return ksWant{fmt.Sprintf("%d pods of %s by %s", counts, name, key), func(o *ksOutcome) bool {
		got := map[string]int{}
		for n, e := range p.Existing {
			for _, pod := range e.Pods {
				if pod.Labels["app"] == name {
					got[p.Existing[n].Node.Labels[key]]++
				}
			}
		}
		for pod, node := range o.node {
			if pod.Labels["app"] == name {
				got[node.Labels[key]]++
			}
		}
		return slices.Equal(slices.Sorted(maps.Values(got)), counts)
	}}
}

// ksSmallUp has a small node in zone 1 with one small pod on it.
func ksSmallUp() ksChange {
	return ksUp("up", "small-instance-type", "test-zone-1", problemtest.Pod(problemtest.List("cpu", "10m")))
}

// TestKarpenterNodesThatAreThere: what exists, or is on its way, is used first.
func TestKarpenterNodesThatAreThere(t *testing.T) {
	tiny := problemtest.List("cpu", "10m")
	zones := func(values ...string) func(*corev1.PodSpec) {
		return problemtest.Affinity(problemtest.Requirement(ksZone, "In", values...))
	}
	up := func(change ksChange, p *corev1.Pod) binpack.Problem { return ksProblem(ksSmallUp(), change, ksPods(p)) }
	nothing := ksChange(func(*binpack.Problem) {})
	leaving := ksNode(func(n *corev1.Node) { n.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} })
	foreign := problemtest.List("cpu", "10", "memory", "100Gi", "pods", "110")
	medium := ksSold(ksType("medium", "cpu", "4.25", "pods", "4"), ksOffering("test-zone-1", catalog.OnDemand, 1))
	full := problemtest.Pod(problemtest.List("cpu", "1"))
	lonely := ksType("default-instance-type")
	many := ksProblem(ksPods(problemtest.Pod(nil)))
	for i := range 100 {
		ksUp(fmt.Sprint("n", i), "small-instance-type", "test-zone-1")(&many)
	}
	ksRun(t, []ksRow{
		{"room on a node that is there", up(nothing, problemtest.Pod(tiny)), ksNominated(0, "up")},
		{"a node in one of the pod's zones", up(nothing, problemtest.Pod(tiny, zones("test-zone-1", "test-zone-2"))), ksNominated(0, "up")},
		{"a node in none of them", up(nothing, problemtest.Pod(tiny, zones("test-zone-2", "test-zone-3"))), ksLaunches(1)},
		{"a node of the pod's market", up(nothing, problemtest.Pod(tiny, ksSelect(ksMarket, "on-demand"))), ksNominated(0, "up")},
		{"a node of the other market", up(nothing, problemtest.Pod(tiny, ksSelect(ksMarket, "spot"))), ksAll(ksLaunches(1), ksOn(0, ksMarket, "spot"))},
		{"no room left", ksProblem(ksUp("up", "small-instance-type", "test-zone-1", problemtest.Pod(problemtest.List("cpu", "1001m"))),
			ksPods(problemtest.Pod(problemtest.List("cpu", "1")))), ksLaunches(1)},
		{"another architecture", up(nothing, problemtest.Pod(nil, ksSelect(ksArch, "arm64"))), ksAll(ksLaunches(1), ksOn(0, ksArch, "arm64"))},
		{"a node being deleted", up(leaving, problemtest.Pod(tiny)), ksLaunches(1)},
		{"a node closed to new pods", up(ksNode(func(n *corev1.Node) { n.Spec.Unschedulable = true }), problemtest.Pod(tiny)), ksLaunches(1)},
		{"a node that is empty so far", ksProblem(ksUp("up", "small-instance-type", "test-zone-1"), ksPods(problemtest.Pod(tiny))), ksNominated(0, "up")},
		{"nodes fill before others are launched", ksProblem(ksCatalog(medium), ksUp("a", "medium", "test-zone-1", full),
			ksUp("b", "medium", "test-zone-1", full, full), ksCopies(7, full)),
			ksAll(ksLaunches(1), ksPlaced(7), ksCosts("1"))},
		{"many nodes are free", many, ksAllNominated()},
		{"a node of nobody's", ksProblem(ksForeign("own", foreign), ksPods(problemtest.Pod(tiny))), ksNominated(0, "own")},
		{"a hundred pods on it", ksProblem(ksForeign("own", foreign), ksCopies(100, problemtest.Pod(tiny))), ksAllNominated()},
		{"a node without the label, and no pool", ksProblem(ksForeign("own", foreign), ksPods(problemtest.Pod(nil, zones("test-zone-1"))),
			ksPools()), ksPlaced(0)},
		{"a node without the label, and a pool", ksProblem(ksForeign("own", foreign), ksPods(problemtest.Pod(nil, zones("test-zone-1")))), ksLaunches(1)},
		{"the pods of a node being deleted", ksProblem(ksUp("up", "small-instance-type", "test-zone-1", problemtest.Pod(problemtest.List("memory", "100M"))),
			leaving, ksPods(problemtest.Pod(problemtest.List("memory", "100M")))),
			ksAll(ksLaunches(1), ksOn(0, ksName, "small-instance-type"))},
		{"the same host port", ksProblem(ksUp("up", "small-instance-type", "test-zone-1", problemtest.Pod(nil, claims(8080))),
			ksPods(problemtest.Pod(nil, claims(8080)))), ksLaunches(1)},
		{"a device that the node states", ksProblem(ksUp("up", "gpu-vendor-instance-type", "test-zone-1",
			problemtest.Pod(problemtest.List("fake.com/vendor-a", "1"))), ksPods(problemtest.Pod(problemtest.List("fake.com/vendor-a", "1")))),
			ksNominated(0, "up")},
		{"a device that the kubelet has not found yet", ksProblem(ksUp("up", "gpu-vendor-instance-type", "test-zone-1"),
			ksNode(func(n *corev1.Node) { n.Status.Allocatable["fake.com/vendor-a"] = problemtest.List("n", "0")["n"] }), ksPods(problemtest.Pod(problemtest.List("fake.com/vendor-a", "1")))),
			ksDiffers(ksNominated(0, "up"), ksLaunches(1), "a node has what its status says: an embedder who knows better states that")},
		{"a pod that follows its own kind by zone",
			ksProblem(ksCatalog(lonely), ksUp("up", "default-instance-type", "test-zone-2", ksApp("s2", problemtest.Pod(nil))),
				ksPods(ksApp("s2", problemtest.Pod(nil, ksFollows(ksZone, "s2"))))), ksNominated(0, "up")},
	})
}

// TestKarpenterTaintsOfNodes: an existing node repels what its own taints say.
func TestKarpenterTaintsOfNodes(t *testing.T) {
	with := func(taints ...corev1.Taint) binpack.Problem {
		return ksProblem(ksUp("up", "arm-instance-type", "test-zone-1"), ksTainted(taints...), ksPods(problemtest.Pod(nil)))
	}
	starting := ksEdit(func(p *binpack.Pool) { p.StartupTaints = []corev1.Taint{ksNoSchedule("foo.com/taint", "tainted")} })
	stated := "a node has the taints that it states: an embedder who knows that one will go leaves it out"
	ksRun(t, []ksRow{
		{"none", with(), ksNominated(0, "up")},
		{"one that the pod does not tolerate", with(ksNoSchedule("foo.com/taint", "tainted")), ksLaunches(1)},
		{"not ready, and not initialised", with(corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoExecute}),
			ksDiffers(ksNominated(0, "up"), ksLaunches(1), stated)},
		{"not ready, and initialised", ksProblem(ksUp("up", "arm-instance-type", "test-zone-1"),
			ksNode(func(n *corev1.Node) { n.Labels["karpenter.sh/initialized"] = "true" }),
			ksTainted(corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoExecute}), ksPods(problemtest.Pod(nil))), ksLaunches(1)},
		{"not ready any more", with(ksNoSchedule(corev1.TaintNodeNotReady, ""), ksNoSchedule(corev1.TaintNodeUnreachable, ""),
			ksNoSchedule("node.cloudprovider.kubernetes.io/uninitialized", "true")),
			ksDiffers(ksNominated(0, "up"), ksLaunches(1), stated)},
		{"a startup taint of its pool", ksProblem(starting, ksUp("up", "arm-instance-type", "test-zone-1"), ksPods(problemtest.Pod(nil))),
			ksDiffers(ksNominated(0, "up"), ksLaunches(1), stated)},
		{"a startup taint that will go", ksProblem(starting, ksUp("up", "arm-instance-type", "test-zone-1"),
			ksNode(func(n *corev1.Node) { n.Spec.Taints = nil }), ksPods(problemtest.Pod(nil))),
			ksNominated(0, "up")},
		{"a startup taint once it is initialised", ksProblem(starting, ksUp("up", "arm-instance-type", "test-zone-1"),
			ksNode(func(n *corev1.Node) { n.Labels["karpenter.sh/initialized"] = "true" }), ksPods(problemtest.Pod(nil))), ksLaunches(1)},
	})
}

// TestKarpenterDaemonsOfNodes: daemons on existing nodes are among their pods.
func TestKarpenterDaemonsOfNodes(t *testing.T) {
	daemon := problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"))
	running := problemtest.Pod(problemtest.List("cpu", "1", "memory", "2Gi"))
	stray := problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"), ksSelect("my-node-label", "value"))
	labelled := ksNode(func(n *corev1.Node) { n.Labels["my-node-label"] = "value" })
	huge := problemtest.Pod(problemtest.List("cpu", "100", "memory", "100Gi"), problemtest.Affinity(problemtest.Requirement(ksZone, "In", "test-zone-1", "test-zone-2", "test-zone-3")))
	one := problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"))
	ksRun(t, []ksRow{
		{"one that runs already", ksProblem(ksUp("up", "arm-instance-type", "test-zone-1", running), ksDaemons(daemon),
			ksPods(problemtest.Pod(problemtest.List("cpu", "14.9")))), ksNominated(0, "up")},
		{"one that nobody foresaw", ksProblem(ksUp("up", "arm-instance-type", "test-zone-1", running), labelled,
			ksDaemons(stray, problemtest.Pod(problemtest.List("cpu", "1m"))), ksPods(problemtest.Pod(problemtest.List("cpu", "15.5")))),
			ksAll(ksLaunches(1), ksOn(0, ksName, "arm-instance-type"))},
		{"one that will not run there, and fills every new node",
			ksProblem(ksForeign("own", problemtest.List("cpu", "1", "memory", "1Gi", "pods", "110")), ksDaemons(huge), ksPods(one)), ksNominated(0, "own")},
		{"one that fills every new node", ksProblem(ksForeign("own", problemtest.List("cpu", "1", "memory", "1Gi", "pods", "110"), one), ksDaemons(huge),
			ksPods(one.DeepCopy())), ksStays(binpack.InsufficientResources, 0)},
	})
}

// TestKarpenterSpreadOverNodes: pods on existing nodes count.
func TestKarpenterSpreadOverNodes(t *testing.T) {
	byZone, byHost := ksApp("web", problemtest.Pod(nil, ksSpread(ksZone, "web"))), ksApp("web", problemtest.Pod(nil, ksSpread(corev1.LabelHostname, "web")))
	zoned := ksProblem(ksUp("a", "default-instance-type", "test-zone-1", byZone, byZone), ksUp("b", "default-instance-type", "test-zone-2", byZone),
		ksUp("c", "default-instance-type", "test-zone-3", byZone), ksCopies(5, byZone))
	hosts := ksProblem(ksUp("a", "default-instance-type", "test-zone-1", byHost), ksUp("b", "default-instance-type", "test-zone-1", byHost),
		ksUp("c", "default-instance-type", "test-zone-1", byHost), ksUp("d", "default-instance-type", "test-zone-1", byHost), ksCopies(5, byHost))
	ksRun(t, []ksRow{
		{"by zone", zoned, ksAll(ksAllNominated(), ksCounts(&zoned, ksZone, "web", 3, 3, 3))},
		{"by hostname", hosts, ksAll(ksLaunches(5), ksApart(0, 1, 2, 3, 4))},
	})
}
