package ec2

import (
	"math/bits"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// The formulas here are those of pkg/providers/instancetype/types.go in
// github.com/aws/karpenter-provider-aws (main branch, August 2026), in
// integers. The functions that they stand in are named.

// Names of resources that device plugins and drivers report.
const (
	podENI      corev1.ResourceName = "vpc.amazonaws.com/pod-eni"
	privateIPv4 corev1.ResourceName = "vpc.amazonaws.com/PrivateIPv4Address"
	efa         corev1.ResourceName = "vpc.amazonaws.com/efa"
	nvidiaGPU   corev1.ResourceName = "nvidia.com/gpu"
	amdGPU      corev1.ResourceName = "amd.com/gpu"
	gaudi       corev1.ResourceName = "habana.ai/gaudi"
	neuron      corev1.ResourceName = "aws.amazon.com/neuron"
	neuronCore  corev1.ResourceName = "aws.amazon.com/neuroncore"

	// VolumeResource counts the EBS volumes that can be attached to a node. A node
	// does not report it: the EBS CSI driver's CSINode does, and rules about volumes
	// read it by this name.
	VolumeResource corev1.ResourceName = corev1.ResourceAttachableVolumesPrefix + "csi-ebs.csi.aws.com"
)

const (
	mib = 1 << 20 // bytes
	gib = 1 << 30 // bytes
	gb  = 1_000_000_000
)

// capacity returns what a node of type t has (computeCapacity).
func (s *setup) capacity(t *Type) corev1.ResourceList {
	list := make(corev1.ResourceList, 8)
	list[corev1.ResourceCPU] = millicores(1000 * t.VCPUs)
	list[corev1.ResourceMemory] = binary(s.memory(t))
	list[corev1.ResourceEphemeralStorage] = s.storage(t)
	list[corev1.ResourcePods] = count(s.pods(t))
	add := func(name corev1.ResourceName, n int64) {
		if n > 0 {
			list[name] = count(n)
		}
	}
	if !s.NoPodENI {
		add(podENI, t.BranchENIs)
	}
	if s.windowsBuild != "" {
		add(privateIPv4, t.IPv4PerENI-1) // https://github.com/aws/amazon-vpc-resource-controller-k8s
	}
	if s.MaxVolumes != NoVolumeLimit {
		add(VolumeResource, s.volumes(t))
	}
	add(efa, t.EFAs)
	switch t.GPU.Maker {
	case "nvidia":
		add(nvidiaGPU, t.GPU.Count)
	case "amd":
		add(amdGPU, t.GPU.Count)
	case "habana":
		add(gaudi, t.GPU.Count)
	}
	if t.Accelerator.Cores > 0 {
		add(neuron, t.Accelerator.Count)
		add(neuronCore, t.Accelerator.Count*t.Accelerator.Cores)
	}
	return list
}

// memory returns the memory that the operating system of t sees, in bytes
// (memory): what was measured, or else the machine's less the share that the
// virtual machine is taken to cost, rounded up to whole MiB. Karpenter's default of
// that (vmMemoryOverheadPercent, https://karpenter.sh/docs/reference/settings/) is
// 7.5%. Graviton machines keep 64 MiB to themselves before.
func (s *setup) memory(t *Type) int64 {
	if q, ok := s.Measured[t.Name]; ok {
		return q.Value()
	}
	m := t.MemoryMiB
	if t.Arch == "arm64" {
		m = max(m-64, 0)
	}
	return (m - shareOf(m, s.overhead)) * mib
}

// storage returns what pods' images, logs and scratch files are on
// (ephemeralStorage).
func (s *setup) storage(t *Type) resource.Quantity {
	if s.RAID0 && t.NVMeGB > 0 {
		return count(t.NVMeGB * gb) // instance storage is sold in powers of ten
	}
	return binary(s.rootGiB * gib)
}

// overhead returns what the system keeps of capacity: what is reserved for the
// kubelet and for the rest, and the margin at which the kubelet evicts pods
// (kubeReservedResources, systemReservedResources, evictionThreshold).
func (s *setup) systemOverhead(t *Type) corev1.ResourceList {
	reserveFor := s.pods(t)
	if s.memoryByENIs {
		reserveFor = standardPods(t)
	}
	disk := s.storage(t)
	list := make(corev1.ResourceList, 3)
	list[corev1.ResourceCPU] = millicores(reservedMillicores(1000 * t.VCPUs))
	list[corev1.ResourceMemory] = binary(reservedMemoryMiB(reserveFor) * mib)
	list[corev1.ResourceEphemeralStorage] = binary(reservedStorageGiB * gib)
	for name, q := range s.KubeReserved {
		list[name] = q.DeepCopy()
	}
	for name, q := range s.SystemReserved {
		sum := list[name].DeepCopy()
		sum.Add(q)
		list[name] = sum
	}
	s.addEviction(list, corev1.ResourceMemory, "memory.available", "100Mi", s.memory(t))
	s.addEviction(list, corev1.ResourceEphemeralStorage, "nodefs.available", "10%", disk.Value())
	return list
}

// addEviction adds the threshold of a signal to what the system keeps.
func (s *setup) addEviction(list corev1.ResourceList, name corev1.ResourceName, signal, usual string, capacity int64) {
	stated, ok := s.EvictionHard[signal]
	if !ok {
		stated = usual
	}
	n, _ := threshold(stated, capacity) // check has parsed it
	sum := list[name].DeepCopy()
	sum.Add(binary(n))
	list[name] = sum
}

// reservedStorageGiB is what is reserved of the disk for the kubelet
// (kubeReservedResources).
const reservedStorageGiB = 1

// reservedMillicores returns how many of a machine's millicores are reserved
// for the kubelet (kubeReservedResources): 6% of the first core, 1% of the
// second, 0.5% of the next two and 0.25% of the others, each rounded down.
func reservedMillicores(machine int64) int64 {
	const all = 1 << 62
	reserved := int64(0)
	for _, band := range [...]struct{ from, to, perTenThousand int64 }{
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

// shareOf returns a share of n, which is not negative, rounded up; percent is in
// the unit of parsePercent.
func shareOf(n, percent int64) int64 {
	high, low := bits.Mul64(uint64(n), uint64(percent))
	quotient, rest := bits.Div64(high, low, uint64(100*onePercent))
	if rest > 0 {
		quotient++
	}
	return int64(quotient)
}

func millicores(n int64) resource.Quantity { return *resource.NewMilliQuantity(n, resource.DecimalSI) }
func binary(n int64) resource.Quantity     { return *resource.NewQuantity(n, resource.BinarySI) }
func count(n int64) resource.Quantity      { return *resource.NewQuantity(n, resource.DecimalSI) }
