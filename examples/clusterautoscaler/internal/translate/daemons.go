package translate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// ReadDaemons reads DaemonSets, and lists of them, as kubectl prints them: YAML documents
// or JSON. It returns the pod that each runs on a node.
func ReadDaemons(r io.Reader) ([]*corev1.Pod, error) {
	docs := kyaml.NewYAMLReader(bufio.NewReader(r))
	var pods []*corev1.Pod
	for i := 0; ; i++ {
		doc, err := docs.Read()
		if errors.Is(err, io.EOF) {
			return pods, nil
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(doc)) == 0 {
			continue
		}
		more, err := readDaemon(doc)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		pods = append(pods, more...)
	}
}

func readDaemon(doc []byte) ([]*corev1.Pod, error) {
	var kind struct {
		metav1.TypeMeta `json:",inline"`
		Items           []appsv1.DaemonSet `json:"items"`
	}
	if err := yaml.Unmarshal(doc, &kind); err != nil {
		return nil, err
	}
	switch kind.Kind {
	case "List", "DaemonSetList":
	case "DaemonSet":
		kind.Items = make([]appsv1.DaemonSet, 1)
		if err := yaml.Unmarshal(doc, &kind.Items[0]); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("kind: is %q, not DaemonSet or List", kind.Kind)
	}
	var pods []*corev1.Pod
	for i := range kind.Items {
		d := &kind.Items[i]
		pod := daemon(d)
		if err := check(pod)[0]; err != nil {
			return nil, fmt.Errorf("DaemonSet %s/%s: %w", d.Namespace, d.Name, err)
		}
		pods = append(pods, pod)
	}
	return pods, nil
}

// daemon returns the pod that a DaemonSet runs on each node, with the tolerations that its
// controller adds, see https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/.
func daemon(d *appsv1.DaemonSet) *corev1.Pod {
	raw := &corev1.Pod{ObjectMeta: *d.Spec.Template.ObjectMeta.DeepCopy(), Spec: *d.Spec.Template.Spec.DeepCopy()}
	raw.Namespace, raw.Name = d.Namespace, d.Name
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable, corev1.TaintNodeDiskPressure,
		corev1.TaintNodeMemoryPressure, corev1.TaintNodePIDPressure, corev1.TaintNodeUnschedulable, corev1.TaintNodeNetworkUnavailable} {
		raw.Spec.Tolerations = append(raw.Spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists})
	}
	kinds, _ := estimate.Kinds([]*corev1.Pod{raw})
	pod := kinds[0].Pod
	pod.Name = d.Name
	return pod
}

// Charge returns a pod that stands for what every node loses: agents outside Kubernetes,
// a reserve.
func Charge(what corev1.ResourceList) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "charge", Namespace: "kube-system"},
		Spec: corev1.PodSpec{
			Containers:  []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: what}}},
			Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
		},
	}
}
