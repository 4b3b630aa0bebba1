package translate_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

func typeOf(name string, cpu string, offerings ...*cloudprovider.Offering) *cloudprovider.InstanceType {
	return &cloudprovider.InstanceType{
		Name: name, Offerings: offerings,
		Requirements: scheduling.NewLabelRequirements(map[string]string{corev1.LabelInstanceTypeStable: name, corev1.LabelArchStable: "amd64", corev1.LabelOSStable: "linux"}),
		Capacity:     corev1.ResourceList{"cpu": resource.MustParse(cpu), "memory": resource.MustParse("16Gi"), "pods": resource.MustParse("110"), "hugepages-2Mi": resource.MustParse("2Gi")},
		Overhead:     &cloudprovider.InstanceTypeOverhead{KubeReserved: corev1.ResourceList{"cpu": resource.MustParse("100m")}, EvictionThreshold: corev1.ResourceList{"memory": resource.MustParse("1Gi")}},
	}
}

func offering(price float64, labels map[string]string) *cloudprovider.Offering {
	all := map[string]string{corev1.LabelTopologyZone: "z", v1.CapacityTypeLabelKey: "on-demand"}
	for key, value := range labels {
		all[key] = value
	}
	return &cloudprovider.Offering{Available: true, Price: price, Requirements: scheduling.NewLabelRequirements(all)}
}

// TestTypes says how single things of a type are read.
func TestTypes(t *testing.T) {
	v1.WellKnownLabels.Insert("zone-id") // else Karpenter takes no such offering
	t.Cleanup(func() { v1.WellKnownLabels.Delete("zone-id") })
	cheap, dear := offering(1, nil), offering(2, nil)
	big := offering(3, map[string]string{corev1.LabelTopologyZone: "y", "zone-id": "y1"})
	big.CapacityOverride = corev1.ResourceList{"cpu": resource.MustParse("8")}
	wrong := offering(math.NaN(), map[string]string{corev1.LabelTopologyZone: "x"})
	gone := offering(1, map[string]string{corev1.LabelTopologyZone: "w"})
	gone.Available = false
	it := typeOf("a", "4", dear, cheap, big, wrong, gone)
	both := typeOf("b", "4", offering(1, nil))
	both.Requirements[corev1.LabelOSStable] = scheduling.NewRequirement(corev1.LabelOSStable, corev1.NodeSelectorOpIn, "linux", "windows")
	np := nodePool("default", func(np *v1.NodePool) {
		np.Spec.Template.Spec.Requirements = nil
		np.Spec.Limits = v1.Limits{"cpu": resource.MustParse("100")}
	})
	static := nodePool("static", func(np *v1.NodePool) { n := int64(1); np.Spec.Replicas = &n })
	tr := translate.Problem(translate.Cluster{Pools: []translate.Pool{
		{NodePool: np, Types: []*cloudprovider.InstanceType{it, it, both}, Used: corev1.ResourceList{"cpu": resource.MustParse("7")}},
		{NodePool: static, Types: []*cloudprovider.InstanceType{it}},
	}})
	require.NoError(t, tr.Problem.Validate())
	require.Len(t, tr.Problem.Pools, 1)
	pool := tr.Problem.Pools[0]
	left := pool.Left()["cpu"]
	require.Equal(t, "93", left.String())
	require.Len(t, pool.Catalog, 3)
	a := pool.Catalog[0]
	require.Equal(t, []string{"a", "b/linux", "b/windows"}, []string{a.Name, pool.Catalog[1].Name, pool.Catalog[2].Name})
	allocatable := a.Allocatable()
	require.Equal(t, "13Gi", allocatable.Memory().String(), "less the threshold and huge pages")
	require.Equal(t, "3900m", allocatable.Cpu().String())
	require.Len(t, a.Offerings, 3)
	require.Equal(t, catalog.USD, a.Offerings[0].Price, "the cheaper of two alike")
	over := a.AllocatableOf(1)
	require.Equal(t, "11900m", over.Cpu().String(), "upstream adds an override to the capacity, whatever its comment says")
	require.Equal(t, "y1", a.OfferingLabels(1)["zone-id"])
	require.True(t, a.Offerings[2].Unavailable)
	got, o := tr.Offering("default", a.Key(0))
	require.Same(t, it, got)
	require.Same(t, cheap, o)
	var texts []string
	for _, l := range tr.Lost {
		texts = append(texts, l.String())
	}
	require.Equal(t, []string{
		"InstanceType a: two offerings of one zone, capacity type and reservation: the better one is taken",
		"InstanceType a: capacityOverride of an offering: limits count the capacity of the type",
		"InstanceType a: an offering is left out: price NaN: is not a finite number",
		"InstanceType a: two types of one name: the first that the pool admits is taken",
		"NodePool static: spec.replicas: a static pool launches nothing for pods",
	}, texts)
}

// TestReservations: what several pools draw on is there once.
func TestReservations(t *testing.T) {
	cloudprovider.ReservationIDLabel = "example.com/reservation"
	v1.WellKnownLabels.Insert(cloudprovider.ReservationIDLabel)
	t.Cleanup(func() {
		v1.WellKnownLabels.Delete(cloudprovider.ReservationIDLabel)
		cloudprovider.ReservationIDLabel = ""
	})
	held := offering(0.001, map[string]string{v1.CapacityTypeLabelKey: "reserved", "example.com/reservation": "r-1"})
	held.ReservationCapacity = 2
	types := []*cloudprovider.InstanceType{typeOf("a", "4", offering(1, nil), held)}
	c := translate.Cluster{Pools: []translate.Pool{{NodePool: nodePool("one", nil), Types: types}, {NodePool: nodePool("two", nil), Types: types}}}
	for _, name := range []string{"p", "q", "r"} {
		c.Pods = append(c.Pods, newPod(name, "3", "1Gi"))
	}
	tr, p := plan(t, c)
	asked, err := tr.Claims(t.Context(), p, 5)
	require.NoError(t, err)
	reserved := 0
	for _, claim := range asked.Claims {
		made := claim.ToNodeClaim()
		for _, r := range made.Spec.Requirements {
			if r.Key == "example.com/reservation" {
				reserved++
				require.Equal(t, []string{"r-1"}, r.Values)
			}
		}
	}
	require.Len(t, asked.Claims, 3)
	require.Equal(t, 2, reserved)
	require.Len(t, tr.Lost, 1)
	require.Contains(t, tr.Lost[0].Text, "reserved")
}
