package volumes

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A Load is what is attached to an existing node.
type Load struct {
	Taken  corev1.ResourceList // volumes per driver, as resources of the node
	Held   map[string]bool     // by Volume.String: another pod that mounts it attaches nothing
	Limits corev1.ResourceList // where the node's CSINode is known: the most, in place of what the node states
	Stated bool                // its CSINode is known
}

// LoadOf returns what is attached to a node with these pods: what they mount, each volume
// once, and what the attachments of pods that are gone still hold.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
func (s *Storage) LoadOf(node string, pods []*corev1.Pod) Load {
	l := Load{Taken: corev1.ResourceList{}, Held: map[string]bool{}}
	for _, pod := range pods {
		for _, m := range s.mounts(pod) {
			if v, ok := s.attached(m); ok && !kube.Terminated(pod) && !l.Held[v.String()] {
				l.Held[v.String()] = true
				addOne(l.Taken, v.Driver)
			}
		}
	}
	counted := map[string]bool{}
	for _, v := range s.attachments[node] {
		if !l.Held[v.String()] && !counted[v.String()] {
			counted[v.String()] = true // a pod that comes to mount it is counted beside it, as the scheduler does
			addOne(l.Taken, v.Driver)
		}
	}
	if n := s.csiNodes[node]; n != nil {
		l.Stated, l.Limits = true, corev1.ResourceList{}
		for _, d := range n.Spec.Drivers {
			if d.Allocatable != nil && d.Allocatable.Count != nil {
				l.Limits[corev1.ResourceName(AttachPrefix+d.Name)] = *resource.NewQuantity(int64(*d.Allocatable.Count), resource.DecimalSI)
			}
		}
	}
	return l
}

// attach notes what an attachment holds on its node.
func (s *Storage) attach(a *storagev1.VolumeAttachment) {
	if a.Spec.Source.PersistentVolumeName == nil || a.Spec.Attacher == "" {
		return
	}
	if pv := s.volumes[*a.Spec.Source.PersistentVolumeName]; pv != nil && pv.Spec.CSI != nil {
		s.attachments[a.Spec.NodeName] = append(s.attachments[a.Spec.NodeName], Volume{a.Spec.Attacher, pv.Spec.CSI.VolumeHandle})
	}
}

// AttachPrefix begins the name of the resource that counts a driver's volumes.
// A node that does not state it has no limit.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
const AttachPrefix = kube.AttachPrefix

func addOne(list corev1.ResourceList, driver string) {
	name := corev1.ResourceName(AttachPrefix + driver)
	q := list[name]
	q.Add(*resource.NewQuantity(1, resource.DecimalSI))
	list[name] = q
}
