package gen

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A Class is problems of one kind, a new one for each seed.
type Class struct {
	Name string
	Draw func(seed uint64) binpack.Problem
}

// Classes returns the classes of problems by which plans and bounds are measured: one or
// several kinds of rules each, in sizes from 20 to 20,000 pods, on the types of Families in
// three zones at three prices.
func Classes() []Class {
	return []Class{
		{"no rules, 100 pods", func(seed uint64) binpack.Problem { return Mix(seed, 100, 12) }},
		{"no rules, large pods", largePods},
		{"no rules, 1,000 to 5,000 pods", mixes},
		{"zone anti-affinity, 30 pods", func(seed uint64) binpack.Problem { return world(seed, 30, 12, zonesApart).problem }},
		{"zone spread, 300 pods", func(seed uint64) binpack.Problem { return world(seed, 300, 15, zoneSpread).problem }},
		{"spread policies, 300 pods", spreadPolicies},
		{"self-affinity, 240 pods", func(seed uint64) binpack.Problem { return world(seed, 240, 12, selfAffinity).problem }},
		{"apart on nodes, 240 pods", func(seed uint64) binpack.Problem { return world(seed, 240, 12, nodesApart).problem }},
		{"namespaces, 400 pods", namespaces},
		{"open keys, 600 pods", openKeys},
		{"pools by weight, 3,000 pods", poolsByWeight},
		{"priorities, 5,000 pods", prioritiesUnderLimits},
		{"all rules, 400 pods", func(seed uint64) binpack.Problem { return MixRules(seed, 400, 30) }},
		{"all rules, 5,000 pods", func(seed uint64) binpack.Problem { return MixRules(seed, 5_000, 50) }},
		{"all rules, 20,000 pods", func(seed uint64) binpack.Problem { return MixRules(seed, 20_000, 50) }},
	}
}

// largePods is 50 to 200 pods that are large beside nodes, as those of the openb traces.
func largePods(seed uint64) binpack.Problem {
	random := rand.New(rand.NewPCG(seed, 4))
	p := Mix(seed, 50+random.IntN(151), 5+random.IntN(12))
	cores := []int64{4_000, 6_000, 8_000, 11_400, 12_000, 12_500, 15_400, 16_000, 16_500, 20_000, 24_000, 32_000}
	gibibytes := []int64{8, 15, 16, 30, 31, 32, 48, 50, 56, 64}
	for _, w := range p.Workloads {
		w.Pod.Spec.Containers[0].Resources.Requests = corev1.ResourceList{
			corev1.ResourceCPU:    *resource.NewMilliQuantity(cores[random.IntN(len(cores))], resource.DecimalSI),
			corev1.ResourceMemory: *resource.NewQuantity(gibibytes[random.IntN(len(gibibytes))]<<30, resource.BinarySI),
		}
	}
	return p
}

// mixes is 1,000 to 5,000 pods of 20 to 60 shapes.
func mixes(seed uint64) binpack.Problem {
	random := rand.New(rand.NewPCG(seed, 5))
	return Mix(seed, 1_000+random.IntN(4_001), 20+random.IntN(41))
}

// A drawnWorld is a problem, and the numbers that it is drawn with.
type drawnWorld struct {
	problem binpack.Problem
	random  *rand.Rand
}

// world returns Mix in three zones at three prices, with a rule for each shape.
func world(seed uint64, pods, shapes int, rule func(w *drawnWorld, pod *corev1.Pod, i int)) *drawnWorld {
	w := &drawnWorld{Mix(seed, pods, shapes), rand.New(rand.NewPCG(seed, 3))}
	for _, t := range w.problem.Catalog {
		price := t.Offerings[0].Price
		t.Offerings = nil
		for i, percent := range []catalog.Price{100, 104, 115} {
			t.Offerings = append(t.Offerings, catalog.Offering{Zone: zoneName(i), CapacityType: catalog.OnDemand, Price: price * percent / 100})
		}
	}
	for i := range w.problem.Workloads {
		pod := w.problem.Workloads[i].Pod
		pod.Labels = map[string]string{"app": pod.Name}
		pod.Spec.Affinity = &corev1.Affinity{}
		rule(w, pod, i)
	}
	return w
}

func zoneName(i int) string { return []string{"zone-a", "zone-b", "zone-c"}[i] }

// app returns the selector of the pods of shape i.
func app(i int) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": fmt.Sprintf("shape-%d", i)}}
}

