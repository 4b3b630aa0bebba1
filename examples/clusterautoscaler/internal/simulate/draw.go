package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// families are kinds of machines: memory per vCPU in GiB, and the on-demand price of two
// vCPUs in us-east-1 in July 2026, in USD per hour.
var families = []struct {
	name   string
	memory int
	price  float64
}{{"c5", 2, 0.085}, {"m5", 4, 0.096}, {"r5", 8, 0.126}, {"c6i", 2, 0.085}, {"m6i", 4, 0.096}, {"m6a", 4, 0.0864}, {"r6a", 8, 0.1134}}

var machineSizes = []struct {
	name string
	cpus int
}{{"large", 2}, {"xlarge", 4}, {"2xlarge", 8}, {"4xlarge", 16}, {"8xlarge", 32}, {"12xlarge", 48}}

// Draw returns a made-up cluster: some groups in one to three zones, and 3 to 25
// deployments, some of them with rules. The same seed gives the same cluster.
func Draw(seed uint64) binpack.Problem {
	r := rand.New(rand.NewPCG(seed, 22))
	p := binpack.Problem{Catalog: drawCatalog(r)}
	total := 20 + r.IntN(400)
	deployments := 3 + r.IntN(23)
	for d := range deployments {
		n := max(1, int(float64(total)/float64(deployments)*math.Exp(r.NormFloat64()*0.7)))
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: drawPod(r, fmt.Sprintf("d%d", d)), Replicas: n})
	}
	for d := range r.IntN(4) {
		pod := drawDaemon(r, fmt.Sprintf("agent-%d", d))
		p.DaemonPods = append(p.DaemonPods, pod)
	}
	if r.IntN(3) == 0 { // a tainted pool, spot, beside the plain one
		p.Pools = []binpack.Pool{
			{Name: "plain", Requirements: market(catalog.OnDemand)},
			{Name: "batch", Requirements: market(catalog.Spot), Taints: []corev1.Taint{{Key: "batch", Effect: corev1.TaintEffectNoSchedule}}},
		}
	} else {
		p.Pools = []binpack.Pool{{Name: "plain", Requirements: market(catalog.OnDemand)}}
	}
	return p
}

func market(c catalog.CapacityType) []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: catalog.CapacityTypeLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{string(c)}}}
}

// drawCatalog draws two to five families and three to six sizes of each.
func drawCatalog(r *rand.Rand) catalog.Catalog {
	zones := []string{"a", "b", "c"}[:1+r.IntN(3)]
	var c catalog.Catalog
	most := 3 + r.IntN(len(machineSizes)-2)
	for _, f := range r.Perm(len(families))[:2+r.IntN(4)] {
		for _, size := range machineSizes[:most] {
			fam := families[f]
			price, err := catalog.FromUSD(fam.price * float64(size.cpus) / 2)
			if err != nil {
				panic(err) // the table is wrong
			}
			t := &catalog.InstanceType{
				Name:     fam.name + "." + size.name,
				Labels:   map[string]string{"family": fam.name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64"},
				Capacity: list(size.cpus*1000, size.cpus*fam.memory<<10),
				Overhead: corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(int64(60+5*size.cpus), resource.DecimalSI),
					corev1.ResourceMemory: *resource.NewQuantity(int64(700+12*size.cpus)<<20, resource.BinarySI)},
			}
			t.Capacity[corev1.ResourcePods] = resource.MustParse("110")
			for _, z := range zones {
				t.Offerings = append(t.Offerings,
					catalog.Offering{Zone: z, CapacityType: catalog.OnDemand, Price: price},
					catalog.Offering{Zone: z, CapacityType: catalog.Spot, Price: price * catalog.Price(30+r.IntN(25)) / 100})
			}
			c = append(c, t)
		}
	}
	return c
}

// list returns requests of milli millicores and mib MiB.
func list(milli, mib int) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(int64(milli), resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(int64(mib)<<20, resource.BinarySI)}
}

func newPod(name string, requests corev1.ResourceList) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": name}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests}}}},
	}
}

func drawPod(r *rand.Rand, name string) *corev1.Pod {
	cpus := []int{100, 250, 500, 1000, 1500, 2000, 3000}
	ratio := []int{1024, 2048, 2048, 4096, 4096, 7168} // MiB per vCPU
	milli := cpus[r.IntN(len(cpus))]
	p := newPod(name, list(milli, max(64, milli*ratio[r.IntN(len(ratio))]/1000)))
	same := &metav1.LabelSelector{MatchLabels: p.Labels}
	switch r.IntN(12) {
	case 0:
		p.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "a"}
	case 1:
		p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{LabelSelector: same, TopologyKey: corev1.LabelHostname}}}}
	case 2:
		p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 2, TopologyKey: corev1.LabelHostname,
			WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: same}}
	}
	if r.IntN(3) == 0 {
		p.Spec.Tolerations = []corev1.Toleration{{Key: "batch", Operator: corev1.TolerationOpExists}}
	}
	return p
}

func drawDaemon(r *rand.Rand, name string) *corev1.Pod {
	p := newPod(name, list(50+r.IntN(200), 64+r.IntN(300)))
	p.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	return p
}
