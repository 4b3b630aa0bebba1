package karpenter

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// An EC2NodeClass is how nodes are launched on EC2.
//
// https://karpenter.sh/docs/concepts/nodeclasses/
type EC2NodeClass struct {
	Object
	Spec   EC2NodeClassSpec `json:"spec"`
	Status Ignored          `json:"status"`
}

// An AutoNodeClass is how EKS Auto Mode launches nodes.
//
// https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
type AutoNodeClass struct {
	Object
	Spec struct {
		EphemeralStorage struct {
			Size *resource.Quantity `json:"size"`

			IOPS       Ignored `json:"iops"`
			KMSKeyID   Ignored `json:"kmsKeyID"`
			Throughput Ignored `json:"throughput"`
		} `json:"ephemeralStorage"`

		AdvancedNetworking               Ignored `json:"advancedNetworking"`
		AdvancedSecurity                 Ignored `json:"advancedSecurity"`
		CapacityReservationSelectorTerms Ignored `json:"capacityReservationSelectorTerms"`
		CertificateBundles               Ignored `json:"certificateBundles"`
		InstanceProfile                  Ignored `json:"instanceProfile"`
		NetworkPolicy                    Ignored `json:"networkPolicy"`
		NetworkPolicyEventLogs           Ignored `json:"networkPolicyEventLogs"`
		PodSecurityGroupSelectorTerms    Ignored `json:"podSecurityGroupSelectorTerms"`
		PodSubnetSelectorTerms           Ignored `json:"podSubnetSelectorTerms"`
		Role                             Ignored `json:"role"`
		SecurityGroupSelectorTerms       Ignored `json:"securityGroupSelectorTerms"`
		SNATPolicy                       Ignored `json:"snatPolicy"`
		SubnetSelectorTerms              Ignored `json:"subnetSelectorTerms"`
		Tags                             Ignored `json:"tags"`
	} `json:"spec"`
	Status Ignored `json:"status"`
}

// EC2NodeClassSpec is what an EC2NodeClass states.
type EC2NodeClassSpec struct {
	AMIFamily           string               `json:"amiFamily"`
	AMISelectorTerms    []AMISelectorTerm    `json:"amiSelectorTerms"`
	Kubelet             *Kubelet             `json:"kubelet"`
	BlockDeviceMappings []BlockDeviceMapping `json:"blockDeviceMappings"`
	InstanceStorePolicy string               `json:"instanceStorePolicy"`

	unread
}

// unread is what an EC2NodeClass states beside that.
type unread struct {
	CapacityReservationSelectorTerms Ignored `json:"capacityReservationSelectorTerms"`
	IPPrefixCount                    Ignored `json:"ipPrefixCount"`
	AssociatePublicIPAddress         Ignored `json:"associatePublicIPAddress"`
	ConnectionTracking               Ignored `json:"connectionTracking"`
	Context                          Ignored `json:"context"`
	CPUOptions                       Ignored `json:"cpuOptions"`
	DetailedMonitoring               Ignored `json:"detailedMonitoring"`
	EnclaveOptions                   Ignored `json:"enclaveOptions"`
	InstanceProfile                  Ignored `json:"instanceProfile"`
	MetadataOptions                  Ignored `json:"metadataOptions"`
	NetworkInterfaces                Ignored `json:"networkInterfaces"`
	PlacementGroupSelector           Ignored `json:"placementGroupSelector"`
	Role                             Ignored `json:"role"`
	SecurityGroupSelectorTerms       Ignored `json:"securityGroupSelectorTerms"`
	SubnetSelectorTerms              Ignored `json:"subnetSelectorTerms"`
	Tags                             Ignored `json:"tags"`
	UserData                         Ignored `json:"userData"`
}

// An AMISelectorTerm selects machine images.
type AMISelectorTerm struct {
	Alias        string  `json:"alias"` // "al2023@latest"
	ID           Ignored `json:"id"`
	Name         Ignored `json:"name"`
	Owner        Ignored `json:"owner"`
	SSMParameter Ignored `json:"ssmParameter"`
	Tags         Ignored `json:"tags"`
}

// A Kubelet is the settings of the kubelet that decide what a node has for pods.
type Kubelet struct {
	MaxPods        *int32              `json:"maxPods"`
	PodsPerCore    *int32              `json:"podsPerCore"`
	SystemReserved corev1.ResourceList `json:"systemReserved"`
	KubeReserved   corev1.ResourceList `json:"kubeReserved"`
	EvictionHard   map[string]string   `json:"evictionHard"`
	EvictionSoft   map[string]string   `json:"evictionSoft"`

	ClusterDNS                  Ignored `json:"clusterDNS"`
	CPUCFSQuota                 Ignored `json:"cpuCFSQuota"`
	EvictionMaxPodGracePeriod   Ignored `json:"evictionMaxPodGracePeriod"`
	EvictionSoftGracePeriod     Ignored `json:"evictionSoftGracePeriod"`
	ImageGCHighThresholdPercent Ignored `json:"imageGCHighThresholdPercent"`
	ImageGCLowThresholdPercent  Ignored `json:"imageGCLowThresholdPercent"`
}

// A BlockDeviceMapping is a volume that a node is launched with.
type BlockDeviceMapping struct {
	DeviceName string `json:"deviceName"`
	RootVolume bool   `json:"rootVolume"`
	EBS        struct {
		VolumeSize *resource.Quantity `json:"volumeSize"`

		DeleteOnTermination      Ignored `json:"deleteOnTermination"`
		Encrypted                Ignored `json:"encrypted"`
		IOPS                     Ignored `json:"iops"`
		KMSKeyID                 Ignored `json:"kmsKeyID"`
		SnapshotID               Ignored `json:"snapshotID"`
		Throughput               Ignored `json:"throughput"`
		VolumeInitializationRate Ignored `json:"volumeInitializationRate"`
		VolumeType               Ignored `json:"volumeType"`
	} `json:"ebs"`
}
