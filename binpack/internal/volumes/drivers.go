package volumes

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// A Volume is something that a CSI driver attaches to a node.
type Volume struct {
	Driver string
	Handle string // tells volumes of the driver apart
}

func (v Volume) String() string { return v.Driver + "\x00" + v.Handle }

// tookOver are the CSI drivers that took over from the drivers in Kubernetes itself, by
// the name that those have as provisioners.
//
// https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration
var tookOver = map[string]string{
	"kubernetes.io/aws-ebs":         "ebs.csi.aws.com",
	"kubernetes.io/gce-pd":          "pd.csi.storage.gke.io",
	"kubernetes.io/azure-disk":      "disk.csi.azure.com",
	"kubernetes.io/cinder":          "cinder.csi.openstack.org",
	"kubernetes.io/portworx-volume": "pxd.portworx.com",
}

// driverOf returns the CSI driver of a provisioner.
func driverOf(provisioner string) string {
	if csi, ok := tookOver[provisioner]; ok {
		return csi
	}
	return provisioner
}

// attached returns what a mount attaches to its node; false: nothing that counts.
func (s *Storage) attached(m mount) (Volume, bool) {
	if m.object == nil {
		return Volume{}, false
	}
	if v := s.volumes[m.object.Spec.VolumeName]; v != nil {
		return attachedBy(v)
	}
	class, _ := s.classOf(m.object)
	if c := s.classes[class]; c != nil && c.Provisioner != noProvisioner {
		return Volume{driverOf(c.Provisioner), "claim " + m.claim.String()}, true
	}
	return Volume{}, false
}

// attachedBy returns what attaches a persistent volume.
func attachedBy(v *corev1.PersistentVolume) (Volume, bool) {
	source := &v.Spec.PersistentVolumeSource
	inTree := func(plugin, id string) (Volume, bool) { return Volume{tookOver["kubernetes.io/"+plugin], id}, true }
	switch {
	case source.CSI != nil:
		return Volume{source.CSI.Driver, source.CSI.VolumeHandle}, true
	case source.AWSElasticBlockStore != nil:
		return inTree("aws-ebs", source.AWSElasticBlockStore.VolumeID)
	case source.GCEPersistentDisk != nil:
		return inTree("gce-pd", source.GCEPersistentDisk.PDName)
	case source.AzureDisk != nil:
		return inTree("azure-disk", source.AzureDisk.DataDiskURI)
	case source.Cinder != nil:
		return inTree("cinder", source.Cinder.VolumeID)
	case source.PortworxVolume != nil:
		return inTree("portworx-volume", source.PortworxVolume.VolumeID)
	}
	return Volume{}, false
}

func path(volume int, field string) string { return fmt.Sprintf("spec.volumes[%d].%s", volume, field) }
