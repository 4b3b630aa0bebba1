package ec2

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/internal/jsonstream"
)

// ReadTypes reads the facts of instance types from what the command
//
//	aws ec2 describe-instance-types
//
// prints, in its order; see
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html.
// Interfaces for pods with security groups, and the network's baseline where the
// command does not tell it, are those of the embedded facts. Fields that are not
// used may be anything; one that is used and missing or wrong is an error with line,
// column and path.
func ReadTypes(r io.Reader) ([]Type, error) {
	types := []Type{}
	seen := map[string]bool{}
	err := jsonstream.List(r, "InstanceTypes", "aws ec2 describe-instance-types", func(d *jsonstream.Reader) error {
		var info instanceTypeInfo
		if err := d.Value(&info); err != nil {
			return err
		}
		t, err := info.facts()
		if err != nil {
			return d.Fail(err)
		}
		if seen[t.Name] {
			return d.Fail(fmt.Errorf("%s is there twice", t.Name))
		}
		seen[t.Name] = true
		types = append(types, t)
		return nil
	})
	if err == nil && len(types) > 0 {
		err = addKnown(types)
	}
	if err != nil {
		return nil, err
	}
	return types, nil
}

// addKnown adds what the command does not tell of the types.
func addKnown(types []Type) error {
	embedded, err := ReadTable(bytes.NewReader(typesCSV))
	known := make(map[string]*Type, len(embedded))
	for i := range embedded {
		known[embedded[i].Name] = &embedded[i]
	}
	for i := range types {
		if k := known[types[i].Name]; k != nil {
			types[i].BranchENIs = k.BranchENIs
			types[i].NetMbps = cmp.Or(types[i].NetMbps, k.NetMbps)
		}
	}
	return err
}

// instanceTypeInfo is what is used of an element of InstanceTypes.
type instanceTypeInfo struct {
	InstanceType          string
	SupportedUsageClasses []string
	Hypervisor            string
	ProcessorInfo         struct {
		SupportedArchitectures   []string
		SustainedClockSpeedInGhz json.Number
		Manufacturer             string
	}
	VCpuInfo            struct{ DefaultVCpus int64 }
	MemoryInfo          struct{ SizeInMiB int64 }
	InstanceStorageInfo struct {
		TotalSizeInGB int64
		NvmeSupport   string
	}
	EbsInfo struct {
		EbsOptimizedSupport   string
		EbsOptimizedInfo      struct{ MaximumBandwidthInMbps int64 }
		AttachmentLimitType   string
		MaximumEbsAttachments int64
	}
	NetworkInfo              networkInfo
	GpuInfo                  struct{ Gpus []deviceInfo }
	InferenceAcceleratorInfo struct{ Accelerators []deviceInfo }
	NeuronInfo               struct{ NeuronDevices []deviceInfo }
}

type networkInfo struct {
	DefaultNetworkCardIndex int
	NetworkCards            []struct {
		MaximumNetworkInterfaces int64
		BaselineBandwidthInGbps  json.Number
	}
	Ipv4AddressesPerInterface    int64
	EncryptionInTransitSupported bool
	EfaInfo                      struct{ MaximumEfaInterfaces int64 }
}

type deviceInfo struct {
	Name         string
	Manufacturer string
	Count        int64
	MemoryInfo   struct{ SizeInMiB int64 }
	CoreInfo     struct{ Count int64 }
}

