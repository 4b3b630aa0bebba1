package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
)

// ksOne is a situation of one pod that asks for nothing but this of its node.
func ksOne(change func(*corev1.PodSpec), changes ...ksChange) binpack.Problem {
	p := problemtest.Pod(nil)
	if change != nil {
		change(&p.Spec)
	}
	return ksProblem(append([]ksChange{ksPods(p)}, changes...)...)
}

// ksBoth makes both changes to a pod.
func ksBoth(a, b func(*corev1.PodSpec)) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { a(s); b(s) }
}

// TestKarpenterPoolLabels: labels that the pool itself gives its nodes, and
// keys that nobody gives.
func TestKarpenterPoolLabels(t *testing.T) {
	blue := ksEdit(func(p *binpack.Pool) { p.Labels["team"] = "blue" })
	ksRun(t, []ksRow{
		{"no rule at all", ksOne(nil, blue), ksOn(0, "team", "blue")},
		{"selector for another value", ksOne(ksSelect("team", "red"), blue), ksStays(binpack.NodeAffinity, 0)},
		{"selector for a key that nobody has", ksOne(ksSelect("team", "blue")), ksStays(binpack.NodeAffinity, 0)},
		{"requirement that admits the value", ksOne(problemtest.Affinity(problemtest.Requirement("team", "In", "blue", "red")), blue), ksOn(0, "team", "blue")},
		{"requirement that does not", ksOne(problemtest.Affinity(problemtest.Requirement("team", "In", "red")), blue), ksStays(binpack.NodeAffinity, 0)},
		{"In, unknown key", ksOne(problemtest.Affinity(problemtest.Requirement("team", "In", "blue"))), ksStays(binpack.NodeAffinity, 0)},
		{"NotIn, unknown key", ksOne(problemtest.Affinity(problemtest.Requirement("team", "NotIn", "blue"))), ksWithout(0, "team")},
		{"Exists, unknown key", ksOne(problemtest.Affinity(problemtest.Requirement("team", "Exists"))), ksStays(binpack.NodeAffinity, 0)},
		{"DoesNotExist, unknown key", ksOne(problemtest.Affinity(problemtest.Requirement("team", "DoesNotExist"))), ksWithout(0, "team")},
		{"the name of a node", ksOne(problemtest.Affinity(problemtest.Requirement(corev1.LabelHostname, "In", "test"))), ksStays(binpack.NodeAffinity, 0)},
		{"a key of Karpenter's own", ksOne(problemtest.Affinity(problemtest.Requirement("karpenter.sh/test", "In", "test"))), ksStays(binpack.NodeAffinity, 0)},
	})
}

// TestKarpenterOpenKeys: keys that only the pool's requirements name, so that
// each node takes a value.
func TestKarpenterOpenKeys(t *testing.T) {
	blue := ksRequire(problemtest.Requirement("team", "In", "blue"))
	either := ksRequire(problemtest.Requirement("team", "In", "blue", "red"))
	two := func(a, b corev1.NodeSelectorRequirement) ksChange {
		return ksPods(problemtest.Pod(nil, problemtest.Affinity(a)), problemtest.Pod(nil, problemtest.Affinity(b)))
	}
	ksRun(t, []ksRow{
		{"no rule of the pod", ksOne(nil, blue), ksOn(0, "team", "blue")},
		{"In, that value", ksOne(problemtest.Affinity(problemtest.Requirement("team", "In", "blue")), blue), ksOn(0, "team", "blue")},
		{"NotIn, that value", ksOne(problemtest.Affinity(problemtest.Requirement("team", "NotIn", "blue")), blue), ksStays(binpack.NodeAffinity, 0)},
		{"Exists", ksOne(problemtest.Affinity(problemtest.Requirement("team", "Exists")), blue), ksOn(0, "team", "blue")},
		{"DoesNotExist", ksOne(problemtest.Affinity(problemtest.Requirement("team", "DoesNotExist")), blue), ksStays(binpack.NodeAffinity, 0)},
		{"In, another value", ksOne(problemtest.Affinity(problemtest.Requirement("team", "In", "red")), blue), ksStays(binpack.NodeAffinity, 0)},
		{"NotIn, another value", ksOne(problemtest.Affinity(problemtest.Requirement("team", "NotIn", "red")), blue), ksOn(0, "team", "blue")},
		{"two pods that agree on a value",
			ksProblem(either, two(problemtest.Requirement("team", "In", "blue"), problemtest.Requirement("team", "NotIn", "red"))),
			ksAll(ksTogether(0, 1), ksOn(0, "team", "blue"))},
		{"two pods that do not",
			ksProblem(either, two(problemtest.Requirement("team", "In", "blue"), problemtest.Requirement("team", "In", "red"))),
			ksAll(ksOn(0, "team", "blue"), ksOn(1, "team", "red"), ksApart(0, 1))},
		{"keys below kubernetes.io and k8s.io",
			ksOne(nil, ksRequire(problemtest.Requirement("kubernetes.io/test", "In", "v"), problemtest.Requirement("k8s.io/test", "In", "v"))),
			ksOn(0, "kubernetes.io/test", "v", "k8s.io/test", "v")},
		{"keys of their subdomains",
			ksOne(nil, ksRequire(problemtest.Requirement("sub.kubernetes.io/test", "In", "v"), problemtest.Requirement("sub.k8s.io/test", "In", "v"))),
			ksOn(0, "sub.kubernetes.io/test", "v", "sub.k8s.io/test", "v")},
	})
}

