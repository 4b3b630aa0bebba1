package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// ksInit gives the pod an init container.
func ksInit(requests ...string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.InitContainers = append(s.InitContainers, corev1.Container{Resources: corev1.ResourceRequirements{Requests: problemtest.List(requests...)}})
	}
}

// ksSidecar gives the pod a sidecar.
func ksSidecar(requests ...string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		ksInit(requests...)(s)
		always := corev1.ContainerRestartPolicyAlways
		s.InitContainers[len(s.InitContainers)-1].RestartPolicy = &always
	}
}

// TestKarpenterTypes: which types come into question, and pods that no one type
// can hold together.
func TestKarpenterTypes(t *testing.T) {
	archs := ksRequire(problemtest.Requirement(ksArch, "In", "arm64", "amd64"))
	amd := ksRequire(problemtest.Requirement(ksArch, "In", "amd64"))
	apart := func(changes ...ksChange) binpack.Problem { return ksProblem(append(changes, archs)...) }
	windows := ksLabelled(ksType("windows-instance-type"), ksOS, "windows")
	ios := ksLabelled(ksType("ios-instance-type", "cpu", "16", "memory", "128Gi"), ksArch, "arm64", ksOS, "ios")
	gpus := ksSizes(5)
	gpus[0].Capacity["a.com/gpu"], gpus[1].Capacity["b.com/gpu"] = problemtest.List("n", "25")["n"], problemtest.List("n", "25")["n"]
	ksRun(t, []ksRow{
		{"more than any type has", ksProblem(ksPods(problemtest.Pod(problemtest.List("cpu", "512")))), ksStays(binpack.InsufficientResources, 0)},
		{"two architectures", apart(ksPods(problemtest.Pod(nil, ksSelect(ksArch, "amd64")), problemtest.Pod(nil, ksSelect(ksArch, "arm64")))), ksApart(0, 1)},
		{"a type that the pool's architecture excludes", ksOne(problemtest.Affinity(problemtest.Requirement(ksName, "In", "arm-instance-type")), amd),
			ksStays(binpack.NodeAffinity, 0)},
		{"a system that only an excluded type has",
			ksOne(problemtest.Affinity(problemtest.Requirement(ksOS, "In", "ios")), amd, ksCatalog(ksType("default-instance-type"), ios)), ksStays(binpack.NodeAffinity, 0)},
		{"a size that only an excluded type has", ksProblem(amd, ksPods(problemtest.Pod(problemtest.List("cpu", "14")))), ksStays(binpack.InsufficientResources, 0)},
		{"two systems", apart(ksCatalog(ksType("default-instance-type"), windows),
			ksPods(problemtest.Pod(nil, ksSelect(ksOS, "linux")), problemtest.Pod(nil, ksSelect(ksOS, "windows")))), ksApart(0, 1)},
		{"two types, one by its old label", apart(ksPods(problemtest.Pod(nil, ksSelect(corev1.LabelInstanceType, "small-instance-type")),
			problemtest.Pod(nil, ksSelect(ksName, "default-instance-type")))), ksApart(0, 1)},
		{"two zones", apart(ksPods(problemtest.Pod(nil, ksSelect(ksZone, "test-zone-1")), problemtest.Pod(nil, ksSelect(ksZone, "test-zone-2")))), ksApart(0, 1)},
		{"two devices that no type has both of", ksProblem(ksCatalog(gpus...), ksPods(problemtest.Pod(problemtest.List("a.com/gpu", "1")), problemtest.Pod(problemtest.List("b.com/gpu", "1")))),
			ksAll(ksApart(0, 1), ksOn(0, ksName, "fake-it-0"), ksOn(1, ksName, "fake-it-1"))},
		{"both devices for one pod", ksProblem(ksCatalog(gpus...), ksPods(problemtest.Pod(problemtest.List("a.com/gpu", "1", "b.com/gpu", "1")))),
			ksStays(binpack.InsufficientResources, 0)},
		{"the provider's labels", ksProblem(ksCatalog(ksSizes(5)...), ksPods(problemtest.Pod(nil, ksSelect("size", "large")), problemtest.Pod(nil, ksSelect("size", "small")))),
			ksAll(ksOn(0, ksName, "fake-it-4"), ksOn(1, ksName, "fake-it-0"))},
		{"labels that no type has together", ksProblem(ksCatalog(ksSizes(5)...), ksPods(
			problemtest.Pod(nil, ksSelect("size", "large", ksName, "fake-it-0")), problemtest.Pod(nil, ksSelect("size", "small", ksName, "fake-it-4")))),
			ksStays(binpack.NodeAffinity, 0, 1)},
		{"a label that only some have", ksOne(problemtest.Affinity(problemtest.Requirement("special", "Exists")), ksCatalog(ksSizes(5)...)),
			ksOn(0, "special", "optional", ksName, "fake-it-4")},
		{"a label that must not be there", ksOne(problemtest.Affinity(problemtest.Requirement("special", "DoesNotExist")), ksCatalog(ksSizes(5)...)), ksWithout(0, "special")},
	})
}