func spreadOver(pod *corev1.Pod, key string, maxSkew int32, of *metav1.LabelSelector) *corev1.TopologySpreadConstraint {
	pod.Spec.TopologySpreadConstraints = append(pod.Spec.TopologySpreadConstraints,
		corev1.TopologySpreadConstraint{MaxSkew: maxSkew, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: of})
	return &pod.Spec.TopologySpreadConstraints[len(pod.Spec.TopologySpreadConstraints)-1]
}

func near(pod *corev1.Pod, key string, to *metav1.LabelSelector) *corev1.PodAffinityTerm {
	if pod.Spec.Affinity.PodAffinity == nil {
		pod.Spec.Affinity.PodAffinity = &corev1.PodAffinity{}
	}
	terms := &pod.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	*terms = append(*terms, corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: to})
	return &(*terms)[len(*terms)-1]
}

func apart(pod *corev1.Pod, key string, from *metav1.LabelSelector) *corev1.PodAffinityTerm {
	if pod.Spec.Affinity.PodAntiAffinity == nil {
		pod.Spec.Affinity.PodAntiAffinity = &corev1.PodAntiAffinity{}
	}
	terms := &pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	*terms = append(*terms, corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: from})
	return &(*terms)[len(*terms)-1]
}

// zonesApart: pods of some shapes keep away from each other's zones, or are one to a zone.
func zonesApart(w *drawnWorld, pod *corev1.Pod, i int) {
	switch w.random.IntN(4) {
	case 0:
		apart(pod, corev1.LabelTopologyZone, app(i))
	case 1:
		apart(pod, corev1.LabelTopologyZone, app(i+1))
	case 2:
		pod.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: zoneName(w.random.IntN(3))}
	}
}

// zoneSpread: most shapes spread over zones.
func zoneSpread(w *drawnWorld, pod *corev1.Pod, i int) {
	if w.random.IntN(5) > 0 {
		spreadOver(pod, corev1.LabelTopologyZone, int32(1+w.random.IntN(3)), app(i))
	}
}

// selfAffinity: shapes whose pods all go to one zone, or share nodes with others.
func selfAffinity(w *drawnWorld, pod *corev1.Pod, i int) {
	switch w.random.IntN(4) {
	case 0, 1:
		near(pod, corev1.LabelTopologyZone, app(i))
	case 2:
		near(pod, corev1.LabelHostname, app(i))
		few(pod)
		w.problem.Workloads[i].Replicas = min(w.problem.Workloads[i].Replicas, 5)
	}
}

// few makes the pod so small that some share a node.
func few(pod *corev1.Pod) {
	pod.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = resource.MustParse("900m")
	pod.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory] = resource.MustParse("2Gi")
}

// nodesApart: shapes one to a node, spread over nodes, away from the next shape.
func nodesApart(w *drawnWorld, pod *corev1.Pod, i int) {
	switch w.random.IntN(4) {
	case 0:
		apart(pod, corev1.LabelHostname, app(i))
	case 1:
		spreadOver(pod, corev1.LabelHostname, int32(1+w.random.IntN(4)), app(i))
	case 2:
		apart(pod, corev1.LabelHostname, app(i+1))
	}
}

// spreadPolicies: two pools, one tainted, and spread that counts some of their nodes.
func spreadPolicies(seed uint64) binpack.Problem {
	w := world(seed, 300, 14, func(w *drawnWorld, pod *corev1.Pod, i int) {
		if w.random.IntN(3) == 0 {
			pod.Spec.Tolerations = []corev1.Toleration{{Key: "batch", Operator: corev1.TolerationOpExists}}
		}
		if w.random.IntN(4) == 0 {
			pod.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: zoneName(w.random.IntN(3))}
		}
		if w.random.IntN(4) > 0 {
			honor, ignore := corev1.NodeInclusionPolicyHonor, corev1.NodeInclusionPolicyIgnore
			c := spreadOver(pod, corev1.LabelTopologyZone, int32(1+w.random.IntN(2)), app(i))
			c.NodeTaintsPolicy = &[]corev1.NodeInclusionPolicy{honor, ignore}[w.random.IntN(2)]
		}
	})
	w.problem.Pools = []binpack.Pool{
		{Name: "general", Requirements: wanting(corev1.LabelTopologyZone, "zone-a", "zone-b")},
		{Name: "batch", Taints: []corev1.Taint{{Key: "batch", Effect: corev1.TaintEffectNoSchedule}}},
		{Name: "rest", Requirements: wanting(corev1.LabelTopologyZone, "zone-c")},
	}
	return w.problem
}

