package kube

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// A HostPort is a port of the node that a pod claims.
type HostPort struct {
	Port     int32
	Protocol corev1.Protocol
	IP       string // "": all addresses
}

// String returns the port as people write it.
func (p HostPort) String() string {
	if p.IP != "" {
		return fmt.Sprintf("%d/%s on %s", p.Port, p.Protocol, p.IP)
	}
	return fmt.Sprintf("%d/%s", p.Port, p.Protocol)
}

// Conflicts reports whether no node can give both: the same port and protocol,
// and addresses that are the same or all.
func (p HostPort) Conflicts(o HostPort) bool {
	return p.Port == o.Port && p.Protocol == o.Protocol && (p.IP == o.IP || p.IP == "" || o.IP == "")
}

// HostPorts returns the ports that the pod claims as long as it runs, sorted:
// those of its containers and sidecars. On the host's network every container
// port is a host port, as the API server makes it.
func HostPorts(pod *corev1.Pod) []HostPort {
	var out []HostPort
	add := func(c *corev1.Container) {
		for i := range c.Ports {
			if p := hostPort(pod, &c.Ports[i]); p.Port != 0 {
				out = append(out, p)
			}
		}
	}
	for i := range pod.Spec.Containers {
		add(&pod.Spec.Containers[i])
	}
	for i := range pod.Spec.InitContainers {
		if c := &pod.Spec.InitContainers[i]; isSidecar(c) {
			add(c)
		}
	}
	slices.SortFunc(out, func(a, b HostPort) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.IP, b.IP))
	})
	return slices.Compact(out)
}

// PathOfPort returns where the pod claims one of its HostPorts first.
func PathOfPort(pod *corev1.Pod, port HostPort) string {
	find := func(list string, containers []corev1.Container, counts func(*corev1.Container) bool) string {
		for i := range containers {
			c := &containers[i]
			at := slices.IndexFunc(c.Ports, func(p corev1.ContainerPort) bool { return hostPort(pod, &p) == port })
			if at >= 0 && counts(c) {
				return fmt.Sprintf("spec.%s[%d].ports[%d].hostPort", list, i, at)
			}
		}
		return ""
	}
	every := func(*corev1.Container) bool { return true }
	return cmp.Or(find("containers", pod.Spec.Containers, every), find("initContainers", pod.Spec.InitContainers, isSidecar))
}

// hostPort returns the port of the host that a container port claims; 0: none.
func hostPort(pod *corev1.Pod, p *corev1.ContainerPort) HostPort {
	port := p.HostPort
	if port == 0 && pod.Spec.HostNetwork {
		port = p.ContainerPort
	}
	return HostPort{port, cmp.Or(p.Protocol, corev1.ProtocolTCP), anyAddress(p.HostIP)}
}

func anyAddress(ip string) string {
	if ip == "0.0.0.0" {
		return ""
	}
	return ip
}

func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// Clash returns a port of a that conflicts with one of b.
func Clash(a, b []HostPort) (HostPort, bool) {
	for _, p := range a {
		for _, q := range b {
			if p.Conflicts(q) {
				return p, true
			}
		}
	}
	return HostPort{}, false
}

// portGroups returns a group per port of the pod: on its node no other claims
// it.
func portGroups(pod *corev1.Pod) []PodGroup {
	var out []PodGroup
	for _, p := range HostPorts(pod) {
		claims := func(o *corev1.Pod) bool {
			_, clash := Clash([]HostPort{p}, HostPorts(o))
			return clash
		}
		out = append(out, PodGroup{Selects: claims, Most: 1, Own: true})
	}
	return out
}
