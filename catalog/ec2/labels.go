package ec2

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// labels returns the labels that every node of type t in a region has before
// it starts, as computeRequirements in pkg/providers/instancetype/types.go of
// github.com/aws/karpenter-provider-aws decides them. They are documented in
// https://karpenter.sh/docs/reference/instance-types/; instance-pods is a
// label of earlier releases.
func (s *setup) labels(t *Type, region string) map[string]string {
	const prefix = "karpenter.k8s.aws/instance-"
	name, _ := parseName(t.Name)          // check has parsed it
	labels := make(map[string]string, 24) // of most types
	labels[corev1.LabelInstanceTypeStable] = t.Name
	labels[corev1.LabelArchStable] = t.Arch
	labels[corev1.LabelOSStable] = string(corev1.Linux)
	labels[corev1.LabelTopologyRegion] = region
	labels[prefix+"category"] = name.Category
	labels[prefix+"family"] = name.Family
	labels[prefix+"generation"] = name.Generation
	labels[prefix+"size"] = name.Size
	labels[prefix+"cpu"] = number(t.VCPUs)
	labels[prefix+"cpu-manufacturer"] = t.CPUMaker
	labels[prefix+"cpu-sustained-clock-speed-mhz"] = number(t.ClockMHz)
	labels[prefix+"memory"] = number(t.MemoryMiB)
	labels[prefix+"encryption-in-transit-supported"] = strconv.FormatBool(t.Encryption)
	labels[prefix+"capability-flex"] = strconv.FormatBool(strings.Contains(name.Family, "-flex"))
	labels[prefix+"pods"] = number(s.pods(t))
	if s.windowsBuild != "" {
		labels[corev1.LabelOSStable] = string(corev1.Windows)
		labels[corev1.LabelWindowsBuild] = s.windowsBuild
	}
	if t.Hypervisor != "" {
		labels[prefix+"hypervisor"] = t.Hypervisor
	}
	if t.EBSMbps > 0 {
		labels[prefix+"ebs-bandwidth"] = number(t.EBSMbps)
	}
	if t.NetMbps > 0 {
		labels[prefix+"network-bandwidth"] = number(t.NetMbps)
	}
	if t.NVMeGB > 0 {
		labels[prefix+"local-nvme"] = number(t.NVMeGB)
	}
	if d := t.GPU; d.Name != "" {
		labels[prefix+"gpu-name"] = d.Name
		labels[prefix+"gpu-manufacturer"] = d.Maker
		labels[prefix+"gpu-count"] = number(d.Count)
		labels[prefix+"gpu-memory"] = number(d.MemoryMiB)
	}
	if d := t.Accelerator; d.Name != "" {
		labels[prefix+"accelerator-name"] = d.Name
		labels[prefix+"accelerator-manufacturer"] = d.Maker
		labels[prefix+"accelerator-count"] = number(d.Count)
	}
	return labels
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
