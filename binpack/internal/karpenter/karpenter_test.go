package karpenter_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/karpenter"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

func problem(t *testing.T, name string) binpack.Problem {
	f, err := os.Open("../../testdata/problems/" + name + ".json")
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

// The costs are those of Karpenter v1.14.1, on problems whose rules make it
// walk no Go map in a way that matters. A new release may change them.
func TestCosts(t *testing.T) {
	for _, tt := range []struct {
		name       string
		cost       string
		nodes      int
		onExisting int
	}{
		{"seed4-inflate-5", "0.096", 1, 0},
		{"seed4-inflate-15", "0.211", 2, 0},
		{"seed4-inflate-50", "0.504", 4, 0},
		{"seed4-inflate-200", "1.86", 15, 0},
		{"c5m5r5-mix-100", "10.746", 3, 0},
		{"c5m5r5-mix-1000", "109.68", 23, 0},
		{"c5m5r5-openb-100", "94.824", 20, 0},
		{"c5m5r5-spotmix-1000", "37.0317", 21, 0},
		{"constraints-selectors-200", "17.1424", 9, 0},
		{"rules-taints-tolerations", "17.2217", 5, 0},
		{"rules-daemons", "3.4448", 5, 0},
		{"rules-hostports", "6.183", 26, 0},
		{"rules-pools-weight-limits", "20.5", 9, 0},
		{"rules-existing-nodes", "20.916", 14, 90},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := karpenter.Solve(t.Context(), problem(t, tt.name), 1)
			require.NoError(t, err)
			cost, err := catalog.ParsePrice(tt.cost)
			require.NoError(t, err)
			require.Equal(t, cost, res.Plan.Cost)
			require.Len(t, res.Plan.Launches, tt.nodes)
			require.Empty(t, res.Plan.Unschedulable)
			require.Equal(t, tt.onExisting, res.OnExisting)
			require.Equal(t, 1, res.Batches)
			require.Positive(t, res.Time)
		})
	}
}

func TestPlan(t *testing.T) {
	p := problem(t, "seed4-inflate-5")
	res, err := karpenter.Solve(t.Context(), p, 1)
	require.NoError(t, err)
	require.Equal(t, binpack.Plan{
		Launches: []binpack.Launch{{
			Offering: catalog.Key{InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: catalog.OnDemand},
			Price:    96_000_000,
			Pods:     []binpack.Placement{{Pod: p.Workloads[0].Pod, Count: 5}},
		}},
		Cost: 96_000_000,
	}, res.Plan)
}

// TestOpenKeys: each node of a pool that leaves a key open has a value of it.
func TestOpenKeys(t *testing.T) {
	res, err := karpenter.Solve(t.Context(), problem(t, "rules-pool-values"), 1)
	require.NoError(t, err)
	require.Empty(t, res.Plan.Unschedulable)
	for _, l := range res.Plan.Launches {
		if l.Pool == "plain" {
			require.Empty(t, l.Labels)
			continue
		}
		require.Len(t, l.Labels, 1)
		require.Contains(t, []string{"red", "green", "blue"}, l.Labels["example.com/team"])
	}
}

// TestVerified lets rules that share nothing with Karpenter judge its plans.
func TestVerified(t *testing.T) {
	for _, name := range []string{
		"seed4-inflate-200", "c5m5r5-mix-100", "c5m5r5-spotmix-1000", "constraints-selectors-200", "constraints-zonespread-100",
		"rules-taints-tolerations", "rules-existing-nodes", "rules-namespace-selector", "rules-pool-values",
	} {
		t.Run(name, func(t *testing.T) {
			p := problem(t, name)
			res, err := karpenter.Solve(t.Context(), p, 1)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, res.Plan))
		})
	}
}