// TestKarpenterWellKnownLabels: labels that type and offering decide.
func TestKarpenterWellKnownLabels(t *testing.T) {
	zones := func(op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
		return problemtest.Requirement(ksZone, op, values...)
	}
	integer := func(op corev1.NodeSelectorOperator, value string) ksChange {
		return ksRequire(problemtest.Requirement("integer", op, value))
	}
	ksRun(t, []ksRow{
		{"the pool's zone", ksOne(nil, ksRequire(zones("In", "test-zone-2"))), ksOn(0, ksZone, "test-zone-2")},
		{"one of the pool's zones", ksOne(ksSelect(ksZone, "test-zone-2"), ksRequire(zones("In", "test-zone-1", "test-zone-2"))),
			ksOn(0, ksZone, "test-zone-2")},
		{"selector for a hostname", ksOne(ksSelect(corev1.LabelHostname, "red-node")), ksStays(binpack.NodeAffinity, 0)},
		{"a zone that is not there", ksOne(ksSelect(ksZone, "unknown"), ksRequire(zones("In", "test-zone-1"))), ksStays(binpack.NodeAffinity, 0)},
		{"a zone that the pool excludes", ksOne(ksSelect(ksZone, "test-zone-2"), ksRequire(zones("In", "test-zone-1"))),
			ksStays(binpack.NodeAffinity, 0)},
		{"In", ksOne(problemtest.Affinity(zones("In", "test-zone-3"))), ksOn(0, ksZone, "test-zone-3")},
		{"In, unknown", ksOne(problemtest.Affinity(zones("In", "unknown"))), ksStays(binpack.NodeAffinity, 0)},
		{"NotIn", ksOne(problemtest.Affinity(zones("NotIn", "test-zone-1", "test-zone-2", "unknown"))), ksOn(0, ksZone, "test-zone-3")},
		{"NotIn, all", ksOne(problemtest.Affinity(zones("NotIn", "test-zone-1", "test-zone-2", "test-zone-3", "unknown"))), ksStays(binpack.NodeAffinity, 0)},
		{"Exists beside In, unknown", ksOne(problemtest.Affinity(zones("In", "unknown"), zones("Exists"))), ksStays(binpack.NodeAffinity, 0)},
		{"the pool's Gt", ksOne(nil, integer("Gt", "8")), ksOn(0, "integer", "16")},
		{"the pool's Lt", ksOne(nil, integer("Lt", "8")), ksOn(0, "integer", "2")},
		{"Gte, which Kubernetes writes Gt", ksOne(nil, integer("Gt", "15")), ksOn(0, "integer", "16")},
		{"Lte, which Kubernetes writes Lt", ksOne(nil, integer("Lt", "3")), ksOn(0, "integer", "2")},
		{"each kind of label", ksProblem(ksPods(
			problemtest.Pod(nil, ksSelect(ksZone, "test-zone-1")), problemtest.Pod(nil, ksSelect(ksName, "default-instance-type")),
			problemtest.Pod(nil, ksSelect(ksArch, "arm64")), problemtest.Pod(nil, ksSelect(ksOS, "linux")), problemtest.Pod(nil, ksSelect(ksMarket, "spot")))),
			ksAll(ksOn(0, ksZone, "test-zone-1"), ksOn(1, ksName, "default-instance-type"), ksOn(2, ksArch, "arm64"), ksOn(3, ksOS, "linux"),
				ksOn(4, ksMarket, "spot"))},
	})
}

