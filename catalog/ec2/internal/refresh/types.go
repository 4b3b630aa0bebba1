package main

import (
	"fmt"
	"go/ast"
	"io"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/stowage/stowage/catalog/ec2"
)

const (
	limitsPath = "pkg/providers/instancetype/zz_generated.vpclimits.go"
	modPath    = "go.mod"
)

const typesHeader = `# Raw facts of EC2 instance types; an empty cell: the type has no such thing.
# Source: github.com/aws/karpenter-provider-aws, Karpenter core %[2]s:
#   %[3]s
#   %[4]s (enis, ipv4_per_eni; generated at %[1]s)
# and github.com/kubernetes-sigs/aws-ebs-csi-driver, %[5]s (volumes, volumes_shared).
# What the package documentation calls documented is the first of the two. Where they disagree it wins:
# branch_enis is the documented vpc.amazonaws.com/pod-eni, though the second has a number for some types
# that the first gives none (in August 2026 c9g, c9gd, hpc7g, 30 metal sizes of generation 8 and i4i.large).
# Units: memory_mib and gpu_mib MiB (gpu_mib for each card), ebs_mbps and net_mbps Mbit/s, nvme_gb GB in all,
# neuron_cores for each accelerator, enis of the default network card, pods only where enis are not known;
# volumes with the root volume, empty where the driver has its default.
# Written by: go run ./catalog/ec2/internal/refresh CHECKOUT EBS-CHECKOUT
`

// writeTypes writes the raw facts of all documented types.
func writeTypes(w io.Writer, checkout, driver fs.FS) error {
	pages, err := readDocs(checkout)
	if err != nil {
		return err
	}
	limits, err := readSource(checkout, limitsPath)
	if err != nil {
		return err
	}
	volumes, err := readVolumes(driver)
	if err != nil {
		return err
	}
	mod, err := fs.ReadFile(checkout, modPath)
	if err != nil {
		return err
	}
	core := regexp.MustCompile(`sigs\.k8s\.io/karpenter (v\S+)`).FindSubmatch(mod)
	if core == nil {
		return fmt.Errorf("%s does not require sigs.k8s.io/karpenter", modPath)
	}
	types := make([]ec2.Type, len(pages))
	for i, p := range pages {
		if types[i], err = rawType(p, limits.table[p.name]); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		types[i].Volumes = volumes[p.name]
	}
	if _, err := fmt.Fprintf(w, typesHeader, limits.date, core[1], docsPath, limitsPath, volumesPath); err != nil {
		return err
	}
	return ec2.WriteTable(w, types)
}

// rawType returns the facts behind a page; limits may be nil.
func rawType(p page, limits ast.Expr) (ec2.Type, error) {
	label := func(key string) string { return p.labels["karpenter.k8s.aws/instance-"+key] }
	n := numbers{}
	t := ec2.Type{
		Name:       p.name,
		Arch:       p.labels["kubernetes.io/arch"],
		VCPUs:      n.parse(label("cpu")),
		MemoryMiB:  n.parse(label("memory")),
		Hypervisor: label("hypervisor"),
		CPUMaker:   label("cpu-manufacturer"),
		ClockMHz:   n.parse(label("cpu-sustained-clock-speed-mhz")),
		EBSMbps:    n.parse(label("ebs-bandwidth")),
		NetMbps:    n.parse(label("network-bandwidth")),
		Encryption: label("encryption-in-transit-supported") == "true",
		NVMeGB:     n.parse(label("local-nvme")),
		BranchENIs: n.parse(p.resources["vpc.amazonaws.com/pod-eni"]),
		EFAs:       n.parse(p.resources["vpc.amazonaws.com/efa"]),
		GPU: ec2.Device{
			Name:      label("gpu-name"),
			Maker:     label("gpu-manufacturer"),
			Count:     n.parse(label("gpu-count")),
			MemoryMiB: n.parse(label("gpu-memory")),
		},
		Accelerator: ec2.Device{
			Name:  label("accelerator-name"),
			Maker: label("accelerator-manufacturer"),
			Count: n.parse(label("accelerator-count")),
		},
	}
	if cores := n.parse(p.resources["aws.amazon.com/neuroncore"]); cores > 0 {
		t.Accelerator.Cores = cores / max(t.Accelerator.Count, 1)
	}
	if limits == nil {
		t.Pods = n.parse(p.resources["pods"])
		return t, n.err
	}
	card, perENI, err := defaultCard(limits)
	if err != nil {
		return t, err
	}
	t.ENIs, t.IPv4PerENI = n.parse(card), n.parse(perENI)
	return t, n.err
}

// defaultCard returns the interfaces of the default network card and the
// addresses of each.
func defaultCard(limits ast.Expr) (enis, ipv4PerENI string, err error) {
	f, err := fields(limits)
	if err != nil {
		return "", "", err
	}
	cards, ok := f["NetworkCards"].(*ast.CompositeLit)
	index, err := strconv.Atoi(number(f["DefaultNetworkCardIndex"]))
	if !ok || err != nil || index >= len(cards.Elts) {
		return "", "", fmt.Errorf("%s names no default network card", limitsPath)
	}
	card, err := fields(cards.Elts[index])
	return number(card["MaximumNetworkInterfaces"]), number(f["IPv4PerInterface"]), err
}

// numbers parses numbers and keeps the first fault. An empty text is zero.
type numbers struct{ err error }

func (n *numbers) parse(s string) int64 {
	if s == "" {
		return 0
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil && n.err == nil {
		n.err = err
	}
	return v
}
