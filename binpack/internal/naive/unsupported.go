package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// supported refuses pods with a rule that no other file of this package
// states. A plan that places one has ignored the rule.
func supported(pod *corev1.Pod) *Refusal {
	path := firstNonEmpty(disk(pod), claim(pod), toleration(pod))
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

// disk finds the first volume that can be attached to one node at a time and
// that the pod names itself, without a claim.
func disk(pod *corev1.Pod) string {
	for i, v := range pod.Spec.Volumes {
		path := fmt.Sprintf("spec.volumes[%d].", i)
		switch {
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

// claimed returns the path of the pod's first volume with a claim, or "".
func claimed(pod *corev1.Pod) string {
	for i, v := range pod.Spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			return fmt.Sprintf("spec.volumes[%d].persistentVolumeClaim", i)
		case v.Ephemeral != nil:
			return fmt.Sprintf("spec.volumes[%d].ephemeral", i)
		}
	}
	return ""
}
