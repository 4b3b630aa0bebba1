package main

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// addEKSDaemons adds the daemons that each node of an EKS cluster runs, if they
// are not among the manifests: the network plugin (its agent and the network
// policy agent, 25m of CPU each) and kube-proxy (100m), as their add-ons request.
//
// https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
func addEKSDaemons(p *binpack.Problem) {
	for _, d := range []*corev1.Pod{
		eksDaemon("aws-node", map[string]string{"aws-node": "25m", "aws-eks-nodeagent": "25m"}),
		eksDaemon("kube-proxy", map[string]string{"kube-proxy": "100m"}),
	} {
		if !slices.ContainsFunc(p.DaemonPods, func(o *corev1.Pod) bool { return o.Name == d.Name && o.Namespace == d.Namespace }) {
			p.DaemonPods = append(p.DaemonPods, d)
		}
	}
}

// eksDaemon returns a daemon that runs on all nodes, with CPU by container.
func eksDaemon(name string, cpu map[string]string) *corev1.Pod {
	priority := int32(2_000_001_000) // system-node-critical
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: metav1.NamespaceSystem, Labels: map[string]string{"k8s-app": name}},
		Spec: corev1.PodSpec{
			Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			Priority:    &priority,
		},
	}
	for container, amount := range cpu {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{
			Name:      container,
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(amount)}},
		})
	}
	slices.SortFunc(pod.Spec.Containers, func(a, b corev1.Container) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) })
	return pod
}
