package solver_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// A spread that only pods too large for any node state does not keep others off the nodes
// that it counts.
func TestSpreadOfPodsThatNoNodeHolds(t *testing.T) {
	p := binpack.Problem{Workloads: []binpack.Workload{replicas("small", 900, 20), replicas("large", 90_000, 3)}}
	p.Workloads[1].Pod.Spec.NodeSelector = map[string]string{"size": "1"}
	p.Workloads[1].Pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{TopologyKey: corev1.LabelTopologyZone, MaxSkew: 1, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: &metav1.LabelSelector{}}}
	cpu := func(amount string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(amount)}
	}
	p.Catalog = catalog.Catalog{
		{Name: "counted", Labels: map[string]string{"size": "1"}, Capacity: cpu("1"), Offerings: []catalog.Offering{{Zone: "a", Price: 2}, {Zone: "b", Price: 2, Limit: 1}}},
		{Name: "other", Labels: map[string]string{"size": "2"}, Capacity: cpu("1"), Offerings: []catalog.Offering{{Zone: "a", Price: 3}, {Zone: "b", Price: 1, Limit: 1}}},
	}
	plan, err := solver.Solver{}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.Equal(t, catalog.Price(39), plan.Cost)
}

// A node with two attachments holds one pod that mounts a volume of all pods beside one of
// its own: the solver knows, and the judge proves it.
func TestSharedVolumesBesideOwn(t *testing.T) {
	const class = "late"
	late, all := ksClass(class, "disk.example.com"), ksClaim("all", class, ksBound("shared"))
	all.Namespace = "default"
	volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "shared"}}
	volume.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "disk.example.com", VolumeHandle: "shared"}
	own := &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: new(string)}}
	*own.Spec.StorageClassName = class
	p := binpack.Problem{
		Workloads: []binpack.Workload{replicas("a", 100, 20)},
		Storage:   binpack.Storage{Claims: []*corev1.PersistentVolumeClaim{&all}, Volumes: []*corev1.PersistentVolume{volume}, Classes: []*storagev1.StorageClass{&late}},
		Catalog: catalog.Catalog{{Name: "m", Offerings: []catalog.Offering{{Zone: "a", Price: 2}}, Capacity: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("4"), "attachable-volumes-csi-disk.example.com": resource.MustParse("2"),
		}}},
	}
	p.Workloads[0].Pod.Spec.Volumes = []corev1.Volume{
		{Name: "all", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "all"}}},
		{Name: "own", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: own}}},
	}
	plan, err := solver.Solver{}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.Equal(t, catalog.Price(40), plan.Cost)
	require.Equal(t, binpack.Optimal, plan.Status)
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}
