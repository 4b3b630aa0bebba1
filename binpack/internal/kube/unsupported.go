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
		unsupportedAffinity, UnsupportedVolumes, unsupportedClaims, unsupportedSpread,
	} {
		if path := rule(pod); path != "" {
			return path
		}
	}
	return ""
}

// unsupportedSpread: by hostname is modelled.
func unsupportedSpread(pod *corev1.Pod) string {
	for i := range pod.Spec.TopologySpreadConstraints {
		if !hardByNode(&pod.Spec.TopologySpreadConstraints[i]) {
			return fmt.Sprintf("spec.topologySpreadConstraints[%d]", i)
		}
	}
	return ""
}

func unsupportedAffinity(pod *corev1.Pod) string {
	a := pod.Spec.Affinity
	switch {
	case a == nil:
		return ""
	case a.NodeAffinity != nil && len(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0:
		return "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
	case a.PodAffinity != nil && len(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0:
		return "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
	case a.PodAffinity != nil && len(a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0:
		return "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
	case a.PodAntiAffinity != nil && len(a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0:
		return "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
	}
	for i, t := range AntiAffinityTerms(pod) {
		if t.TopologyKey != corev1.LabelHostname {
			return fmt.Sprintf("spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[%d]", i)
		}
	}
	return ""
}

// UnsupportedVolumes returns the path of the pod's first volume that is not
// modelled yet, or "". A claim may bind the pod to a zone, and the sources that
// attach a disk count against the node's attachments. The others need nothing
// of the node.
func UnsupportedVolumes(pod *corev1.Pod) string {
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i].VolumeSource
		field := ""
		switch {
		case v.PersistentVolumeClaim != nil:
			field = "persistentVolumeClaim"
		case v.Ephemeral != nil:
			field = "ephemeral"
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
