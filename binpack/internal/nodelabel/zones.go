package nodelabel

import "slices"

// IsZoneOfDriver reports whether the key is one of ZonesOfDrivers.
func IsZoneOfDriver(key string) bool { return slices.Contains(ZonesOfDrivers(), key) }

// ZonesOfDrivers returns the keys under which CSI drivers put the zone of a node: those
// of the EBS, the Azure disk and the GCE persistent disk driver. A launched node has its
// zone there, unless its offering says otherwise.
//
// https://kubernetes-csi.github.io/docs/topology.html
func ZonesOfDrivers() []string {
	return []string{"topology.ebs.csi.aws.com/zone", "topology.disk.csi.azure.com/zone", "topology.gke.io/zone"}
}
