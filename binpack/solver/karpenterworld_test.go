package solver_test

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// The labels that situations are about.
const (
	ksZone   = corev1.LabelTopologyZone
	ksArch   = corev1.LabelArchStable
	ksOS     = corev1.LabelOSStable
	ksName   = corev1.LabelInstanceTypeStable
	ksMarket = catalog.CapacityTypeLabel
	ksPool   = "karpenter.sh/nodepool"
)

// ksType is a type of Karpenter's fake cloud: 4 cpu, 4Gi and 5 pods if not
// stated otherwise, sold at one price as spot in two zones and on demand in
// three.
func ksType(name string, resources ...string) *catalog.InstanceType {
	capacity := problemtest.List("cpu", "4", "memory", "4Gi", "pods", "5")
	maps.Copy(capacity, problemtest.List(resources...))
	cpu, memory := capacity[corev1.ResourceCPU], capacity[corev1.ResourceMemory]
	labels := map[string]string{ksArch: "amd64", ksOS: "linux", "size": "small", "integer": fmt.Sprint(cpu.Value())}
	if cpu.Value() > 4 && memory.Value() > 8<<30 {
		labels["size"], labels["special"] = "large", "optional"
	}
	t := &catalog.InstanceType{Name: name, Labels: labels, Capacity: capacity, Overhead: problemtest.List("cpu", "100m", "memory", "10Mi")}
	price := ksPrice(capacity)
	for _, zone := range []string{"test-zone-1", "test-zone-2", "test-zone-3"} {
		if zone != "test-zone-3" {
			t.Offerings = append(t.Offerings, catalog.Offering{Zone: zone, CapacityType: catalog.Spot, Price: price})
		}
		t.Offerings = append(t.Offerings, catalog.Offering{Zone: zone, CapacityType: catalog.OnDemand, Price: price})
	}
	return t
}

// ksPrice is a tenth of a dollar for each cpu and each 10⁹ bytes, and a dollar
// where there are accelerators.
func ksPrice(capacity corev1.ResourceList) catalog.Price {
	cpu, memory := capacity[corev1.ResourceCPU], capacity[corev1.ResourceMemory]
	price := catalog.Price(cpu.MilliValue())*catalog.USD/10_000 + catalog.Price(memory.Value()+5)/10
	for name := range capacity {
		if name == "fake.com/vendor-a" || name == "fake.com/vendor-b" {
			price += catalog.USD
		}
	}
	return price
}

// ksSold replaces how the type is sold.
func ksSold(t *catalog.InstanceType, offerings ...catalog.Offering) *catalog.InstanceType {
	t.Offerings = offerings
	return t
}

// ksOffering is an offering at a price in US dollars per hour.
func ksOffering(zone string, market catalog.CapacityType, usd float64) catalog.Offering {
	return catalog.Offering{Zone: zone, CapacityType: market, Price: catalog.Price(usd * float64(catalog.USD))}
}

// ksLabelled sets labels of the type, key after key.
func ksLabelled(t *catalog.InstanceType, labels ...string) *catalog.InstanceType {
	for i := 0; i < len(labels); i += 2 {
		t.Labels[labels[i]] = labels[i+1]
	}
	return t
}

// ksTypes is what Karpenter's fake cloud sells.
func ksTypes() catalog.Catalog {
	return catalog.Catalog{
		ksType("default-instance-type"),
		ksType("small-instance-type", "cpu", "2", "memory", "2Gi"),
		ksType("gpu-vendor-instance-type", "fake.com/vendor-a", "2"),
		ksType("gpu-vendor-b-instance-type", "fake.com/vendor-b", "2"),
		ksLabelled(ksType("arm-instance-type", "cpu", "16", "memory", "128Gi"), ksArch, "arm64"),
		ksType("single-pod-instance-type", "pods", "1"),
	}
}

// ksSizes is n types of 1, 2, 3 … cpu with 2Gi and 10 pods to a cpu.
func ksSizes(n int) catalog.Catalog {
	var c catalog.Catalog
	for i := 1; i <= n; i++ {
		c = append(c, ksType(fmt.Sprintf("fake-it-%d", i-1), "cpu", fmt.Sprint(i), "memory", fmt.Sprintf("%dGi", 2*i), "pods", fmt.Sprint(10*i)))
	}
	return c
}

// A ksChange makes a situation out of the ordinary one.
type ksChange func(*binpack.Problem)

// ksProblem is Karpenter's fake cloud with one pool for every market, changed.
func ksProblem(changes ...ksChange) binpack.Problem {
	p := binpack.Problem{Catalog: ksTypes(), Pools: []binpack.Pool{ksPoolOf("default")}}
	for _, change := range changes {
		change(&p)
	}
	problemtest.OwnKeys(&p)
	return p
}

// ksPoolOf is a pool for every market.
func ksPoolOf(name string) binpack.Pool {
	return binpack.Pool{Name: name, Labels: map[string]string{ksPool: name},
		Requirements: []corev1.NodeSelectorRequirement{problemtest.Requirement(ksMarket, "In", "spot", "on-demand", "reserved")}}
}

func ksPods(pods ...*corev1.Pod) ksChange {
	return func(p *binpack.Problem) { p.Pods = append(p.Pods, pods...) }
}

// ksCopies adds n pods like this one.
func ksCopies(n int, pod *corev1.Pod) ksChange {
	return func(p *binpack.Problem) {
		for range n {
			p.Pods = append(p.Pods, pod.DeepCopy())
		}
	}
}

