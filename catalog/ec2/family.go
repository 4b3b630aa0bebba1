package ec2

import "cmp"

// A Family is a line of machine images. They differ in what they reserve.
type Family string

// The families, by the names of Karpenter's amiFamily, see
// https://karpenter.sh/docs/concepts/nodeclasses/#specamifamily.
const (
	AL2023       Family = "AL2023"
	AL2          Family = "AL2"
	Bottlerocket Family = "Bottlerocket"
	Windows2019  Family = "Windows2019"
	Windows2022  Family = "Windows2022"
	Windows2025  Family = "Windows2025"
)

// DefaultRootVolumeGiB is the size of the volume that pods' storage is on where
// Node does not state it, Windows excepted, which has 50 GiB.
const DefaultRootVolumeGiB = 20

// familyFacts is how nodes of a family differ: FeatureFlags and
// DefaultBlockDeviceMappings in pkg/providers/amifamily of
// github.com/aws/karpenter-provider-aws.
type familyFacts struct {
	windowsBuild  string // label node.kubernetes.io/windows-build; "": Linux
	rootGiB       int64
	moreVolumes   int64 // that the image comes with, beside the root volume
	memoryByENIs  bool  // memory is reserved for as many pods as the interfaces allow, whatever MaxPods says
	noPodsPerCore bool
	flatPods      bool // 110 pods, whatever the interfaces allow
}

func families() map[Family]familyFacts {
	return map[Family]familyFacts{
		AL2023:       {rootGiB: DefaultRootVolumeGiB, memoryByENIs: true},
		AL2:          {rootGiB: DefaultRootVolumeGiB, memoryByENIs: true},
		Bottlerocket: {rootGiB: DefaultRootVolumeGiB, moreVolumes: 1, noPodsPerCore: true},
		Windows2019:  {rootGiB: 50, flatPods: true, windowsBuild: "10.0.17763"},
		Windows2022:  {rootGiB: 50, flatPods: true, windowsBuild: "10.0.20348"},
		Windows2025:  {rootGiB: 50, flatPods: true, windowsBuild: "10.0.26100"},
	}
}

func (n *Node) family() Family { return cmp.Or(n.Family, AL2023) }

// A setup is a Node with its family looked up: what the formulas read.
type setup struct {
	*Node
	familyFacts
	overhead int64 // of the virtual machine, as parsePercent returns it
}

// setup returns n, which check has passed, made ready.
func (n *Node) setup() setup {
	s := setup{Node: n, familyFacts: families()[n.family()], overhead: 7*onePercent + onePercent/2}
	if n.VMOverhead != "" {
		s.overhead, _ = parsePercent(n.VMOverhead)
	}
	if n.RootVolumeGiB > 0 {
		s.rootGiB = n.RootVolumeGiB
	}
	return s
}
