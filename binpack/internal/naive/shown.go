package naive

import (
	"cmp"
	"math/big"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// What package claims, the judge's rules of volumes, is built from.

// Codes of rules of volumes.
const (
	ClaimInUse   Code = "ClaimInUse"
	VolumesTaken Code = "VolumesTaken"
)

// MeetsTerm reports whether a node meets a term of a node selector.
func MeetsTerm(node *corev1.Node, t corev1.NodeSelectorTerm) bool { return meetsTerm(node, t) }

// RequirementString returns a requirement as a person would write it.
func RequirementString(e corev1.NodeSelectorRequirement) string { return requirementString(e) }

// NamespaceOf returns the namespace of a pod.
func NamespaceOf(pod *corev1.Pod) string { return cmp.Or(pod.Namespace, corev1.NamespaceDefault) }

// Attachable is the resource of a node that counts the volumes of a CSI driver.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
func Attachable(driver string) corev1.ResourceName { return corev1.ResourceName(attachable + driver) }

// Whole returns a whole number of a resource.
func Whole(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), one()) }

// CountsVolumes reports whether a resource counts the volumes of a CSI driver.
func CountsVolumes(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), attachable)
}
