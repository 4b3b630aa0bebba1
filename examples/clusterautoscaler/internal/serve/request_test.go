package serve_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// pod returns a pod of a deployment; change may be nil.
func pod(name, cpu, memory string, change func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", UID: "uid", Labels: map[string]string{"app": name}}}
	p.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}}}}
	if change != nil {
		change(p)
	}
	return p
}

// node returns the template of a group of m5 machines.
func node(size string, cpus int, zone string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "template", Labels: map[string]string{
		corev1.LabelHostname: "template", corev1.LabelInstanceTypeStable: "m5." + size,
		corev1.LabelTopologyZone: zone, corev1.LabelTopologyRegion: "us-east-1", corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64",
	}}}
	n.Status.Allocatable = corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(int64(cpus)*1000-100, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(int64(cpus)*4<<30-(1<<30), resource.BinarySI),
		corev1.ResourcePods:   resource.MustParse("58"),
	}
	n.Status.Capacity = n.Status.Allocatable
	return n
}

var sizes = []struct {
	name string
	cpus int
}{{"large", 2}, {"xlarge", 4}, {"2xlarge", 8}, {"4xlarge", 16}}

// request has options of groups of four sizes that each hold all pods.
func request(t testing.TB, pods ...*corev1.Pod) *wire.Request {
	r := &wire.Request{Nodes: make(map[string][]byte)}
	var raw [][]byte
	for _, p := range pods {
		b, err := p.Marshal()
		require.NoError(t, err)
		raw = append(raw, b)
	}
	for _, s := range sizes {
		id := "m5-" + s.name
		b, err := node(s.name, s.cpus, "us-east-1a").Marshal()
		require.NoError(t, err)
		r.Nodes[id] = b
		r.Options = append(r.Options, wire.Option{Group: id, Nodes: int32(len(pods)/s.cpus + 1), Pods: raw})
	}
	return r
}

// pods returns alike pods.
func pods(n int, cpu, memory string, change func(*corev1.Pod)) []*corev1.Pod {
	var out []*corev1.Pod
	for i := range n {
		out = append(out, pod(fmt.Sprintf("pod-%d", i), cpu, memory, change))
	}
	return out
}
