package ec2_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// disks returns a problem of pods pods of 100m and 200Mi with a disk each, on c5 and m5.
func disks(t *testing.T, pods int, node ec2.Node) binpack.Problem {
	machines, err := ec2.Options{Region: "us-west-2", Families: []string{"c5", "m5"}, Node: node}.Catalog()
	require.NoError(t, err)
	onDemand, err := prices.OnDemand("us-west-2")
	require.NoError(t, err)
	var p binpack.Problem
	p.Catalog, _ = pricing.Apply(machines, onDemand)
	require.NoError(t, err)

	waits, class := storagev1.VolumeBindingWaitForFirstConsumer, "gp3"
	p.Storage.Classes = []*storagev1.StorageClass{{ObjectMeta: metav1.ObjectMeta{Name: class}, Provisioner: "ebs.csi.aws.com", VolumeBindingMode: &waits}}
	for i := range pods {
		name := fmt.Sprint("disk-", i)
		p.Storage.Claims = append(p.Storage.Claims, &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
			Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: &class},
		})
		p.Pods = append(p.Pods, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
			Spec: corev1.PodSpec{
				Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list(map[string]string{"cpu": "100m", "memory": "200Mi"})}}},
				Volumes: []corev1.Volume{{Name: "disk", VolumeSource: corev1.VolumeSource{
					PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
				}}},
			},
		})
	}
	return p
}

// A node takes 26 disks, not as many as there is a place for otherwise.
func TestDisksCost(t *testing.T) {
	for _, test := range []struct {
		node  ec2.Node
		cost  string
		types map[string]int
	}{
		{ec2.Node{}, "0.543", map[string]int{"c5.large": 3, "m5.large": 3}},
		{ec2.Node{MaxVolumes: 39}, "0.532", nil},
	} {
		p := disks(t, 100, test.node)
		plan, err := solver.Solve(t.Context(), p)
		require.NoError(t, err)
		require.Empty(t, plan.Unschedulable)
		require.NoError(t, verify.Plan(t.Context(), p, plan))
		require.Equal(t, test.cost, plan.Cost.String())
		types := map[string]int{}
		for _, l := range plan.Launches {
			types[l.Offering.InstanceType] += l.Nodes()
		}
		if test.types != nil {
			require.Equal(t, test.types, types)
		}
	}
}