// facts returns the facts in i, as computeRequirements and computeCapacity in
// pkg/providers/instancetype/types.go of github.com/aws/karpenter-provider-aws
// read them.
func (i *instanceTypeInfo) facts() (Type, error) {
	t := Type{
		Name:       i.InstanceType,
		VCPUs:      i.VCpuInfo.DefaultVCpus,
		MemoryMiB:  i.MemoryInfo.SizeInMiB,
		Hypervisor: i.Hypervisor,
		CPUMaker:   kebab(i.ProcessorInfo.Manufacturer),
		Encryption: i.NetworkInfo.EncryptionInTransitSupported,
		IPv4PerENI: i.NetworkInfo.Ipv4AddressesPerInterface,
		EFAs:       i.NetworkInfo.EfaInfo.MaximumEfaInterfaces,
	}
	if n := i.EbsInfo.MaximumEbsAttachments; n != 0 {
		t.Volumes = VolumeLimit{Count: n, Shared: i.EbsInfo.AttachmentLimitType != "dedicated"}
	}
	if i.InstanceStorageInfo.NvmeSupport != "unsupported" {
		t.NVMeGB = i.InstanceStorageInfo.TotalSizeInGB
	}
	if i.EbsInfo.EbsOptimizedSupport == "default" {
		t.EBSMbps = i.EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps
	}
	var err error
	if t.Arch, err = architecture(i.ProcessorInfo.SupportedArchitectures); err != nil {
		return t, err
	}
	if t.ClockMHz, err = thousands(i.ProcessorInfo.SustainedClockSpeedInGhz); err != nil {
		return t, fmt.Errorf("ProcessorInfo.SustainedClockSpeedInGhz: %w", err)
	}
	for j, card := range i.NetworkInfo.NetworkCards {
		mbps, err := thousands(card.BaselineBandwidthInGbps)
		if err != nil {
			return t, fmt.Errorf("NetworkInfo.NetworkCards[%d].BaselineBandwidthInGbps: %w", j, err)
		}
		t.NetMbps += mbps
	}
	index := i.NetworkInfo.DefaultNetworkCardIndex
	if index < 0 || index >= len(i.NetworkInfo.NetworkCards) {
		return t, errors.New("NetworkInfo: there is no default network card")
	}
	t.ENIs = i.NetworkInfo.NetworkCards[index].MaximumNetworkInterfaces
	t.GPU = deviceOf(i.GpuInfo.Gpus)
	t.Accelerator = deviceOf(i.InferenceAcceleratorInfo.Accelerators)
	if neurons := i.NeuronInfo.NeuronDevices; len(neurons) > 0 {
		t.Accelerator = deviceOf(neurons)
		t.Accelerator.Maker = "aws"
		t.Accelerator.Cores = neurons[0].CoreInfo.Count
	}
	t.Accelerator.MemoryMiB = 0
	t.Markets = usageClasses(i.SupportedUsageClasses)
	return t, t.check()
}

// architecture returns the first architecture that Kubernetes has, or else the
// first.
func architecture(supported []string) (string, error) {
	if len(supported) == 0 {
		return "", errors.New("ProcessorInfo.SupportedArchitectures: there is none")
	}
	for _, a := range supported {
		switch a {
		case "x86_64":
			return "amd64", nil
		case "arm64":
			return "arm64", nil
		}
	}
	return supported[0], nil
}

// usageClasses returns how a type is sold; nil: not known. Capacity blocks are
// bought beforehand and come as reservations.
func usageClasses(classes []string) []catalog.CapacityType {
	if classes == nil {
		return nil
	}
	markets := []catalog.CapacityType{}
	for _, class := range classes {
		if market := catalog.CapacityType(class); market == catalog.OnDemand || market == catalog.Spot {
			markets = append(markets, market)
		}
	}
	return slices.Compact(markets)
}

// deviceOf returns devices of one kind; of several the sum, without a name.
func deviceOf(infos []deviceInfo) Device {
	var d Device
	for i, info := range infos {
		d.Count += info.Count
		if i == 0 {
			d.Name, d.Maker, d.MemoryMiB = kebab(info.Name), kebab(info.Manufacturer), info.MemoryInfo.SizeInMiB
		} else {
			d.Name, d.MemoryMiB = "", 0
		}
	}
	return d
}

// kebab returns a name as labels show it.
func kebab(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, " ", "-"))
}

// thousands returns a decimal number times 1000, rounded to the nearest whole; ""
// is zero.
func thousands(n json.Number) (int64, error) {
	if n == "" {
		return 0, nil
	}
	p, err := catalog.ParsePrice(n.String()) // digits, in billionths
	if err != nil {
		return 0, fmt.Errorf("%q is not a decimal number", n)
	}
	return int64(p+catalog.USD/2000) / int64(catalog.USD/1000), nil
}
