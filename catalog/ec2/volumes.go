package ec2

// Volumes that can be attached where a type does not state them, as the EBS CSI
// driver has them in pkg/cloud/limits of
// github.com/kubernetes-sigs/aws-ebs-csi-driver: Nitro types share 28 attachments
// between volumes, network interfaces and instance storage, and the first interface
// takes one. See also
// https://docs.aws.amazon.com/ebs/latest/userguide/volume_limits.html.
const (
	sharedVolumes = 27
	xenVolumes    = 39
)

// volumes returns how many EBS volumes of pods a node of type t can have, as the
// EBS CSI driver counts them (getVolumesLimit in pkg/driver/node.go): the type's
// limit less the root volume and what else is attached, and where interfaces share
// it, less those beside the first. It is never below one, since zero would be no
// limit.
func (s *setup) volumes(t *Type) int64 {
	if s.MaxVolumes > 0 {
		return s.MaxVolumes
	}
	limit, shared := t.Volumes.Count, t.Volumes.Shared
	switch {
	case t.Hypervisor == "xen":
		limit, shared = xenVolumes, false
	case limit == 0:
		limit, shared = sharedVolumes, true
	}
	limit -= 1 + s.moreVolumes + s.ReservedVolumes
	if shared && s.AttachedENIs > 1 {
		limit -= s.AttachedENIs - 1
	}
	return max(limit, 1)
}
