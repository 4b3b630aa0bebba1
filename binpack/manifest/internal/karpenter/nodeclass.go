package karpenter

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An EC2NodeClass is how nodes are launched on EC2.
//
// https://karpenter.sh/docs/concepts/nodeclasses/
type EC2NodeClass struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              EC2NodeClassSpec `json:"spec"`
	Status            Ignored          `json:"status"`
}

// EC2NodeClassSpec is what an EC2NodeClass states.
type EC2NodeClassSpec struct {
	AMIFamily           string               `json:"amiFamily"`
	AMISelectorTerms    []AMISelectorTerm    `json:"amiSelectorTerms"`
	Kubelet             *Kubelet             `json:"kubelet"`
	BlockDeviceMappings []BlockDeviceMapping `json:"blockDeviceMappings"`
	InstanceStorePolicy string               `json:"instanceStorePolicy"`

	CapacityReservationSelectorTerms Ignored `json:"capacityReservationSelectorTerms"`
	IPPrefixCount                    Ignored `json:"ipPrefixCount"`
	AssociatePublicIPAddress         Ignored `json:"associatePublicIPAddress"`
	Context                          Ignored `json:"context"`
	DetailedMonitoring               Ignored `json:"detailedMonitoring"`
	EnclaveOptions                   Ignored `json:"enclaveOptions"`
	InstanceProfile                  Ignored `json:"instanceProfile"`
	LicenseSelectorTerms             Ignored `json:"licenseSelectorTerms"`
	MetadataOptions                  Ignored `json:"metadataOptions"`
	PlacementGroupSelectorTerms      Ignored `json:"placementGroupSelectorTerms"`
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
	MaxPods        *int32            `json:"maxPods"`
	PodsPerCore    *int32            `json:"podsPerCore"`
	SystemReserved map[string]string `json:"systemReserved"`
	KubeReserved   map[string]string `json:"kubeReserved"`
	EvictionHard   map[string]string `json:"evictionHard"`
	EvictionSoft   map[string]string `json:"evictionSoft"`

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
