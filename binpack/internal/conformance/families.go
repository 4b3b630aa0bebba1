package conformance

import "strings"

// Families is a set of kinds of rules.
type Families uint

// The kinds of rules that a cluster is drawn with.
const (
	Resources Families = 1 << iota
	NodeAffinity
	Taints
	HostPorts
	HostSpread       // by hostname
	Spread           // by any other key
	HostAntiAffinity // by hostname
	AntiAffinity     // by any other key
	Affinity
	Volumes
	Attachments  // of volumes to a node
	VolumesThere // for claims of a class that makes none
	OncePod      // claims for one pod

	Resizes // of pods that are there; drawn by a test of its own

	All = Resizes - 1
)

// Each returns the kinds of the set one by one.
func (f Families) Each() []Families {
	var out []Families
	for one := Resources; one <= f; one <<= 1 {
		if f.Has(one) {
			out = append(out, one)
		}
	}
	return out
}

// Has reports whether some kind is in both sets.
func (f Families) Has(some Families) bool { return f&some != 0 }

// String returns the names of the kinds.
func (f Families) String() string {
	names := map[Families]string{
		Resources: "resources", NodeAffinity: "node affinity", Taints: "taints", HostPorts: "host ports",
		HostSpread: "spread by hostname", Spread: "spread", HostAntiAffinity: "anti-affinity by hostname",
		AntiAffinity: "anti-affinity", Affinity: "affinity", Volumes: "volumes", Attachments: "attachments",
		VolumesThere: "volumes that are there", OncePod: "claims for one pod",
	}
	var parts []string
	for _, one := range f.Each() {
		parts = append(parts, names[one])
	}
	return strings.Join(parts, ", ")
}