func ksDaemons(pods ...*corev1.Pod) ksChange {
	return func(p *binpack.Problem) { p.DaemonPods = append(p.DaemonPods, pods...) }
}

func ksCatalog(types ...*catalog.InstanceType) ksChange {
	return func(p *binpack.Problem) { p.Catalog = types }
}

// ksPools replaces the pools.
func ksPools(pools ...binpack.Pool) ksChange {
	return func(p *binpack.Problem) { p.Pools = append([]binpack.Pool{}, pools...) }
}

// ksEdit changes the first pool.
func ksEdit(change func(*binpack.Pool)) ksChange {
	return func(p *binpack.Problem) { change(&p.Pools[0]) }
}

// ksRequire adds requirements to the first pool.
func ksRequire(reqs ...corev1.NodeSelectorRequirement) ksChange {
	return ksEdit(func(p *binpack.Pool) { p.Requirements = append(p.Requirements, reqs...) })
}

// ksWeighted gives the pool a weight.
func ksWeighted(p binpack.Pool, weight int32) binpack.Pool {
	p.Weight = weight
	return p
}

// ksUp adds a node that the first pool launched in the zone on demand before,
// with such pods on it.
func ksUp(name, itype, zone string, pods ...*corev1.Pod) ksChange {
	return func(p *binpack.Problem) {
		key := catalog.Key{InstanceType: itype, Zone: zone, CapacityType: catalog.OnDemand}
		node := p.Node(binpack.Launch{Pool: p.Pools[0].Name, Offering: key})
		node.Name = name
		node.Labels[corev1.LabelHostname] = name
		ksExisting(p, node, pods)
	}
}

// ksForeign adds a node that no pool launched, with such pods on it.
func ksForeign(name string, allocatable corev1.ResourceList, pods ...*corev1.Pod) ksChange {
	return func(p *binpack.Problem) {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
		node.Status.Allocatable = allocatable
		ksExisting(p, node, pods)
	}
}

// ksExisting adds a node with a copy of each pod on it.
func ksExisting(p *binpack.Problem, node *corev1.Node, pods []*corev1.Pod) {
	e := binpack.ExistingNode{Node: node}
	for _, pod := range pods {
		there := pod.DeepCopy()
		there.Spec.NodeName = node.Name
		e.Pods = append(e.Pods, there)
	}
	p.Existing = append(p.Existing, e)
}

// ksNode changes the last existing node.
func ksNode(change func(*corev1.Node)) ksChange {
	return func(p *binpack.Problem) { change(p.Existing[len(p.Existing)-1].Node) }
}

// ksTainted taints the last existing node.
func ksTainted(taints ...corev1.Taint) ksChange {
	return ksNode(func(n *corev1.Node) { n.Spec.Taints = append(n.Spec.Taints, taints...) })
}

// ksNoSchedule is a taint.
func ksNoSchedule(key, value string) corev1.Taint {
	return corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffectNoSchedule}
}

// ksApp labels the pod app=name.
func ksApp(name string, pod *corev1.Pod) *corev1.Pod {
	pod.Labels = map[string]string{"app": name}
	return pod
}

// ksTerm selects pods labelled app=name within a domain of the key.
func ksTerm(key, name string) corev1.PodAffinityTerm {
	return corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: problemtest.Apps(name)}
}

// ksRepels keeps the pod out of the domains of pods labelled app=name.
func ksRepels(key, name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		a := ksAffinity(s)
		a.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{ksTerm(key, name)}}
	}
}

// ksFollows keeps the pod in the domains of pods labelled app=name.
func ksFollows(key, name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		a := ksAffinity(s)
		a.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{ksTerm(key, name)}}
	}
}

// ksSpread spreads pods labelled app=name, at most one more here than there.
func ksSpread(key, name string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: problemtest.Apps(name)}}
	}
}

// ksSelect sets a node selector, key after key.
func ksSelect(labels ...string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.NodeSelector = map[string]string{}
		for i := 0; i < len(labels); i += 2 {
			s.NodeSelector[labels[i]] = labels[i+1]
		}
	}
}

// ksEither requires one of several terms, each of one requirement.
func ksEither(reqs ...corev1.NodeSelectorRequirement) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		required := &corev1.NodeSelector{}
		for _, r := range reqs {
			required.NodeSelectorTerms = append(required.NodeSelectorTerms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{r}})
		}
		ksNodeAffinity(s).RequiredDuringSchedulingIgnoredDuringExecution = required
	}
}

// ksPrefers adds a preferred term.
func ksPrefers(weight int32, reqs ...corev1.NodeSelectorRequirement) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		a := ksNodeAffinity(s)
		a.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PreferredDuringSchedulingIgnoredDuringExecution,
			corev1.PreferredSchedulingTerm{Weight: weight, Preference: corev1.NodeSelectorTerm{MatchExpressions: reqs}})
	}
}

func ksNodeAffinity(s *corev1.PodSpec) *corev1.NodeAffinity {
	a := ksAffinity(s)
	if a.NodeAffinity == nil {
		a.NodeAffinity = &corev1.NodeAffinity{}
	}
	return a.NodeAffinity
}

func ksAffinity(s *corev1.PodSpec) *corev1.Affinity {
	if s.Affinity == nil {
		s.Affinity = &corev1.Affinity{}
	}
	return s.Affinity
}

// ksTolerates lets the pod tolerate what the toleration says.
func ksTolerates(toleration corev1.Toleration) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.Tolerations = append(s.Tolerations, toleration) }
}
