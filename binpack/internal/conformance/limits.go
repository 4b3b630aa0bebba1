package conformance

import (
	"strings"

	storagev1 "k8s.io/api/storage/v1"
	fwk "k8s.io/kube-scheduler/framework"
)

// attachable begins the name of the resource that says how many volumes of a
// CSI driver a node can have.
const attachable = "attachable-volumes-csi-"

// limits is how many volumes each node of the stage can have. The scheduler
// reads it from an object of its own, the CSINode: the stage's, or one made from the node.
type limits struct {
	fwk.CSINodeLister // nil: the rest
	on                *stage
}

func (l limits) CSINodes() fwk.CSINodeLister { return l }

func (l limits) Get(name string) (*storagev1.CSINode, error) {
	for _, n := range l.on.csi {
		if n.Name == name {
			return n, nil
		}
	}
	info, err := l.on.NodeInfos().Get(name)
	if err != nil {
		return nil, err
	}
	out := &storagev1.CSINode{}
	for resource, amount := range info.Node().Status.Allocatable {
		if driver, ok := strings.CutPrefix(string(resource), attachable); ok {
			count := int32(amount.Value())
			out.Spec.Drivers = append(out.Spec.Drivers, storagev1.CSINodeDriver{
				Name: driver, Allocatable: &storagev1.VolumeNodeResources{Count: &count},
			})
		}
	}
	return out, nil
}
