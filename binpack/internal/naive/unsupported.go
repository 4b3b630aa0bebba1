package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// supported refuses pods with a rule that no other file of this package
// states. A plan that places one has ignored the rule.
func supported(pod *corev1.Pod) *Refusal {
	path := firstNonEmpty(
		otherSpread(pod), podAffinityRule(pod), preferredNodes(pod), volume(pod), claim(pod), toleration(pod),
	)
	if path == "" {
		return nil
	}
	return &Refusal{Code: Unsupported, Path: path}
}

func firstNonEmpty(paths ...string) string {
	for _, p := range paths {
		if p != "" {
			return p
		}
	}
	return ""
}

func podAffinityRule(pod *corev1.Pod) string {
	const required, preferred = "requiredDuringSchedulingIgnoredDuringExecution[0]", "preferredDuringSchedulingIgnoredDuringExecution[0]"
	a := pod.Spec.Affinity
	if a == nil {
		return ""
	}
	if with := a.PodAffinity; with != nil {
		if len(with.RequiredDuringSchedulingIgnoredDuringExecution) > 0 {
			return "spec.affinity.podAffinity." + required
		}
		if len(with.PreferredDuringSchedulingIgnoredDuringExecution) > 0 {
			return "spec.affinity.podAffinity." + preferred
		}
	}
	if apart := a.PodAntiAffinity; apart != nil {
		if path := otherAntiAffinity(pod); path != "" {
			return path
		}
		if len(apart.PreferredDuringSchedulingIgnoredDuringExecution) > 0 {
			return "spec.affinity.podAntiAffinity." + preferred
		}
	}
	return ""
}

func preferredNodes(pod *corev1.Pod) string {
	a := pod.Spec.Affinity
	if a != nil && a.NodeAffinity != nil && len(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0 {
		return "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
	}
	return ""
}

// volume finds the first volume that asks something of the node: a claim may
// tie the pod to a zone, a disk may be attached to one node only.
func volume(pod *corev1.Pod) string {
	for i, v := range pod.Spec.Volumes {
		path := fmt.Sprintf("spec.volumes[%d].", i)
		switch {
		case v.PersistentVolumeClaim != nil:
			return path + "persistentVolumeClaim"
		case v.Ephemeral != nil:
			return path + "ephemeral"
		case v.AWSElasticBlockStore != nil:
			return path + "awsElasticBlockStore"
		case v.GCEPersistentDisk != nil:
			return path + "gcePersistentDisk"
		case v.AzureDisk != nil:
			return path + "azureDisk"
		case v.Cinder != nil:
			return path + "cinder"
		case v.ISCSI != nil:
			return path + "iscsi"
		case v.RBD != nil:
			return path + "rbd"
		}
	}
	return ""
}

func claim(pod *corev1.Pod) string {
	if len(pod.Spec.ResourceClaims) > 0 {
		return "spec.resourceClaims[0]"
	}
	return ""
}

// toleration finds the first operator that taints.go does not know.
func toleration(pod *corev1.Pod) string {
	for i, t := range pod.Spec.Tolerations {
		if t.Operator != "" && t.Operator != corev1.TolerationOpEqual && t.Operator != corev1.TolerationOpExists {
			return fmt.Sprintf("spec.tolerations[%d].operator", i)
		}
	}
	return ""
}
