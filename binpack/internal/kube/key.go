package kube

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// AppendKey appends to b all that the rules read of the pod. Pods with equal
// keys are alike; those of one controller have equal keys, whatever else
// differs between them. It is the only thing that is done per pod, so it
// allocates only for what is rare.
func AppendKey(b []byte, pod *corev1.Pod) []byte {
	s := &pod.Spec
	state, _ := StateOf(pod)
	b = append(b, byte(state))
	for _, p := range HostPorts(pod) {
		b = appendString(appendString(binary.AppendVarint(b, int64(p.Port)), string(p.Protocol)), p.IP)
	}
	b = append(b, 0)
	b = appendContainers(b, s.Containers)
	b = appendContainers(b, s.InitContainers)
	b = appendResources(b, s.Overhead)
	if s.Resources != nil {
		b = appendRequirements(b, s.Resources)
	}
	b = appendMap(b, s.NodeSelector)
	b = binary.AppendUvarint(b, uint64(len(s.Tolerations)))
	for i := range s.Tolerations {
		t := &s.Tolerations[i]
		for _, f := range [...]string{t.Key, string(t.Operator), t.Value, string(t.Effect)} {
			b = appendString(b, f)
		}
	}
	if s.Affinity != nil {
		b = appendMessage(b, s.Affinity)
	}
	for i := range s.TopologySpreadConstraints {
		b = appendMessage(b, &s.TopologySpreadConstraints[i])
	}
	if s.Priority != nil {
		b = binary.AppendVarint(b, int64(*s.Priority))
	}
	return appendString(b, Unsupported(pod))
}

// AppendLabels appends the pod's namespace, its labels at the keys, and whether it
// is being deleted: what the rules of other pods read of it.
func AppendLabels(b []byte, pod *corev1.Pod, keys []string) []byte {
	b = appendString(append(b, flag(pod.DeletionTimestamp != nil)), Namespace(pod))
	for _, k := range keys {
		v, ok := pod.Labels[k]
		b = appendString(append(b, flag(ok)), v)
	}
	return b
}

func appendContainers(b []byte, containers []corev1.Container) []byte {
	b = binary.AppendUvarint(b, uint64(len(containers)))
	for i := range containers {
		c := &containers[i]
		b = appendRequirements(b, &c.Resources)
		b = append(b, flag(isSidecar(c)))
	}
	return b
}

func appendRequirements(b []byte, r *corev1.ResourceRequirements) []byte {
	return appendResources(appendResources(b, r.Requests), r.Limits)
}

func appendResources(b []byte, list corev1.ResourceList) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	var few [8]corev1.ResourceName
	for _, name := range sortedKeys(few[:0], list) {
		b = appendString(b, string(name))
		b = appendQuantity(b, list[name])
	}
	return b
}

func appendMap(b []byte, m map[string]string) []byte {
	b = binary.AppendUvarint(b, uint64(len(m)))
	var few [8]string
	for _, k := range sortedKeys(few[:0], m) {
		b = appendString(appendString(b, k), m[k])
	}
	return b
}

func sortedKeys[K ~string, V any](keys []K, m map[K]V) []K {
	keys = slices.AppendSeq(keys, maps.Keys(m))
	slices.Sort(keys)
	return keys
}

// appendQuantity appends whole thousandths where q is such, else its text. Of
// amounts beyond all reason, which Quantity's methods would never be done with,
// the size must do: no pod with them is valid.
func appendQuantity(b []byte, q resource.Quantity) []byte {
	if q.IsZero() { // whatever its exponent
		return binary.AppendVarint(append(b, 'm'), 0)
	}
	if f := math.Abs(q.AsApproximateFloat64()); f > 1e18 || f < 1e-12 {
		return binary.BigEndian.AppendUint64(append(b, 'x'), math.Float64bits(q.AsApproximateFloat64()))
	}
	milli := q.MilliValue()
	if resource.NewMilliQuantity(milli, resource.DecimalSI).Cmp(q) == 0 {
		return binary.AppendVarint(append(b, 'm'), milli)
	}
	return appendString(append(b, 's'), q.String())
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendMessage appends the encoding of a part that few pods have. It sorts
// the keys of maps, so that equal parts have equal encodings.
func appendMessage(b []byte, m interface{ Marshal() ([]byte, error) }) []byte {
	data, _ := m.Marshal() // fails on no message of the API
	return appendString(b, string(data))
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}
