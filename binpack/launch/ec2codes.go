package launch

// configurationCodes are about what this type, zone and request cannot be together:
// another type or zone may.
func configurationCodes() []EC2Code {
	return []EC2Code{
		{"Unsupported", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnsupportedOperation", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnsupportedTenancy", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"UnsupportedHibernationConfiguration", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InstanceCreditSpecification.NotSupported", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidInstanceType", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidInstanceAttributeValue", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidInstanceFamily", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidTenancy", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidInterface.IpAddressLimitExceeded", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidLaunchTargets", Verdict{ScopeReservation, Mark, ec2Errors}},
		{"InvalidVolume.ZoneMismatch", Verdict{ScopeZone, Mark, ec2Errors}},
		{"InvalidAvailabilityZone", Verdict{ScopeZone, Mark, ec2Errors}},
		{"InvalidZone.NotFound", Verdict{ScopeZone, Mark, ec2Errors}},
		{"InvalidSubnetID.NotFound", Verdict{ScopeSubnet, Mark, ec2Errors}},
		{"InvalidSubnetID.Malformed", Verdict{ScopeSubnet, Mark, ec2Errors}},
		{"InvalidSubnet", Verdict{ScopeSubnet, Mark, ec2Errors}},
		{"InvalidPlacementGroup.Unknown", Verdict{ScopeTemplate, Stop, ec2Errors}},
		{"InvalidParameterValue", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidParameterCombination", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidParameterDependency", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidParameter", Verdict{ScopeOffering, Mark, ec2Errors}},
		{"InvalidFleetConfiguration", Verdict{ScopeOffering, Mark, "https://github.com/aws/karpenter-provider-aws/issues/2243"}},
		{"bad-parameters", Verdict{ScopeOffering, Mark, ec2Spot}},
	}
}

// templateCodes are about what every launch with the same template asks for.
func templateCodes() []EC2Code {
	template := Verdict{ScopeTemplate, Stop, ec2Errors}
	var codes []EC2Code
	for _, code := range []string{
		"InvalidAMIID.Malformed", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable",
		"InvalidBlockDeviceMapping", "BootForVolumeTypeUnsupported", "UnknownVolumeType",
		"InvalidGroup.NotFound", "InvalidSecurityGroupID.NotFound", "InvalidSecurityGroupId.Malformed",
		"SecurityGroupsPerInstanceLimitExceeded", "SecurityGroupsPerInterfaceLimitExceeded",
		"InvalidKeyPair.NotFound", "InvalidSnapshot.NotFound", "CustomerKeyHasBeenRevoked",
		"InvalidUserData.Malformed", "InvalidNetworkInterfaceID.NotFound", "InvalidVpcID.NotFound",
		"InvalidIamInstanceProfileArn.Malformed", "InvalidSpotFleetRequestConfig", "InvalidRequest",
		"InvalidLaunchTemplateId.Malformed", "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound",
		"InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateName.MalformedException",
		"MissingParameter", "MissingInput", "UnknownParameter", "ValidationError", "ClientInvalidParameterValue",
		"InvalidCharacter", "InvalidInput", "InvalidTagKey.Malformed", "TagLimitExceeded", "TagPolicyViolation",
		"VPCIdNotSpecified", "VPCResourceNotSpecified", "DefaultVpcDoesNotExist",
	} {
		codes = append(codes, EC2Code{code, template})
	}
	return codes
}

// accountCodes are about who asks.
func accountCodes() []EC2Code {
	account := Verdict{ScopeAccount, Stop, ec2Errors}
	codes := []EC2Code{
		{"AuthFailure.ServiceLinkedRoleCreationNotPermitted", Verdict{ScopeCapacityType, Mark, karpenter}},
		{"AccessDenied", Verdict{ScopeAccount, Stop, awsCommon}},
		{"AccessDeniedException", Verdict{ScopeAccount, Stop, awsCommon}},
		{"ExpiredToken", Verdict{ScopeAccount, Stop, awsCommon}},
		{"ExpiredTokenException", Verdict{ScopeAccount, Stop, awsCommon}},
		{"NotAuthorized", Verdict{ScopeAccount, Stop, awsCommon}},
		{"UnrecognizedClientException", Verdict{ScopeAccount, Stop, awsCommon}},
	}
	for _, code := range []string{
		"AuthFailure", "InvalidSecurity.RequestHasExpired", "UnauthorizedOperation", "OperationNotPermitted", "Blocked", "AccountDisabled",
		"OptInRequired", "PendingVerification", "InvalidClientTokenId", "MissingAuthenticationToken",
		"SignatureDoesNotMatch", "IncompleteSignature", "RequestExpired", "DryRunOperation",
	} {
		codes = append(codes, EC2Code{code, account})
	}
	return codes
}

// callCodes are about this call: the same one may succeed later.
func callCodes() []EC2Code {
	codes := []EC2Code{
		{"IdempotentInstanceTerminated", Verdict{ScopeCall, Mark, ec2Errors}},
		{"IdempotentParameterMismatch", Verdict{ScopeCall, Mark, ec2Errors}},
		{"InvalidClientToken", Verdict{ScopeCall, Mark, ec2Errors}},
		{"system-error", Verdict{ScopeCall, Retry, ec2Spot}},
		{"ResourceContention", Verdict{ScopeCall, Retry, "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html"}},
		{"ScalingActivityInProgress", Verdict{ScopeCall, Retry, "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html"}},
	}
	for _, code := range []string{
		"RequestLimitExceeded", "InternalError", "InternalFailure", "ServerInternal", "ServiceUnavailable", "Unavailable",
		"RetryableError", "ConcurrentTagAccess", "CreditSpecificationUpdateInProgress",
	} {
		codes = append(codes, EC2Code{code, Verdict{ScopeCall, Retry, ec2Errors}})
	}
	for _, code := range []string{
		"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
		"TooManyRequestsException", "EC2ThrottledException", "BandwidthLimitExceededException", "SlowDown",
		"RequestTimeout", "RequestTimeoutException",
	} {
		codes = append(codes, EC2Code{code, Verdict{ScopeCall, Retry, awsRetries}})
	}
	return codes
}
