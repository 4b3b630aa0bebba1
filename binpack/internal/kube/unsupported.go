package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Unsupported returns the path of the first rule of the pod that is not
// modelled yet, or "". Such a pod must not be placed: a plan that ignored the
// rule would leave it pending.
func Unsupported(pod *corev1.Pod) string {
	for _, rule := range []func(*corev1.Pod) string{
		UnsupportedVolumes, unsupportedClaims,
	} {
		if path := rule(pod); path != "" {
			return path
		}
	}
	return ""
}

// UnsupportedVolumes returns the path of the pod's first volume that is not
// modelled, or "": the sources that attach a disk without a claim, which count
// against the node's attachments. Claims are for a Storage to judge; the others
// need nothing of the node.
func UnsupportedVolumes(pod *corev1.Pod) string {
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i].VolumeSource
		field := ""
		switch {
		case v.AWSElasticBlockStore != nil:
			field = "awsElasticBlockStore"
		case v.GCEPersistentDisk != nil:
			field = "gcePersistentDisk"
		case v.AzureDisk != nil:
			field = "azureDisk"
		case v.Cinder != nil:
			field = "cinder"
		case v.RBD != nil:
			field = "rbd"
		case v.ISCSI != nil:
			field = "iscsi"
		}
		if field != "" {
			return fmt.Sprintf("spec.volumes[%d].%s", i, field)
		}
	}
	return ""
}

func unsupportedClaims(pod *corev1.Pod) string {
	if len(pod.Spec.ResourceClaims) > 0 {
		return "spec.resourceClaims[0]"
	}
	for i := range pod.Spec.Tolerations {
		switch pod.Spec.Tolerations[i].Operator {
		case "", corev1.TolerationOpEqual, corev1.TolerationOpExists:
		default:
			return fmt.Sprintf("spec.tolerations[%d].operator", i)
		}
	}
	return ""
}
