package nodelabel

import "slices"

// csiZones are the zone keys of CSI drivers, which node affinity of volumes goes by. The
// driver gives each node its zone.
var csiZones = []string{"topology.ebs.csi.aws.com/zone", "topology.disk.csi.azure.com/zone", "topology.gke.io/zone"}

// CSIZone reports whether the key is a CSI driver's own name of the zone.
func CSIZone(key string) bool { return slices.Contains(csiZones, key) }
