// Package volumes reads what the volumes of pods ask of nodes, as four plugins of the
// kube-scheduler do (VolumeBinding, VolumeZone, VolumeRestrictions, NodeVolumeLimits):
//
//	storage.go   claims, volumes and classes, and who mounts what
//	rules.go     what the volumes of one pod ask for
//	zone.go      zone labels of volumes
//	drivers.go   which CSI driver attaches a volume, under which name
//	static.go    claims that take one of the volumes that are there
//	limits.go    of volumes that run out
//	nodes.go     what is attached to an existing node, and its limits
//
// Where a rule is about one node it becomes a node selector (kube.Reach) or a resource;
// where it is about all nodes, a claim that one pod may have or a volume that one claim
// may have, it is for the caller to hold.
package volumes
