package manifest

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// staticLabel is the label of the pods that stand for the nodes of a static pool.
const staticLabel = "stowage/static-pool"

// standIns adds pods that make a plan launch the nodes of a static pool, which
// are there whatever other pods ask for: as many as the pool has nodes, no two on
// one node, without requests.
//
// https://karpenter.sh/docs/concepts/nodepools/#static-nodepool
func (s *shop) standIns(o object, v *karpenter.NodePool) {
	n := *v.Spec.Replicas
	if s.asked += int(min(max(n, 0), maxPods)); n < 0 || s.asked > maxPods {
		s.fault(o, "spec.replicas", "%d is not from 0 to %d", n, maxPods)
		return
	}
	own := map[string]string{staticLabel: v.Metadata.Name}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: v.Metadata.Name, Namespace: metav1.NamespaceSystem, Labels: own},
		Spec: corev1.PodSpec{
			NodeSelector: map[string]string{poolLabel: v.Metadata.Name},
			Tolerations:  []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			Containers:   []corev1.Container{{Name: "node"}},
			Affinity: &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
					TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{MatchLabels: own},
				}},
			}},
		},
	}
	s.result.pods[pod] = place{o, ""}
	s.result.Problem.Workloads = append(s.result.Problem.Workloads, binpack.Workload{Pod: pod, Replicas: int(n)})
	s.notes.note(o, "spec.replicas", "makes it a static pool: pods without requests stand for its nodes, one on each")
}