// loners is three pods that claim the same host port, so that each needs a node
// of its own, and a pool that may launch 8 CPUs. One batch counts the first
// claim with the 8 CPUs that it could still become, and stops.
func loners() binpack.Problem {
	amount := func(cpu string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse("64Gi")}
	}
	onDemand := func(price catalog.Price) []catalog.Offering {
		return []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: price}}
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "loner"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{
		Ports:     []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80, Protocol: corev1.ProtocolTCP}},
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}},
	}}}}
	return binpack.Problem{
		Workloads: []binpack.Workload{{Pod: pod, Replicas: 3}},
		Pools:     []binpack.Pool{{Name: "small", Limits: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8")}}},
		Catalog: catalog.Catalog{
			{Name: "two", Capacity: amount("2"), Offerings: onDemand(catalog.USD)},
			{Name: "eight", Capacity: amount("8"), Offerings: onDemand(4 * catalog.USD)},
		},
	}
}

func TestBatches(t *testing.T) {
	one, err := karpenter.Solve(t.Context(), loners(), 1)
	require.NoError(t, err)
	require.Equal(t, catalog.USD, one.Plan.Cost)
	require.Equal(t, 2, one.Plan.Unschedulable[0].Count)

	all, err := karpenter.Solve(t.Context(), loners(), 10)
	require.NoError(t, err)
	require.Equal(t, 3*catalog.USD, all.Plan.Cost)
	require.Empty(t, all.Plan.Unschedulable)
	require.Equal(t, 2, all.Batches)
}

// TestReservations: what one batch took of a reservation the next has not.
func TestReservations(t *testing.T) {
	p := loners()
	two := p.Catalog[0]
	two.Offerings = append(two.Offerings, catalog.Offering{Zone: "a", CapacityType: catalog.Reserved, Price: 1, Limit: 2})
	res, err := karpenter.Solve(t.Context(), p, 10)
	require.NoError(t, err)
	require.Empty(t, res.Plan.Unschedulable)
	require.Equal(t, catalog.USD+2, res.Plan.Cost)
}

// TestExisting: of the nodes that are there, one has room, as the pod on it is
// through; the others are full, cordoned or on their way out.
func TestExisting(t *testing.T) {
	amount := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}
	pod := func(name string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}, Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: amount}}}}}
	}
	node := func(name string, pods ...*corev1.Pod) binpack.ExistingNode {
		return binpack.ExistingNode{Pods: pods, Node: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{Allocatable: amount}}}
	}
	p := loners()
	gated, through := pod("gated"), pod("through")
	gated.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}}
	through.Status.Phase = corev1.PodSucceeded
	full, cordoned, leaving, free := node("full", pod("there")), node("cordoned"), node("leaving", pod("there")), node("roomy", through)
	cordoned.Node.Spec.Unschedulable = true
	leaving.Node.DeletionTimestamp, leaving.Pods[0].DeletionTimestamp = &metav1.Time{}, &metav1.Time{}
	p.Pods, p.Workloads = []*corev1.Pod{gated}, []binpack.Workload{{Pod: pod("new"), Replicas: 2}}
	p.Existing = []binpack.ExistingNode{full, cordoned, leaving, free}

	res, err := karpenter.Solve(t.Context(), p, 1)
	require.NoError(t, err)
	require.Equal(t, 1, res.OnExisting)
	require.Equal(t, binpack.Plan{
		Launches: []binpack.Launch{{Pool: "small", Offering: p.Catalog[0].Key(0), Price: catalog.USD,
			Pods: []binpack.Placement{{Pod: p.Workloads[0].Pod, Count: 1}}}},
		Nominations:   []binpack.Nomination{{Node: free.Node, Pods: []binpack.Placement{{Pod: p.Workloads[0].Pod, Count: 1}}}},
		Unschedulable: []binpack.Unschedulable{{Pod: gated, Count: 1}},
		Cost:          catalog.USD,
	}, res.Plan)
}

// TestAsAdmitted: what the API server fills in decides, one by one: two pods for
// one node that repel each other by a label key, want the same port of the host,
// or ask by an old name of the zone.
func TestAsAdmitted(t *testing.T) {
	for name, rule := range map[string]func(*corev1.Pod){
		"label keys": func(pod *corev1.Pod) {
			pod.Labels = map[string]string{"version": "1"}
			pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
				{TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{}, MatchLabelKeys: []string{"version"}}}}}
		},
		"host network": func(pod *corev1.Pod) {
			pod.Spec.HostNetwork = true
			pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80}}
		},
		"old name": func(pod *corev1.Pod) {
			pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelFailureDomainBetaZone,
				WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &metav1.LabelSelector{}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := loners()
			one := p.Workloads[0].Pod
			one.Spec.Containers[0].Ports = nil
			p.Workloads[0].Replicas = 2
			p.Pools[0].Limits = nil
			p.Catalog[0].Offerings = append(p.Catalog[0].Offerings, catalog.Offering{Zone: "b", CapacityType: catalog.OnDemand, Price: catalog.USD})
			res, err := karpenter.Solve(t.Context(), p, 1)
			require.NoError(t, err)
			require.Len(t, res.Plan.Launches, 1)
			rule(one)
			res, err = karpenter.Solve(t.Context(), p, 1)
			require.NoError(t, err)
			require.Empty(t, res.Plan.Unschedulable)
			require.Len(t, res.Plan.Launches, 2)
		})
	}
}

type noneIn string

func (zone noneIn) Available(k catalog.Key) int {
	if k.Zone == string(zone) {
		return 0
	}
	return binpack.Unlimited
}

func TestAvailability(t *testing.T) {
	p := problem(t, "seed4-inflate-5")
	p.Availability = noneIn("us-west-2a")
	res, err := karpenter.Solve(t.Context(), p, 1)
	require.NoError(t, err)
	require.Equal(t, "us-west-2b", res.Plan.Launches[0].Offering.Zone)
}

func TestIgnored(t *testing.T) {
	require.Empty(t, karpenter.Ignored(problem(t, "c5m5r5-mix-100")))
	require.Equal(t, []string{"quotas"}, karpenter.Ignored(problem(t, "rules-quotas")))
	require.Equal(t, []string{"priorities"}, karpenter.Ignored(problem(t, "rules-priorities-under-limits")))
	p := loners()
	p.Catalog[0].Offerings[0].Limit = 2
	require.Equal(t, []string{"offering limits"}, karpenter.Ignored(p))
	p = loners()
	p.GangLabel = "gang"
	require.Empty(t, karpenter.Ignored(p))
	p.Workloads[0].Pod.Labels = map[string]string{"gang": "a"}
	p.Workloads[0].Pod.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}}
	require.Equal(t, []string{"gangs", "volumes"}, karpenter.Ignored(p))
}

func TestForgetsLabels(t *testing.T) {
	before := v1.WellKnownLabels.Clone()
	_, err := karpenter.Solve(t.Context(), problem(t, "constraints-selectors-200"), 1)
	require.NoError(t, err)
	require.Equal(t, before, v1.WellKnownLabels)
}
