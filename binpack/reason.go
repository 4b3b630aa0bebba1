package binpack

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// A Reason is a code for why a pool takes no (more) pod of a kind.
type Reason string

// The reasons. Rules that later releases model add to them.
const (
	InsufficientResources Reason = "InsufficientResources" // no node of the pool is large enough
	NodeAffinity          Reason = "NodeAffinity"          // node selector or required node affinity
	UntoleratedTaint      Reason = "UntoleratedTaint"      // a taint of the pool
	NoAvailableOffering   Reason = "NoAvailableOffering"   // none to launch, or none left
	HostPort              Reason = "HostPort"              // a host port that is taken
	PoolLimit             Reason = "PoolLimit"             // the pool's limits are used up
	QuotaReached          Reason = "QuotaReached"          // a quota is used up
	PodAffinity           Reason = "PodAffinity"           // no pod that it must be with
	PodAntiAffinity       Reason = "PodAntiAffinity"       // a pod that must not be in its domain
	TopologySpread        Reason = "TopologySpread"        // too many of its group in one domain
	VolumeZone            Reason = "VolumeZone"            // a volume of it that only other nodes can reach, or that is not provisioned yet
	Gang                  Reason = "Gang"                  // not all of its gang can be placed
	MinValues             Reason = "MinValues"             // its node would leave too few values to choose from
	PoolWeight            Reason = "PoolWeight"            // a pool of higher weight could still launch for it; only of a Violation
	SchedulingGated       Reason = "SchedulingGated"       // the pod waits for its scheduling gates
	NotPending            Reason = "NotPending"            // bound, being deleted or terminated
	Unsupported           Reason = "Unsupported"           // a rule that is not modelled: Detail.Path names it
)

// Temporary reports whether waiting may cure the reason, without a change to
// the pod or the pool.
func (r Reason) Temporary() bool {
	return slices.Contains([]Reason{NoAvailableOffering, PoolLimit, QuotaReached, SchedulingGated}, r)
}

// Detail is what decided, as data. Fields that do not apply are zero; String
// is for people.
type Detail struct {
	Path     string             // the rule, from the pod ("spec.nodeSelector") or the Problem ("Pools[0].weight")
	Rule     string             // the rule's content, as a person would write it: a term, a taint
	Resource string             // the resource that is short
	Asked    *resource.Quantity // what one pod asks for of Resource, or one launch adds to a limit
	Best     *resource.Quantity // the most that a node has of Resource, or what is left of a limit
	Offering string             // the node that has Best: instance type and zone
}

// String returns the detail as a sentence for the person who wrote the
// manifest.
func (d Detail) String() string {
	var parts []string
	switch {
	case d.Path != "" && d.Resource != "":
		parts = append(parts, fmt.Sprintf("%s: one more %s takes %s, %s is left", d.Path, d.Offering, d.Asked, d.Best))
	case d.Resource != "":
		parts = append(parts, fmt.Sprintf("asks for %s of %s, the most on a node is %s (%s)", d.Asked, d.Resource, d.Best, d.Offering))
	case d.Offering != "":
		parts = append(parts, d.Offering)
	case d.Path != "":
		parts = append(parts, d.Path)
	}
	if d.Rule != "" {
		parts = append(parts, d.Rule)
	}
	return strings.Join(parts, ": ")
}

// String returns pool, reason and detail in one line.
func (r PoolReason) String() string {
	text := string(r.Reason)
	if detail := r.Detail.String(); detail != "" {
		text += " (" + detail + ")"
	}
	if r.Pool == "" {
		return text
	}
	return r.Pool + ": " + text
}
