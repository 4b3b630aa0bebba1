package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// FixedKeys returns, sorted, the label keys that have one value for a launch with the
// pod, whatever else could be launched: those of its rules about the pods of a domain
// that it may not give up, and of its volumes.
func FixedKeys(pod *corev1.Pod, volumes VolumeRules) []string {
	var keys []string
	for _, r := range DomainRules(pod, nil) {
		if !r.Preferred && r.Key != corev1.LabelHostname {
			keys = append(keys, r.Key)
		}
	}
	for i := range volumes.Nodes {
		keys = append(keys, volumes.Nodes[i].Keys()...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