// TestKarpenterPacking: how much goes on which node.
func TestKarpenterPacking(t *testing.T) {
	amd := ksSelect(ksArch, "amd64")
	small, standard := "small-instance-type", "default-instance-type"
	overhead := func(s *corev1.PodSpec) { s.Overhead = problemtest.List("cpu", "2") }
	sold := func(name, cpu, memory string, usd float64) *catalog.InstanceType {
		return ksSold(ksType(name, "cpu", cpu, "memory", memory), ksOffering("test-zone-1a", catalog.OnDemand, usd))
	}
	ksRun(t, []ksRow{
		{"a small pod", ksProblem(ksPods(problemtest.Pod(problemtest.List("memory", "100M")))), ksOn(0, ksName, small)},
		{"one that just fits", ksProblem(ksPods(problemtest.Pod(problemtest.List("memory", "2000M")))), ksOn(0, ksName, small)},
		{"a runtime class's overhead", ksProblem(ksPods(problemtest.Pod(problemtest.List("cpu", "1"), overhead))), ksOn(0, ksName, standard)},
		{"several small pods", ksProblem(ksCopies(5, problemtest.Pod(problemtest.List("memory", "10M")))), ksAll(ksLaunches(1), ksEveryOn(ksName, small))},
		{"more than one node's worth", ksProblem(ksCopies(40, problemtest.Pod(problemtest.List("memory", "1.8G"), amd))), ksAll(ksLaunches(20), ksEveryOn(ksName, standard))},
		{"small pods beside large ones", ksProblem(ksCopies(40, problemtest.Pod(problemtest.List("memory", "1.8G"), amd)), ksCopies(20, problemtest.Pod(problemtest.List("memory", "400M"), amd))),
			ksAll(ksLaunches(20), ksEveryOn(ksName, standard))},
		{"no room beside a pod: a smaller node for the other",
			ksProblem(ksCatalog(ksSizes(5)...), ksPods(problemtest.Pod(problemtest.List("cpu", "4.5")), problemtest.Pod(problemtest.List("cpu", "1")))),
			ksAll(ksLaunches(2), ksOn(0, ksName, "fake-it-4"), ksOn(1, ksName, "fake-it-1"))},
		{"nothing of a resource that no type has", ksProblem(ksPods(problemtest.Pod(problemtest.List("foo.com/weird", "0")))), ksLaunches(1)},
		{"more memory than there is", ksProblem(ksPods(problemtest.Pod(problemtest.List("memory", "2Ti")))), ksStays(binpack.InsufficientResources, 0)},
		{"as many pods as a node takes", ksProblem(ksCopies(25, problemtest.Pod(problemtest.List("memory", "1", "cpu", "1m"), amd))),
			ksAll(ksLaunches(5), ksEveryOn(ksName, small))},
		{"an init container that asks for more", ksProblem(ksPods(problemtest.Pod(problemtest.List("memory", "1Gi", "cpu", "1"),
			ksInit("memory", "1Gi", "cpu", "2")))), ksOn(0, ksName, standard)},
		{"an init container that asks for too much",
			ksProblem(ksPods(problemtest.Pod(problemtest.List("memory", "1Gi", "cpu", "1"), ksInit("memory", "1Ti", "cpu", "2")))), ksStays(binpack.InsufficientResources, 0)},
		{"a sidecar on top of the container", ksProblem(ksPods(problemtest.Pod(problemtest.List("cpu", "1"), ksSidecar("cpu", "1")))), ksOn(0, ksName, standard)},
		{"the cheapest is the largest", ksProblem(ksCatalog(sold("medium", "2", "2Gi", 3), sold("small", "1", "1Gi", 2),
			sold("large", "4", "4Gi", 1)), ksPods(problemtest.Pod(problemtest.List("cpu", "1m", "memory", "1Mi")))),
			ksOn(0, ksName, "large")},
		{"one host port", ksProblem(ksCopies(2, problemtest.Pod(nil, claims(8080)))), ksApart(0, 1)},
	})
}

