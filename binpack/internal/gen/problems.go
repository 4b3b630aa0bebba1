package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Size bounds what Problems draws.
type Size struct {
	Shapes   int // most kinds of pods
	Replicas int // most pods of each
	Pods     int // most pods of all kinds together; 0: no limit
	Types    int // most instance types, of up to two offerings each
	Rules    Rules
}

// With returns s with other rules.
func (s Size) With(r Rules) Size {
	s.Rules = r
	return s
}

// Toy is the size of problems whose every plan can be looked at.
func Toy() Size { return Size{Shapes: 3, Replicas: 2, Pods: 4, Types: 2} }

// Tiny is the size of problems that can be solved by enumeration.
func Tiny() Size { return Size{Shapes: 3, Replicas: 2, Types: 3} }

// Small is the size of problems that a search does not exhaust.
func Small() Size { return Size{Shapes: 8, Replicas: 30, Types: 6} }

// Problems draws valid problems: requests of several resources, node selectors
// and required node affinity with every operator, taints and tolerations,
// several pools, limits, quotas, an Availability, daemon pods, rules about the
// pods that share a node, pods that nothing holds, and the families of the size.
func Problems(size Size) *rapid.Generator[binpack.Problem] {
	rules := size.Rules
	return rapid.Custom(func(t *rapid.T) binpack.Problem {
		p := binpack.Problem{}
		for i := range rapid.IntRange(1, size.Types).Draw(t, "types") {
			p.Catalog = append(p.Catalog, instanceType(t, i))
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "pools") {
			p.Pools = append(p.Pools, pool(t, i))
			rules.poolRules(t, &p.Pools[i])
		}
		pods(t, size, &p)
		surroundings(t, &p)
		rules.cluster(t, &p)
		if rapid.IntRange(0, 3).Draw(t, "asks availability") == 0 {
			a := availability{}
			for k := range p.Catalog.Offerings() {
				if n := rapid.IntRange(0, 3).Draw(t, "available"); n < 3 {
					a[k] = n
				}
			}
			p.Availability = a
		}
		for i := range p.Pools {
			p.Pools[i].Keys = p.OwnKeys(&p.Pools[i])
		}
		return p
	})
}

// pods draws the shapes of pods, as single pods or as workloads.
func pods(t *rapid.T, size Size, p *binpack.Problem) {
	left := size.Pods
	for i := range rapid.IntRange(1, size.Shapes).Draw(t, "shapes") {
		count := rapid.IntRange(1, size.Replicas).Draw(t, "replicas")
		if size.Pods > 0 {
			count = min(count, left)
			left -= count
		}
		shape := pod(t, i)
		size.Rules.podRules(t, shape)
		if rapid.Bool().Draw(t, "as workload") {
			p.Workloads = append(p.Workloads, binpack.Workload{Pod: shape, Replicas: count})
			continue
		}
		for n := range count {
			one := shape.DeepCopy()
			one.Name = fmt.Sprintf("%s-%d", shape.Name, n)
			p.Pods = append(p.Pods, one)
		}
	}
}

// An availability knows the most launches of some offerings.
type availability map[catalog.Key]int

func (a availability) Available(k catalog.Key) int {
	if n, ok := a[k]; ok {
		return n
	}
	return binpack.Unlimited
}

func oneOf(t *rapid.T, name string, values ...string) string {
	return rapid.SampledFrom(values).Draw(t, name)
}

// sometimes is true in one of n cases.
func sometimes(t *rapid.T, n int, name string) bool {
	return rapid.IntRange(0, n-1).Draw(t, name) == n-1
}

func quantities(t *rapid.T, list corev1.ResourceList, name corev1.ResourceName, values ...string) {
	if q := oneOf(t, string(name), values...); q != "" {
		list[name] = resource.MustParse(q)
	}
}

