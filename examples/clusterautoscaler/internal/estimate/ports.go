package estimate

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// hostPorts returns the ports that a pod takes on its node.
func hostPorts(pod *corev1.Pod) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			for _, p := range list[i].Ports {
				if p.HostPort > 0 {
					ports = append(ports, p)
				}
			}
		}
	}
	return ports
}

// clash reports whether two pods with these ports cannot share a node: one port and
// protocol, and one address or either on all addresses.
func clash(a, b []corev1.ContainerPort) bool {
	return slices.ContainsFunc(a, func(p corev1.ContainerPort) bool {
		return slices.ContainsFunc(b, func(q corev1.ContainerPort) bool {
			return p.HostPort == q.HostPort && protocol(p) == protocol(q) &&
				(p.HostIP == q.HostIP || everywhere(p.HostIP) || everywhere(q.HostIP))
		})
	})
}

func protocol(p corev1.ContainerPort) corev1.Protocol {
	if p.Protocol == "" {
		return corev1.ProtocolTCP
	}
	return p.Protocol
}

func everywhere(ip string) bool { return ip == "" || ip == "0.0.0.0" || ip == "::" }
