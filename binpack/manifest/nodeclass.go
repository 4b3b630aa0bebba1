package manifest

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// A NodeClass is what of an EC2NodeClass, or of the NodeClass of EKS Auto Mode,
// decides the capacity of its nodes. The zero value is the class of no NodePool.
//
// https://karpenter.sh/docs/concepts/nodeclasses/,
// https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
type NodeClass struct {
	Origin              Origin // where it is stated; of v1beta1's kubelet settings: the NodePool; without a file: it is not there
	AMIFamily           string // "AL2023", "Bottlerocket", "Windows2022", "Custom"; "": not stated
	Kubelet             Kubelet
	BlockDevices        []BlockDevice
	InstanceStorePolicy string // "RAID0": the disks of the instance are its ephemeral storage; "": they are not
}

// Kubelet is what is set of the kubelet.
type Kubelet struct {
	MaxPods        *int32 // nil: as the instance type has it
	PodsPerCore    *int32 // nil: no limit
	SystemReserved corev1.ResourceList
	KubeReserved   corev1.ResourceList
	EvictionHard   map[string]string // by signal, like memory.available: a quantity, or a share like "5%"
	EvictionSoft   map[string]string // likewise
}

// A BlockDevice is a volume that each node is launched with.
type BlockDevice struct {
	Name string             // like /dev/xvda
	Size *resource.Quantity // nil: as the image has it
	Root bool               // it is stated to be the root volume
}

// EphemeralVolume returns the size of the volume that pods' ephemeral storage is
// on; nil: the class does not say. It is the one stated to be the root volume,
// else the one that the AMI family uses for it, as Karpenter has it.
func (c NodeClass) EphemeralVolume() *resource.Quantity {
	usual := "/dev/xvda"
	switch {
	case c.AMIFamily == "Bottlerocket":
		usual = "/dev/xvdb" // the first has the operating system
	case strings.HasPrefix(c.AMIFamily, "Windows"):
		usual = "/dev/sda1"
	}
	for _, d := range c.BlockDevices {
		if d.Root && d.Size != nil {
			return d.Size
		}
	}
	for i, d := range c.BlockDevices {
		custom := c.AMIFamily == "Custom" && i == len(c.BlockDevices)-1
		if (custom || c.AMIFamily != "Custom" && d.Name == usual) && d.Size != nil {
			return d.Size
		}
	}
	return nil
}

// families are the AMI families by the aliases of their images.
func families() map[string]string {
	return map[string]string{
		"al2": "AL2", "al2023": "AL2023", "bottlerocket": "Bottlerocket",
		"windows2019": "Windows2019", "windows2022": "Windows2022", "windows2025": "Windows2025",
	}
}

// nodeClass returns what an EC2NodeClass states.
func nodeClass(o object) NodeClass {
	if auto, ok := o.value.(*karpenter.AutoNodeClass); ok {
		return NodeClass{Origin: o.origin, AMIFamily: "Bottlerocket", BlockDevices: []BlockDevice{{Size: auto.Spec.EphemeralStorage.Size, Root: true}}}
	}
	v := o.value.(*karpenter.EC2NodeClass)
	c := NodeClass{Origin: o.origin, AMIFamily: v.Spec.AMIFamily, InstanceStorePolicy: v.Spec.InstanceStorePolicy, Kubelet: kubelet(v.Spec.Kubelet)}
	for _, t := range v.Spec.AMISelectorTerms {
		alias, _, _ := strings.Cut(t.Alias, "@")
		if family, ok := families()[strings.ToLower(alias)]; ok && c.AMIFamily == "" {
			c.AMIFamily = family
		}
	}
	for _, m := range v.Spec.BlockDeviceMappings {
		c.BlockDevices = append(c.BlockDevices, BlockDevice{m.DeviceName, m.EBS.VolumeSize, m.RootVolume})
	}
	return c
}

func kubelet(k *karpenter.Kubelet) Kubelet {
	if k == nil {
		return Kubelet{}
	}
	return Kubelet{k.MaxPods, k.PodsPerCore, k.SystemReserved, k.KubeReserved, k.EvictionHard, k.EvictionSoft}
}
