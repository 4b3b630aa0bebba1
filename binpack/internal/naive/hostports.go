package naive

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// A Port is a port of the node that a pod claims.
type Port struct {
	Number   int32
	Protocol corev1.Protocol
	IP       string // of the node; everyIP: any
	Path     string // where the pod claims it
}

const everyIP = "0.0.0.0"

func (p Port) String() string {
	if p.IP == everyIP {
		return fmt.Sprintf("%s %d", p.Protocol, p.Number)
	}
	return fmt.Sprintf("%s %s:%d", p.Protocol, p.IP, p.Number)
}

// Ports returns the ports that the pod claims of its node. A pod on the node's
// network claims every port of its containers. Init containers that end claim
// none, as the scheduler has it.
//
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
func Ports(pod *corev1.Pod) []Port {
	var ports []Port
	for i := range pod.Spec.Containers {
		ports = append(ports, portsOf(pod, &pod.Spec.Containers[i], "spec.containers", i)...)
	}
	for i := range pod.Spec.InitContainers {
		c := &pod.Spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			ports = append(ports, portsOf(pod, c, "spec.initContainers", i)...)
		}
	}
	return ports
}

// portsOf returns the ports that container i of a list claims.
func portsOf(pod *corev1.Pod, c *corev1.Container, list string, i int) []Port {
	var ports []Port
	for j, p := range c.Ports {
		port := Port{p.HostPort, p.Protocol, p.HostIP, fmt.Sprintf("%s[%d].ports[%d].hostPort", list, i, j)}
		if port.Number == 0 && pod.Spec.HostNetwork {
			port.Number = p.ContainerPort
		}
		if port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
		if port.IP == "" {
			port.IP = everyIP
		}
		if port.Number > 0 {
			ports = append(ports, port)
		}
	}
	return ports
}

// Clash returns the first of the second ports that is claimed among the first
// too, and whether there is one. Pods with such ports cannot share a node.
func Clash(first, second []Port) (Port, bool) {
	for _, b := range second {
		for _, a := range first {
			if a.Number == b.Number && a.Protocol == b.Protocol && (a.IP == b.IP || a.IP == everyIP || b.IP == everyIP) {
				return b, true
			}
		}
	}
	return Port{}, false
}

// portLimits: of the pods that claim a port, a node holds one.
func portLimits(pod *corev1.Pod) []Limit {
	var out []Limit
	for _, port := range Ports(pod) {
		claims := func(other *corev1.Pod) bool {
			_, clash := Clash([]Port{port}, Ports(other))
			return clash
		}
		out = append(out, Limit{1, HostPort, port.Path, port.String(), port.String(), claims})
	}
	return out
}