func instanceType(t *rapid.T, i int) *catalog.InstanceType {
	it := &catalog.InstanceType{
		Name:     fmt.Sprintf("t%d", i),
		Labels:   map[string]string{"size": oneOf(t, "size", "1", "2", "3"), oneOf(t, "arch key", corev1.LabelArchStable, "beta.kubernetes.io/arch"): oneOf(t, "arch", "amd64", "arm64")},
		Capacity: corev1.ResourceList{},
		Overhead: corev1.ResourceList{},
	}
	quantities(t, it.Capacity, corev1.ResourceCPU, "2", "1", "4")
	quantities(t, it.Capacity, corev1.ResourceMemory, "4Gi", "2Gi", "1Gi")
	quantities(t, it.Capacity, corev1.ResourcePods, "", "2", "4")
	quantities(t, it.Capacity, "nvidia.com/gpu", "", "", "1")
	quantities(t, it.Overhead, corev1.ResourceCPU, "", "100m")
	quantities(t, it.Overhead, corev1.ResourceMemory, "", "300Mi")
	zones := []string{"a", "b"}
	for _, zone := range zones[:rapid.IntRange(1, 2).Draw(t, "zones")] {
		o := catalog.Offering{Zone: zone, CapacityType: catalog.OnDemand, Price: catalog.Price(rapid.IntRange(0, 6).Draw(t, "price"))}
		if sometimes(t, 4, "spot") {
			o.CapacityType = catalog.Spot
		}
		if sometimes(t, 4, "limited") {
			o.Limit = rapid.IntRange(1, 2).Draw(t, "limit")
		}
		o.Unavailable = sometimes(t, 8, "unavailable")
		it.Offerings = append(it.Offerings, o)
	}
	return it
}

func pool(t *rapid.T, i int) binpack.Pool {
	p := binpack.Pool{Name: fmt.Sprintf("p%d", i)}
	if sometimes(t, 3, "team") {
		p.Labels = map[string]string{"team": oneOf(t, "team's name", "x", "y")}
	}
	if sometimes(t, 4, "tainted") {
		effect := oneOf(t, "effect", "NoSchedule", "NoExecute", "PreferNoSchedule")
		p.Taints = []corev1.Taint{{Key: "only", Value: oneOf(t, "taint", "x", "y"), Effect: corev1.TaintEffect(effect)}}
	}
	if sometimes(t, 5, "requires") {
		p.Requirements = append(p.Requirements, requirement(t))
	}
	if sometimes(t, 3, "limited") {
		p.Limits = corev1.ResourceList{}
		quantities(t, p.Limits, corev1.ResourceCPU, "", "3", "5")
		quantities(t, p.Limits, corev1.ResourceMemory, "", "5Gi")
		quantities(t, p.Limits, "nodes", "", "1", "3")
	}
	return p
}

// requirement draws a well-formed requirement with any operator, on keys that
// types, offerings or pools may have, and on one that nothing has.
func requirement(t *rapid.T) corev1.NodeSelectorRequirement {
	r := corev1.NodeSelectorRequirement{Operator: corev1.NodeSelectorOperator(oneOf(t, "operator", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"))}
	values := map[string][]string{
		corev1.LabelTopologyZone:          {"a", "b"},
		corev1.LabelFailureDomainBetaZone: {"a", "b"},
		corev1.LabelArchStable:            {"amd64", "arm64"},
		corev1.LabelInstanceTypeStable:    {"t0", "t1"},
		"karpenter.sh/capacity-type":      {"on-demand", "spot"},
		"team":                            {"x", "y"},
		"size":                            {"1", "2"},
		"nobody-has":                      {"it", "this"},
		corev1.LabelHostname:              {"node-1", "node-2"},
	}
	keys := []string{
		corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, corev1.LabelArchStable, corev1.LabelInstanceTypeStable,
		"karpenter.sh/capacity-type", "team", "size", "nobody-has", corev1.LabelHostname,
	}
	switch r.Operator {
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		r.Key, r.Values = "size", []string{oneOf(t, "number", "0", "1", "2", "3")}
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		r.Key = oneOf(t, "key", keys...)
	default:
		r.Key = oneOf(t, "key", keys...)
		r.Values = values[r.Key][:rapid.IntRange(1, 2).Draw(t, "values")]
	}
	return r
}
