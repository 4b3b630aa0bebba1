package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// TestListsOfDaemons: the solver and the judge each have a list of what is not modelled of
// a daemon. They name the same.
func TestListsOfDaemons(t *testing.T) {
	volume := func(v corev1.VolumeSource) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) { s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: v}} }
	}
	toleration := func(op corev1.TolerationOperator) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) { s.Tolerations = []corev1.Toleration{{Key: "k", Operator: op, Value: "1"}} }
	}
	for name, c := range map[string]struct {
		change func(*corev1.PodSpec)
		path   string
	}{
		"nothing":           {func(*corev1.PodSpec) {}, ""},
		"host path":         {volume(corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}), ""},
		"claim":             {volume(corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"}}), "spec.volumes[0].persistentVolumeClaim"},
		"ephemeral":         {volume(corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}), "spec.volumes[0].ephemeral"},
		"EBS":               {volume(corev1.VolumeSource{AWSElasticBlockStore: &corev1.AWSElasticBlockStoreVolumeSource{}}), "spec.volumes[0].awsElasticBlockStore"},
		"GCE PD":            {volume(corev1.VolumeSource{GCEPersistentDisk: &corev1.GCEPersistentDiskVolumeSource{}}), "spec.volumes[0].gcePersistentDisk"},
		"Azure disk":        {volume(corev1.VolumeSource{AzureDisk: &corev1.AzureDiskVolumeSource{}}), "spec.volumes[0].azureDisk"},
		"Cinder":            {volume(corev1.VolumeSource{Cinder: &corev1.CinderVolumeSource{}}), "spec.volumes[0].cinder"},
		"RBD":               {volume(corev1.VolumeSource{RBD: &corev1.RBDVolumeSource{}}), "spec.volumes[0].rbd"},
		"iSCSI":             {volume(corev1.VolumeSource{ISCSI: &corev1.ISCSIVolumeSource{}}), "spec.volumes[0].iscsi"},
		"resource claim":    {func(s *corev1.PodSpec) { s.ResourceClaims = []corev1.PodResourceClaim{{Name: "g"}} }, "spec.resourceClaims[0]"},
		"toleration Lt":     {toleration("Lt"), "spec.tolerations[0].operator"},
		"toleration Gt":     {toleration("Gt"), "spec.tolerations[0].operator"},
		"toleration Equal":  {toleration(corev1.TolerationOpEqual), ""},
		"toleration Exists": {toleration(corev1.TolerationOpExists), ""},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{}
			c.change(&pod.Spec)
			require.Equal(t, c.path, kube.UnmodelledOfDaemon(pod))
			require.Equal(t, c.path, naive.UnsupportedDaemon(pod))
		})
	}
}
