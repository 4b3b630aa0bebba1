package claims

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// An Attachment is a volume that a CSI driver attaches to the nodes of its pods: to each
// once, however many of them are there.
type Attachment struct{ Driver, Handle string }

func (a Attachment) name() string { return a.Driver + "\n" + a.Handle }

// attachment returns what is attached for a source, or nil: nothing that counts. Until a
// claim is bound its class says which driver it will be.
func (s *Storage) attachment(v source) *Attachment {
	if v.claim == nil {
		return nil
	}
	if pv := s.volumes[v.claim.Spec.VolumeName]; pv != nil {
		return attachmentOf(pv)
	}
	class, _, _ := s.classNamed(v.claim)
	if class == nil || class.Provisioner == makesNone {
		return nil
	}
	return &Attachment{cmp.Or(csiDriver(class.Provisioner), class.Provisioner), "for " + v.name}
}

// attachmentOf returns what is attached for a volume. Volumes of drivers that were part of
// Kubernetes are attached by the CSI drivers that took over from them.
//
// https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration
func attachmentOf(pv *corev1.PersistentVolume) *Attachment {
	switch s := pv.Spec.PersistentVolumeSource; {
	case s.CSI != nil:
		return &Attachment{s.CSI.Driver, s.CSI.VolumeHandle}
	case s.AWSElasticBlockStore != nil:
		return &Attachment{csiDriver("kubernetes.io/aws-ebs"), s.AWSElasticBlockStore.VolumeID}
	case s.AzureDisk != nil:
		return &Attachment{csiDriver("kubernetes.io/azure-disk"), s.AzureDisk.DataDiskURI}
	case s.GCEPersistentDisk != nil:
		return &Attachment{csiDriver("kubernetes.io/gce-pd"), s.GCEPersistentDisk.PDName}
	case s.Cinder != nil:
		return &Attachment{csiDriver("kubernetes.io/cinder"), s.Cinder.VolumeID}
	case s.PortworxVolume != nil:
		return &Attachment{csiDriver("kubernetes.io/portworx-volume"), s.PortworxVolume.VolumeID}
	}
	return nil
}

func csiDriver(inTree string) string {
	switch inTree {
	case "kubernetes.io/aws-ebs":
		return "ebs.csi.aws.com"
	case "kubernetes.io/azure-disk":
		return "disk.csi.azure.com"
	case "kubernetes.io/gce-pd":
		return "pd.csi.storage.gke.io"
	case "kubernetes.io/cinder":
		return "cinder.csi.openstack.org"
	case "kubernetes.io/portworx-volume":
		return "pxd.portworx.com"
	}
	return ""
}

// A Node is what an existing node has of volumes.
type Node struct {
	Attached map[Attachment]bool // by its pods: for others that mount them nothing more is attached
	Taken    naive.Amounts       // of all that is attached
	Limits   naive.Amounts       // by its CSINode, for all drivers; nil: as the node states
}

// NodeOf returns what the node of this name, with these pods, has of volumes. What is
// still attached for pods that are gone takes its place too, also where a pod to come
// mounts it.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
func (s *Storage) NodeOf(name string, pods []*corev1.Pod) Node {
	n := Node{Attached: map[Attachment]bool{}, Taken: naive.Amounts{}}
	for _, pod := range pods {
		for _, v := range s.sources(pod) {
			if a := s.attachment(v); a != nil {
				n.Attached[*a] = true
			}
		}
	}
	all := map[Attachment]bool{}
	for a := range n.Attached {
		all[a] = true
	}
	for _, va := range s.objects.Attachments {
		if va.Spec.NodeName != name || va.Spec.Attacher == "" || va.Spec.Source.PersistentVolumeName == nil {
			continue
		}
		if pv := s.volumes[*va.Spec.Source.PersistentVolumeName]; pv != nil && pv.Spec.CSI != nil {
			all[Attachment{va.Spec.Attacher, pv.Spec.CSI.VolumeHandle}] = true
		}
	}
	for a := range all {
		n.Taken.Add(naive.Amounts{naive.Attachable(a.Driver): naive.Whole(1)})
	}
	for _, csi := range s.objects.Nodes {
		if csi.Name != name {
			continue
		}
		n.Limits = naive.Amounts{}
		for _, d := range csi.Spec.Drivers {
			if d.Allocatable != nil && d.Allocatable.Count != nil {
				n.Limits[naive.Attachable(d.Name)] = naive.Whole(int64(*d.Allocatable.Count))
			}
		}
	}
	return n
}

// Allocatable returns what a node has to allocate of all resources, with the limits of
// volumes from the CSINode where that is known.
func (n *Node) Allocatable(stated naive.Amounts) naive.Amounts {
	if n.Limits == nil {
		return stated
	}
	out := naive.Amounts{}
	for name, amount := range stated {
		if !naive.CountsVolumes(name) {
			out[name] = amount
		}
	}
	out.Add(n.Limits)
	return out
}
