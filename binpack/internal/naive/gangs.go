package naive

import corev1 "k8s.io/api/core/v1"

// Gang returns the name of the pod's gang, and whether it is in one. The pods of
// a namespace with one value of the label are a gang: all of them are placed or
// none. Without a label there are no gangs.
func Gang(pod *corev1.Pod, label string) (string, bool) {
	value, ok := pod.Labels[label]
	return namespaceOf(pod) + "/" + value, ok && label != ""
}