// namespaces: affinity and anti-affinity to the pods of other namespaces, by zone and
// node.
func namespaces(seed uint64) binpack.Problem {
	names := []string{"red", "green", "blue"}
	w := world(seed, 400, 20, func(w *drawnWorld, pod *corev1.Pod, i int) {
		pod.Namespace = names[w.random.IntN(3)]
		pod.Labels["role"] = []string{"front", "back"}[w.random.IntN(2)]
		role := &metav1.LabelSelector{MatchLabels: map[string]string{"role": "back"}}
		switch w.random.IntN(6) {
		case 0:
			near(pod, corev1.LabelTopologyZone, role).NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "warm"}}
		case 1:
			near(pod, corev1.LabelTopologyZone, role).Namespaces = names[:1+w.random.IntN(3)]
		case 2:
			apart(pod, corev1.LabelHostname, app(i)).NamespaceSelector = &metav1.LabelSelector{}
		case 3:
			apart(pod, corev1.LabelHostname, app(i+1)).NamespaceSelector = &metav1.LabelSelector{}
		case 4:
			spreadOver(pod, corev1.LabelTopologyZone, 1, app(i))
		}
	})
	for i, name := range names {
		team := []string{"warm", "cold", "cold"}[i]
		w.problem.Namespaces = append(w.problem.Namespaces, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"team": team}}})
	}
	return w.problem
}

const shelfKey, tierKey = "example.com/shelf", "example.com/tier"

// openKeys: three pools that leave keys open, and spread and affinity over them.
func openKeys(seed uint64) binpack.Problem {
	w := world(seed, 600, 18, func(w *drawnWorld, pod *corev1.Pod, i int) {
		switch w.random.IntN(6) {
		case 0, 1:
			spreadOver(pod, shelfKey, 1, app(i))
		case 2:
			near(pod, tierKey, app(i))
		case 3:
			apart(pod, tierKey, app(i+1))
		case 4:
			spreadOver(pod, corev1.LabelTopologyZone, 1, app(i))
		}
	})
	shelves, tiers := []string{"s1", "s2", "s3"}, []string{"hot", "cold"}
	for i, zone := range []string{"zone-a", "zone-b", "zone-c"} {
		requirements := append(wanting(corev1.LabelTopologyZone, zone), append(wanting(shelfKey, shelves...), wanting(tierKey, tiers...)...)...)
		w.problem.Pools = append(w.problem.Pools, binpack.Pool{Name: fmt.Sprintf("pool-%d", i), Requirements: requirements, Keys: map[string][]string{shelfKey: shelves, tierKey: tiers}})
	}
	return w.problem
}

// poolsByWeight: four pools, the first of them limited.
func poolsByWeight(seed uint64) binpack.Problem {
	w := world(seed, 3_000, 25, func(w *drawnWorld, pod *corev1.Pod, i int) {
		if w.random.IntN(4) == 0 {
			spreadOver(pod, corev1.LabelTopologyZone, 1, app(i))
		}
	})
	cpus := func(n int) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(int64(n), resource.DecimalSI)}
	}
	w.problem.Pools = []binpack.Pool{
		{Name: "reserved", Weight: 30, Limits: cpus(100 + w.random.IntN(200))},
		{Name: "dear", Weight: 20, Requirements: wanting(corev1.LabelTopologyZone, "zone-c"), Limits: cpus(100 + w.random.IntN(200))},
		{Name: "near", Weight: 10, Requirements: wanting(corev1.LabelTopologyZone, "zone-a", "zone-b"), Limits: cpus(300 + w.random.IntN(300))},
		{Name: "rest"},
	}
	return w.problem
}

// prioritiesUnderLimits: pods of four priorities, and limits that hold most of them.
func prioritiesUnderLimits(seed uint64) binpack.Problem {
	w := world(seed, 5_000, 25, func(w *drawnWorld, pod *corev1.Pod, i int) {
		priority := int32(w.random.IntN(4))
		pod.Spec.Priority = &priority
		if w.random.IntN(4) == 0 {
			spreadOver(pod, corev1.LabelTopologyZone, 1, app(i))
		}
	})
	need := int64(0)
	for _, l := range w.problem.Workloads {
		need += int64(l.Replicas) * l.Pod.Spec.Containers[0].Resources.Requests.Cpu().MilliValue() / 1000
	}
	limit := need * int64(60+w.random.IntN(60)) / 100
	w.problem.Pools = []binpack.Pool{{Name: "all", Limits: corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(limit, resource.DecimalSI)}}}
	return w.problem
}

func wanting(key string, values ...string) []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}}
}