// TestKarpenterLimits: what a pool may add.
func TestKarpenterLimits(t *testing.T) {
	limit := func(limits ...string) ksChange {
		return ksEdit(func(p *binpack.Pool) { p.Limits = problemtest.List(limits...) })
	}
	lonely := ksApp("foo", problemtest.Pod(problemtest.List("cpu", "1.5"), ksRepels(corev1.LabelHostname, "foo")))
	ksRun(t, []ksRow{
		{"used up already", ksOne(nil, limit("cpu", "0")), ksStays(binpack.PoolLimit, 0)},
		{"met exactly", ksProblem(limit("cpu", "2"), ksPods(problemtest.Pod(problemtest.List("cpu", "1.75")))), ksLaunches(1)},
		{"enough for one of two", ksProblem(limit("cpu", "3"), ksCopies(2, lonely)), ksPlaced(1)},
		{"too little for the node", ksProblem(limit("cpu", "2"), ksPods(problemtest.Pod(problemtest.List("cpu", "2.1")))), ksStays(binpack.PoolLimit, 0)},
		{"too few pods for the node", ksProblem(limit("pods", "1"), ksPods(problemtest.Pod(problemtest.List("fake.com/vendor-a", "1")))), ksStays(binpack.PoolLimit, 0)},
		{"used up by a node that is there", ksProblem(limit("cpu", "0"),
			ksUp("n", "small-instance-type", "test-zone-1", problemtest.Pod(problemtest.List("cpu", "1.75"))), ksPods(problemtest.Pod(problemtest.List("cpu", "1.75")))),
			ksStays(binpack.PoolLimit, 0)},
		{"a number of nodes", ksProblem(limit("nodes", "2"), ksCopies(3, lonely)), ksPlaced(2)},
	})
}

