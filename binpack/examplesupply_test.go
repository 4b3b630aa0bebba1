package binpack_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
)

// A limit of all nodes of a pool, and what those that are there use of it.
func ExamplePool_Left() {
	cpu := func(q string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(q)}
	}
	pool := binpack.Pool{Name: "default", Limits: cpu("100"), Used: cpu("92")}
	left := pool.Left()
	fmt.Println(left.Cpu())
	// Output: 8
}

// What the pools of a Problem may launch, one by one. A Problem that names no pool has one.
func ExampleProblem_EffectivePools() {
	p := problemtest.Workshop(1)
	small := p.Catalog[:1]
	p.Pools = append(p.Pools, binpack.Pool{Name: "small", Catalog: small})
	pools := p.EffectivePools()
	for i := range pools {
		fmt.Println(pools[i].Name, len(p.CatalogOf(&pools[i])), "types")
	}
	fmt.Println(len(binpack.Problem{}.EffectivePools()), "pool")
	// Output:
	// default 4 types
	// small 1 types
	// 1 pool
}

// The account's quota of vCPUs, over all pools and types of it.
func ExampleQuota() {
	p := problemtest.Workshop(50)
	p.Quotas = []binpack.Quota{{
		Name:         "Standard On-Demand vCPUs",
		Requirements: []corev1.NodeSelectorRequirement{{Key: corev1.LabelArchStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"amd64"}}},
		Left:         corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("6")},
	}}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	nodes := 0
	for _, l := range plan.Launches {
		nodes += l.Nodes()
	}
	fmt.Println(nodes, "nodes;", plan.Unschedulable[0].Count, "pods are left:", plan.Unschedulable[0].Reasons[0].Reason)
	// Output: 3 nodes; 8 pods are left: QuotaReached
}

// A pod's volume is in one zone, and so must its node be.
func ExampleStorage() {
	p := problemtest.Workshop(1)
	p.Workloads[0].Pod.Namespace = "shop"
	p.Workloads[0].Pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
	}}}
	wait := storagev1.VolumeBindingWaitForFirstConsumer
	class := "gp3"
	p.Storage = binpack.Storage{
		Classes: []*storagev1.StorageClass{{
			ObjectMeta: metav1.ObjectMeta{Name: class}, Provisioner: "ebs.csi.aws.com", VolumeBindingMode: &wait,
			AllowedTopologies: []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{
				{Key: corev1.LabelTopologyZone, Values: []string{"us-west-2c"}},
			}}},
		}},
		Claims: []*corev1.PersistentVolumeClaim{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "data"},
			Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: &class},
		}},
	}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.Zone)
	// Output: us-west-2c
}

// A pool wants five types to choose from, and the catalog has four.
func ExampleMinValuesPolicy() {
	for _, policy := range []binpack.MinValuesPolicy{binpack.Strict, binpack.BestEffort} {
		p := problemtest.Workshop(5)
		p.Pools[0].Requirements = []corev1.NodeSelectorRequirement{{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpExists}}
		p.Pools[0].MinValues = map[string]int{corev1.LabelInstanceTypeStable: 5}
		p.Pools[0].MinValuesPolicy = policy
		plan, err := solver.Solve(context.Background(), p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(policy, len(plan.Launches), "launches")
		for _, u := range plan.Unschedulable {
			fmt.Println(u.Reasons[0].Reason)
		}
	}
	// Output:
	// Strict 0 launches
	// MinValues
	// BestEffort 1 launches
}

// A NodePool may require a label that nothing else carries: each launch chooses a value.
// A pool of the Go API says so itself, and OwnKeys finds such keys as Karpenter does.
func ExampleProblem_OwnKeys() {
	p := problemtest.Workshop(4)
	p.Pools[0].Requirements = []corev1.NodeSelectorRequirement{{Key: "capacity-spread", Operator: corev1.NodeSelectorOpIn, Values: []string{"1", "2"}}}
	fmt.Println(p.Validate())
	p.Pools[0].Keys = p.OwnKeys(&p.Pools[0])
	fmt.Println(p.Pools[0].Keys, p.Validate())
	// Output:
	// Pools[0].Requirements[0].key: "capacity-spread" is a label of no node: of no instance type, not of the pool, and none of its Keys
	// map[capacity-spread:[]] <nil>
}

// A rule about the pods of a domain says of each domain how many are there.
func ExampleDomain() {
	p := problemtest.Workshop(4)
	pod := p.Workloads[0].Pod
	pod.Labels = map[string]string{"app": "inflate"}
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
			TopologyKey:   corev1.LabelTopologyZone,
			LabelSelector: &metav1.LabelSelector{MatchLabels: pod.Labels},
		}},
	}}
	plan, err := solver.Solver{Gap: 1}.Solve(context.Background(), p) // the first plan will do
	if err != nil {
		fmt.Println(err)
		return
	}
	why := plan.Unschedulable[0].Reasons[0]
	fmt.Println(plan.Unschedulable[0].Count, "left:", why.Reason)
	for _, d := range why.Detail.Domains {
		fmt.Println(d.Value, d.Pods)
	}
	// Output:
	// 1 left: PodAntiAffinity
	// us-west-2a 1
	// us-west-2b 1
	// us-west-2c 1
}

// A daemon with something that is not modelled stops no pod; the plan says what it took it
// for.
func ExampleNote() {
	p := problemtest.Workshop(1)
	agent := p.Workloads[0].Pod.DeepCopy()
	agent.Name = "agent"
	agent.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
	}}}
	p.DaemonPods = []*corev1.Pod{agent}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range plan.Notes {
		fmt.Println(n.Path)
		fmt.Println(n)
	}
	// Output:
	// DaemonPods[0].spec.volumes[0].persistentVolumeClaim
	// DaemonPods[0].spec.volumes[0].persistentVolumeClaim: is not modelled: where daemon default/agent may run its requests count, and nothing else of it
}

// A Certificate is data that proves the bound: values of the pods, by which no node is
// worth more than it costs.
func ExampleCertificate() {
	p := problemtest.Workshop(15)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	strongest := plan.Certificate.Cuts[plan.Certificate.Strongest]
	fmt.Println("values of", len(strongest.Workloads), "workload prove", plan.LowerBound)
	// Output: values of 1 workload prove 0.211
}
