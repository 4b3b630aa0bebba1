package launch

// Where the meaning of codes is written.
const (
	ec2Errors   = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"
	ec2Spot     = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html"
	awsCommon   = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html"
	awsRetries  = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
	karpenter   = "https://github.com/aws/karpenter-provider-aws/blob/1d927085dd81a9df9301e613f371dac5b4d16bfe/pkg/errors/errors.go"
	stateReason = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html"
)

// capacityCodes are about machines that are not there.
func capacityCodes() []EC2Code {
	return []EC2Code{
		{"InsufficientInstanceCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientReservedInstanceCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientReservedInstancesCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnfulfillableCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientHostCapacity", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientCapacityOnHost", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"IncompatibleHostRequirements", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnavailableHostRequirements", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnsupportedHostConfiguration", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnsupportedInstanceTypeOnHost", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"ZonesMismatched", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidHostID.NotFound", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"ReservationCapacityExceeded", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"InvalidCapacityReservationId.NotFound", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"InvalidCapacityReservationId.Malformed", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"InvalidCapacityReservationState.PendingActivation", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"MaxScheduledInstanceCapacityExceeded", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"ScheduledInstanceSlotNotOpen", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"ScheduledInstanceSlotUnavailable", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"SpotMaxPriceTooLow", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"price-too-low", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"capacity-not-available", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"constraint-not-fulfillable", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"launch-group-constraint", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"az-group-constraint", Verdict{ScopeZone, Mark, ec2Spot}},
		{"placement-group-constraint", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"instance-terminated-by-price", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"instance-terminated-no-capacity", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"instance-terminated-capacity-oversubscribed", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"marked-for-termination", Verdict{ScopeOffering, Mark, ec2Spot}},
		{"SpotInstanceTermination", Verdict{ScopeOffering, Mark, stateReason}},
		{"SpotInstanceShutdown", Verdict{ScopeOffering, Mark, stateReason}},
	}
}

// quotaCodes are about what an account may have: quotas of vCPUs are by group of
// families, fleets count for Spot and On-Demand together.
func quotaCodes() []EC2Code {
	return []EC2Code{
		{"VcpuLimitExceeded", Verdict{ScopeQuotaGroup, Mark, ec2Errors}},
		{"MaxSpotInstanceCountExceeded", Verdict{ScopeQuotaGroup, Mark, ec2Errors}},
		{"InstanceLimitExceeded", Verdict{ScopeQuotaGroup, Mark, ec2Errors}},
		{"HostLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"MaxSpotFleetRequestCountExceeded", Verdict{ScopeCapacityType, Mark, ec2Errors}},
		{"MaxFleetCountExceeded", Verdict{ScopeAccount, Stop, karpenter}},
		{"ResourceLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"RequestResourceCountExceeded", Verdict{ScopeCall, Mark, ec2Errors}},
		{"ResourceCountExceeded", Verdict{ScopeCall, Mark, ec2Errors}},
		{"LimitPriceExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"NetworkInterfaceLimitExceeded", Verdict{ScopeAccount, Stop, ec2Errors}},
		{"AddressLimitExceeded", Verdict{ScopeAccount, Stop, ec2Errors}},
	}
}

// storageCodes are about disks and addresses of the new machine.
func storageCodes() []EC2Code {
	return []EC2Code{
		{"InsufficientFreeAddressesInSubnet", Verdict{ScopeSubnet, Mark, ec2Errors}},
		{"InsufficientCidrBlocks", Verdict{ScopeSubnet, Mark, "https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/prefix-and-ip-target.md"}},
		{"InsufficientAddressCapacity", Verdict{ScopeZone, Mark, ec2Errors}},
		{"PrivateIpAddressLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InsufficientVolumeCapacity", Verdict{ScopeZone, Mark, ec2Errors}},
		{"VolumeTypeNotAvailableInZone", Verdict{ScopeZone, Mark, ec2Errors}},
		{"VolumeLimitExceeded", Verdict{ScopeAccount, Stop, ec2Errors}},
		{"MaxIOPSLimitExceeded", Verdict{ScopeAccount, Stop, ec2Errors}},
		{"VolumeIOPSLimit", Verdict{ScopeTemplate, Stop, ec2Errors}},
		{"AttachmentLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"EncryptedVolumesNotSupported", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"NonEBSInstance", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"BandwidthLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
	}
}