// TestKarpenterNodePreferences: preferred and required terms side by side.
func TestKarpenterNodePreferences(t *testing.T) {
	zones := func(op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
		return problemtest.Requirement(ksZone, op, values...)
	}
	anyZone := problemtest.Affinity(zones("In", "test-zone-1", "test-zone-2", "test-zone-3", "unknown"))
	prefers := func(r ...corev1.NodeSelectorRequirement) func(*corev1.PodSpec) { return ksPrefers(1, r...) }
	combined := func(s *corev1.PodSpec) {
		ksSelect(ksZone, "test-zone-3", ksName, "arm-instance-type")(s)
		problemtest.Affinity(zones("In", "test-zone-1", "test-zone-3"), problemtest.Requirement(ksName, "In", "default-instance-type", "arm-instance-type"))(s)
		ksPrefers(1, zones("NotIn", "unknown"), problemtest.Requirement(ksName, "NotIn", "unknown"))(s)
	}
	ksRun(t, []ksRow{
		{"In, possible", ksOne(ksBoth(anyZone, prefers(zones("In", "test-zone-2", "unknown")))), ksOn(0, ksZone, "test-zone-2")},
		{"In, impossible", ksOne(ksBoth(anyZone, prefers(zones("In", "unknown")))), ksLaunches(1)},
		{"NotIn, possible", ksOne(ksBoth(anyZone, prefers(zones("NotIn", "test-zone-1", "test-zone-3")))), ksOn(0, ksZone, "test-zone-2")},
		{"NotIn, impossible", ksOne(ksBoth(anyZone, prefers(zones("NotIn", "test-zone-1", "test-zone-2", "test-zone-3")))), ksLaunches(1)},
		{"selector, requirement and preference", ksOne(ksBoth(ksSelect(ksZone, "test-zone-3"),
			ksBoth(anyZone, prefers(zones("In", "test-zone-1", "test-zone-2", "test-zone-3"))))),
			ksOn(0, ksZone, "test-zone-3")},
		{"all three over two keys", ksOne(combined), ksOn(0, ksZone, "test-zone-3", ksName, "arm-instance-type")},
		{"a required term is never given up", ksOne(problemtest.Affinity(zones("In", "invalid")),
			ksRequire(zones("In", "test-zone-1"), problemtest.Requirement(ksName, "In", "default-instance-type"))),
			ksStays(binpack.NodeAffinity, 0)},
		{"one of several required terms", ksOne(ksEither(zones("In", "invalid"), zones("In", "invalid"), zones("In", "test-zone-1"),
			zones("In", "test-zone-2"))),
			ksOn(0, ksZone, "test-zone-1")},
		{"no preferred term is possible", ksOne(ksBoth(prefers(zones("In", "invalid")), prefers(problemtest.Requirement(ksName, "In", "invalid")))), ksLaunches(1)},
		{"the heaviest term that is possible", ksOne(ksBoth(ksPrefers(100, problemtest.Requirement(ksName, "In", "test-zone-3")),
			ksBoth(ksPrefers(50, zones("In", "test-zone-2")), ksPrefers(1, zones("In", "test-zone-1")))), ksRequire(zones("In", "test-zone-1", "test-zone-2"))),
			ksOn(0, ksZone, "test-zone-2")},
		{"preferred against required", ksOne(ksBoth(problemtest.Affinity(zones("In", "test-zone-3")), prefers(zones("NotIn", "test-zone-3")))),
			ksOn(0, ksZone, "test-zone-3")},
		{"a term that contradicts itself", ksOne(prefers(zones("In", "invalid"), zones("NotIn", "invalid"))), ksLaunches(1)},
	})
}

// TestKarpenterTaints: what pools repel, and would rather not have.
func TestKarpenterTaints(t *testing.T) {
	gpu := ksNoSchedule("nvidia.com/gpu", "true")
	shy := func(p binpack.Pool) binpack.Pool {
		p.Taints = []corev1.Taint{{Key: "foo", Value: "bar", Effect: corev1.TaintEffectPreferNoSchedule}}
		return p
	}
	tolerates := func(toleration corev1.Toleration) *corev1.Pod { return problemtest.Pod(nil, ksTolerates(toleration)) }
	ksRun(t, []ksRow{
		{"every way to tolerate", ksProblem(ksEdit(func(p *binpack.Pool) { p.Taints = []corev1.Taint{gpu} }), ksPods(
			tolerates(corev1.Toleration{Key: gpu.Key, Operator: corev1.TolerationOpEqual, Value: "true", Effect: gpu.Effect}),
			tolerates(corev1.Toleration{Key: gpu.Key, Operator: corev1.TolerationOpExists, Effect: gpu.Effect}),
			tolerates(corev1.Toleration{Key: gpu.Key, Operator: corev1.TolerationOpExists}),
			tolerates(corev1.Toleration{Operator: corev1.TolerationOpExists}))), ksLaunches(1)},
		{"a pool that would rather not, and no other",
			ksOne(ksBoth(ksPrefers(1, problemtest.Requirement(ksZone, "In", "invalid")), ksPrefers(1, problemtest.Requirement(ksName, "In", "invalid"))),
				ksPools(shy(ksPoolOf("shy")))),
			ksOn(0, ksPool, "shy")},
		{"a pool that would rather not, and another", ksOne(nil, ksPools(shy(ksPoolOf("a-shy")), ksPoolOf("open"))), ksOn(0, ksPool, "open")},
	})
}
