package ec2

// Bounds of the pod limit.
const (
	flatPodLimit     = 110 // the kubelet's default of maxPods
	fewPods          = 110 // that AWS recommends where addresses come in prefixes
	manyPods         = 250
	manyPodsVCPUs    = 30 // more than these: manyPods
	prefixAddresses  = 16
	hostNetworkPods  = 2
	firstENIsAddress = 1 // each interface has one address of its own
)

// pods returns the pod limit of t.
//
// Each interface of the default network card has an address of its own and gives
// the others to pods; two more pods use the host's network (ENILimitedPods in
// pkg/providers/instancetype/types.go of github.com/aws/karpenter-provider-aws,
// eni_max_pods.go in nodeadm of github.com/awslabs/amazon-eks-ami). With prefixes
// each address stands for 16, and the limit is the one AWS recommends: 110, or 250
// for more than 30 vCPUs, see
// https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html.
func (s *setup) pods(t *Type) int64 {
	limit := int64(flatPodLimit)
	switch {
	case s.MaxPods > 0:
		limit = s.MaxPods
	case s.flatPods:
	default:
		limit = s.addressedPods(t)
	}
	if s.PodsPerCore > 0 && !s.noPodsPerCore {
		limit = min(limit, s.PodsPerCore*t.VCPUs)
	}
	return limit
}

// addressedPods returns how many pods can have an address.
func (s *setup) addressedPods(t *Type) int64 {
	if t.ENIs == 0 {
		return t.Pods
	}
	taken := s.ReservedENIs
	if s.CustomNetworking {
		taken++
	}
	if taken >= t.ENIs {
		return 0
	}
	addresses := (t.ENIs - taken) * (t.IPv4PerENI - firstENIsAddress)
	if !s.prefixes(t) {
		return addresses + hostNetworkPods
	}
	recommended := int64(fewPods)
	if t.VCPUs > manyPodsVCPUs {
		recommended = manyPods
	}
	return min(prefixAddresses*addresses+hostNetworkPods, recommended)
}

// prefixes reports whether interfaces of t have prefixes. The CNI plugin assigns
// them on Nitro machines, bare metal among them, see
// https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html.
func (s *setup) prefixes(t *Type) bool {
	return (s.PrefixDelegation || s.IPv6) && t.Hypervisor != "xen"
}

// standardPods returns the pod limit of t with the CNI plugin's defaults.
func standardPods(t *Type) int64 {
	return (&setup{Node: &Node{}}).addressedPods(t)
}
