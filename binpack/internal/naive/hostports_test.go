package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestPorts(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	port := []corev1.ContainerPort{{ContainerPort: 80}}
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want []string // port and path
	}{
		"none": {corev1.PodSpec{Containers: []corev1.Container{{}}}, nil},
		"second container": {
			corev1.PodSpec{Containers: []corev1.Container{{}, {Ports: []corev1.ContainerPort{{HostPort: 80}}}}},
			[]string{"TCP 80 spec.containers[1].ports[0].hostPort"},
		},
		"several": {
			corev1.PodSpec{Containers: []corev1.Container{{Ports: []corev1.ContainerPort{{HostPort: 80, HostIP: "0.0.0.0"}, {ContainerPort: 3}, {HostPort: 53, Protocol: "UDP", HostIP: "10.0.0.1"}}}}},
			[]string{"TCP 80 spec.containers[0].ports[0].hostPort", "UDP 10.0.0.1:53 spec.containers[0].ports[2].hostPort"},
		},
		"a container's own port": {corev1.PodSpec{Containers: []corev1.Container{{Ports: port}}}, nil},
		"on the host's network": {
			corev1.PodSpec{HostNetwork: true, Containers: []corev1.Container{{Ports: port}}},
			[]string{"TCP 80 spec.containers[0].ports[0].hostPort"},
		},
		"sidecar": {
			corev1.PodSpec{HostNetwork: true, InitContainers: []corev1.Container{{RestartPolicy: &always, Ports: port}}},
			[]string{"TCP 80 spec.initContainers[0].ports[0].hostPort"},
		},
		"init container": {corev1.PodSpec{HostNetwork: true, InitContainers: []corev1.Container{{Ports: port}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Ports(&corev1.Pod{Spec: test.spec}) {
				got = append(got, p.String()+" "+p.Path)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestClash(t *testing.T) {
	claim := func(number int32, protocol, ip string) *corev1.Pod {
		return claiming(corev1.ContainerPort{HostPort: number, Protocol: corev1.Protocol(protocol), HostIP: ip})
	}
	for name, test := range map[string]struct {
		a, b *corev1.Pod
		want bool
	}{
		"the same":              {claim(80, "TCP", "10.0.0.1"), claim(80, "TCP", "10.0.0.1"), true},
		"another port":          {claim(80, "", ""), claim(81, "", ""), false},
		"another protocol":      {claim(80, "", ""), claim(80, "UDP", ""), false},
		"TCP by default":        {claim(80, "", ""), claim(80, "TCP", ""), true},
		"another address":       {claim(80, "", "10.0.0.1"), claim(80, "", "10.0.0.2"), false},
		"no address is all":     {claim(80, "", "10.0.0.1"), claim(80, "", ""), true},
		"all addresses":         {claim(80, "", "0.0.0.0"), claim(80, "", "10.0.0.2"), true},
		"neither has an addess": {claim(80, "", "0.0.0.0"), claim(80, "", ""), true},
		"one has no port":       {claim(80, "", ""), &corev1.Pod{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pair := range [][2]*corev1.Pod{{test.a, test.b}, {test.b, test.a}} {
				_, clash := Clash(Ports(pair[0]), Ports(pair[1]))
				require.Equal(t, test.want, clash)
				for _, l := range Limits(pair[0], nil) {
					require.Equal(t, test.want, l.Selects(pair[1]))
					require.Equal(t, int64(1), l.Most)
				}
			}
		})
	}
}

func claiming(ports ...corev1.ContainerPort) *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Ports: ports}}}}
}
