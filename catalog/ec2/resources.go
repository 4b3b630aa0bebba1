package ec2

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/catalog/ec2/internal/table"
)

// The formulas here are those of pkg/providers/instancetype/types.go in
// github.com/aws/karpenter-provider-aws (main branch, August 2026), in
// integers. The functions that they stand in are named.

// Names of resources that device plugins report.
const (
	podENI     corev1.ResourceName = "vpc.amazonaws.com/pod-eni"
	efa        corev1.ResourceName = "vpc.amazonaws.com/efa"
	nvidiaGPU  corev1.ResourceName = "nvidia.com/gpu"
	amdGPU     corev1.ResourceName = "amd.com/gpu"
	neuron     corev1.ResourceName = "aws.amazon.com/neuron"
	neuronCore corev1.ResourceName = "aws.amazon.com/neuroncore"
)

const (
	mib = 1 << 20 // bytes
	gib = 1 << 30 // bytes
)

// capacity returns what a node of type t with a root volume of rootGiB GiB has
// (computeCapacity).
func capacity(t *table.Type, rootGiB int) corev1.ResourceList {
	list := corev1.ResourceList{
		corev1.ResourceCPU:              millicores(1000 * t.VCPUs),
		corev1.ResourceMemory:           binary(memoryMiB(t) * mib),
		corev1.ResourceEphemeralStorage: binary(int64(rootGiB) * gib),
		corev1.ResourcePods:             count(pods(t)),
	}
	devices := map[corev1.ResourceName]int64{podENI: t.BranchENIs, efa: t.EFAs}
	switch t.GPU.Maker {
	case "nvidia":
		devices[nvidiaGPU] = t.GPU.Count
	case "amd":
		devices[amdGPU] = t.GPU.Count
	}
	if t.NeuronCores > 0 {
		devices[neuron] = t.Accelerator.Count
		devices[neuronCore] = t.Accelerator.Count * t.NeuronCores
	}
	for name, n := range devices {
		if n > 0 {
			list[name] = count(n)
		}
	}
	return list
}

// memoryMiB returns the memory that the operating system of t sees (memory).
// Graviton machines keep 64 MiB to themselves. The virtual machine is taken
// to cost 7.5% of the rest, rounded up to whole MiB: Karpenter's default of
// vmMemoryOverheadPercent, see
// https://karpenter.sh/docs/reference/settings/.
func memoryMiB(t *table.Type) int64 {
	m := t.MemoryMiB
	if t.Arch == "arm64" {
		m = max(m-64, 0)
	}
	return m - ceilDiv(75*m, 1000)
}

// pods returns the pod limit of t (ENILimitedPods). Each interface of the
// default network card has an address of its own and gives the others to
// pods; two more pods use the host's network, see
// https://github.com/awslabs/amazon-eks-ami/blob/main/templates/shared/runtime/eni-max-pods.txt.
func pods(t *table.Type) int64 {
	if t.ENIs == 0 {
		return t.Pods
	}
	return t.ENIs*(t.IPv4PerENI-1) + 2
}

// overhead returns what the system keeps of capacity: what is reserved for the
// kubelet and the margin at which it evicts pods.
func overhead(t *table.Type, rootGiB int) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    millicores(reservedMillicores(1000 * t.VCPUs)),
		corev1.ResourceMemory: binary((reservedMemoryMiB(pods(t)) + evictionMemoryMiB) * mib),
		corev1.ResourceEphemeralStorage: binary(reservedStorageGiB*gib +
			ceilDiv(evictionStoragePercent*int64(rootGiB)*gib, 100)),
	}
}

// What is reserved for the kubelet beside CPU and memory (kubeReservedResources)
// and the hard eviction thresholds (evictionThreshold), see
// https://karpenter.sh/docs/concepts/nodeclasses/#speckubelet.
const (
	reservedStorageGiB     = 1
	evictionMemoryMiB      = 100
	evictionStoragePercent = 10
)

// reservedMillicores returns how many of a machine's millicores are reserved
// for the kubelet (kubeReservedResources): 6% of the first core, 1% of the
// second, 0.5% of the next two and 0.25% of the others, each rounded down.
func reservedMillicores(machine int64) int64 {
	const all = 1 << 62
	reserved := int64(0)
	for _, band := range []struct{ from, to, perTenThousand int64 }{
		{0, 1000, 600},
		{1000, 2000, 100},
		{2000, 4000, 50},
		{4000, all, 25},
	} {
		if machine > band.from {
			reserved += (min(machine, band.to) - band.from) * band.perTenThousand / 10_000
		}
	}
	return reserved
}

// reservedMemoryMiB returns how much memory is reserved for the kubelet of a
// node with room for pods pods (kubeReservedResources), as in
// https://github.com/awslabs/amazon-eks-ami.
func reservedMemoryMiB(pods int64) int64 {
	return 255 + 11*pods
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

func millicores(n int64) resource.Quantity { return *resource.NewMilliQuantity(n, resource.DecimalSI) }
func binary(n int64) resource.Quantity     { return *resource.NewQuantity(n, resource.BinarySI) }
func count(n int64) resource.Quantity      { return *resource.NewQuantity(n, resource.DecimalSI) }