// TestKarpenterDaemons: what runs on each new node before any pod.
func TestKarpenterDaemons(t *testing.T) {
	two := problemtest.List("cpu", "2", "memory", "2Gi")
	one := problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"))
	with := func(daemon *corev1.Pod, changes ...ksChange) binpack.Problem {
		return ksProblem(append([]ksChange{ksDaemons(daemon), ksPods(one.DeepCopy())}, changes...)...)
	}
	onSize := func(size string) func(*corev1.PodSpec) {
		return problemtest.Affinity(problemtest.Requirement("size", "In", size))
	}
	named := func(p *binpack.Pool) { p.Labels["foo"] = "bar" }
	tainted := func(effect corev1.TaintEffect) ksChange {
		return ksEdit(func(p *binpack.Pool) { p.Taints = []corev1.Taint{{Key: "foo", Value: "bar", Effect: effect}} })
	}
	starting := ksEdit(func(p *binpack.Pool) { p.StartupTaints = []corev1.Taint{ksNoSchedule("foo.com/taint", "")} })
	states := ksEdit(func(p *binpack.Pool) {
		p.Labels["karpenter.sh/initialized"], p.Labels["karpenter.sh/registered"] = "true", "true"
	})
	onceUp := ksDaemons(problemtest.Pod(problemtest.List("cpu", "1"), problemtest.Affinity(problemtest.Requirement("karpenter.sh/initialized", "In", "true"))),
		problemtest.Pod(problemtest.List("cpu", "1"), problemtest.Affinity(problemtest.Requirement("karpenter.sh/registered", "In", "true"))))
	alone, beside := ksOn(0, "integer", "2"), ksOn(0, "integer", "4")
	ksRun(t, []ksRow{
		{"takes room", with(problemtest.Pod(two)), beside},
		{"takes a port", ksProblem(ksDaemons(problemtest.Pod(two, claims(8080))), ksPods(problemtest.Pod(nil, claims(8080)))), ksStays(binpack.HostPort, 0)},
		{"runs in spite of startup taints", with(problemtest.Pod(two), starting), beside},
		{"too large for every node", ksOne(nil, ksDaemons(problemtest.Pod(problemtest.List("cpu", "10000")))), ksStays(binpack.InsufficientResources, 0)},
		{"an init container of it", ksOne(nil, ksDaemons(problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"), ksInit("cpu", "3", "memory", "3Gi")))), beside},
		{"an init container that is too large", ksOne(nil, ksDaemons(problemtest.Pod(problemtest.List("cpu", "1"), ksInit("cpu", "10000")))),
			ksStays(binpack.InsufficientResources, 0)},
		{"asks for nothing", ksOne(nil, ksDaemons(problemtest.Pod(nil))), ksLaunches(1)},
		{"does not tolerate the pool", ksProblem(ksDaemons(problemtest.Pod(two)), tainted(corev1.TaintEffectNoSchedule),
			ksPods(problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"), ksTolerates(corev1.Toleration{Operator: corev1.TolerationOpExists})))), alone},
		{"is only advised against the pool", with(problemtest.Pod(two), tainted(corev1.TaintEffectPreferNoSchedule)), beside},
		{"selects nodes that are not there", with(problemtest.Pod(two, ksSelect("node", "invalid"))), alone},
		{"selects types that are not there", with(problemtest.Pod(two, problemtest.Affinity(problemtest.Requirement(ksName, "In", "none")))), alone},
		{"selects the pool's label", with(problemtest.Pod(two, ksSelect("foo", "bar")), ksEdit(named)), beside},
		{"selects some types", ksProblem(ksDaemons(problemtest.Pod(problemtest.List("cpu", "1"), onSize("small")), problemtest.Pod(problemtest.List("cpu", "10"), onSize("large"))),
			ksPods(one.DeepCopy())), beside},
		{"is kept from a label that nobody has", with(problemtest.Pod(two, problemtest.Affinity(problemtest.Requirement("foo", "NotIn", "bar")))), beside},
		{"one of its terms selects the pool", with(problemtest.Pod(two, ksEither(problemtest.Requirement("foo", "In", "voo"), problemtest.Requirement("foo", "In", "bar"))),
			ksEdit(named)), beside},
		{"prefers nodes that are not there", with(problemtest.Pod(two, ksPrefers(1, problemtest.Requirement("node", "In", "invalid")))), beside},
		{"claims a port on other types", ksProblem(
			ksDaemons(problemtest.Pod(problemtest.List("cpu", "4", "memory", "4Gi"), onSize("large"), claims(8080)), problemtest.Pod(two, onSize("small"), claims(8081))),
			ksPods(problemtest.Pod(problemtest.List("cpu", "1", "memory", "1Gi"), onSize("small"), claims(8080)))), ksOn(0, "size", "small", "integer", "4")},
		{"selects nodes that exist, which the pool says", ksProblem(onceUp, states, ksPods(problemtest.Pod(problemtest.List("cpu", "2")))), ksOn(0, "integer", "16")},
		{"selects nodes that exist", ksProblem(onceUp, ksPods(problemtest.Pod(problemtest.List("cpu", "2")))), ksDiffers(ksOn(0, "integer", "16"), ksOn(0, "integer", "4"),
			"labels that a node gets only when it exists are unknown where no pool states them")},
	})
}
