package binpack

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// A Reason is a code for why a pool takes no (more) pod of a kind.
type Reason string

// The reasons.
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
	ClaimInUse            Reason = "ClaimInUse"            // a claim that one pod may have, and another has
	VolumesTaken          Reason = "VolumesTaken"          // other claims take the volumes that are there and that fit
	Gang                  Reason = "Gang"                  // not all of its gang can be placed
	MinValues             Reason = "MinValues"             // its node would leave too few values to choose from
	PoolWeight            Reason = "PoolWeight"            // a pool of higher weight could still launch for it
	SchedulingGated       Reason = "SchedulingGated"       // the pod waits for its scheduling gates
	NotPending            Reason = "NotPending"            // bound, being deleted or terminated
	Unsupported           Reason = "Unsupported"           // a rule that is not modelled: Detail.Path names it
	Invalid               Reason = "Invalid"               // something of the pod cannot be read: Detail.Path names it
	NotLaunched           Reason = "NotLaunched"           // it could be placed, had the launches not ended: Detail.Rule has the launch.Ending
)

// Temporary reports whether waiting may cure the reason, without a change to the
// pod or the pool: capacity that comes back, launches that end and leave limits
// free, other pods that come or go, a volume that is provisioned, a gate that is
// lifted, launches that are tried again. That it may says nothing of whether it will.
func (r Reason) Temporary() bool {
	return slices.Contains([]Reason{
		NoAvailableOffering, PoolLimit, QuotaReached, MinValues, PoolWeight,
		PodAffinity, PodAntiAffinity, TopologySpread, ClaimInUse, VolumesTaken, Gang, VolumeZone, SchedulingGated, NotLaunched,
	}, r)
}

// Detail is what decided, as data. Fields that do not apply are zero; String
// is for people.
type Detail struct {
	Path     string             // the rule, from the pod ("spec.nodeSelector") or the Problem ("Pools[0].weight")
	Rule     string             // the rule's content, as a person would write it: a term, a taint
	Resource string             // the resource that is short
	Asked    *resource.Quantity // what one pod asks for of Resource, or one launch adds to a limit
	Best     *resource.Quantity // the most that a node has of Resource, or what is left of a limit
	Limit    *resource.Quantity // the limit that leaves Best, where the Problem says how much was used before; nil: it does not
	Offering string             // the node that has Best: instance type and zone
	Lasting  bool               // no waiting cures it, even where that may cure the Reason: a volume in a zone that the pool has not
	Domains  []Domain           // of a rule about the pods of a domain: all domains, by value
	Change   *Change            // what would let the pool take one more; nil: no single number or rule decides
}

// existingPrefix begins Detail.Offering where that is an existing node.
const existingPrefix = "node "

// A Domain is the nodes with one value of a topology key, which are closed to the
// pod by the rule itself, or by another that the pool's nodes there do not meet.
type Domain struct {
	Value string // of the key
	Pods  int64  // that the rule counts there, those of the plan included
	Other Reason // the other rule; NoAvailableOffering where the pool has no offering there; "": the rule itself
}

// A Change is the smallest that would let a pool take one more such pod, if
// nothing else is in the way: at Path stands Value.
type Change struct {
	Path     string // from the pod or the Problem; what a list has not yet goes to its end
	Value    string // what has to stand there; "": nothing, it is left out
	Offering string // what would then be launched: instance type and zone
}

// String returns the change as the end of a sentence about the pod.
func (c Change) String() string {
	if c.Value == "" {
		return fmt.Sprintf("fits %s without %s", c.Offering, c.Path)
	}
	return fmt.Sprintf("fits %s with %s: %s", c.Offering, c.Path, c.Value)
}

// String returns the detail as a sentence for the person who wrote the
// manifest.
func (d Detail) String() string {
	var parts []string
	switch {
	case strings.HasPrefix(d.Path, "DaemonPods") && d.Resource != "":
		return fmt.Sprintf("%s: %s asks for %s of %s, there is %s (%s)", d.Path, d.Rule, d.Asked, d.Resource, d.Best, d.Offering)
	case d.Path != "" && d.Resource != "" && d.Limit != nil:
		parts = append(parts, fmt.Sprintf("%s: one more %s takes %s, %s of %s is left", d.Path, d.Offering, d.Asked, d.Best, d.Limit))
	case d.Path != "" && d.Resource != "":
		parts = append(parts, fmt.Sprintf("%s: one more %s takes %s, %s is left", d.Path, d.Offering, d.Asked, d.Best))
	case d.Resource != "":
		where := "the most on a new node is"
		if strings.HasPrefix(d.Offering, existingPrefix) {
			where = "what is left is"
		}
		parts = append(parts, fmt.Sprintf("asks for %s of %s, %s %s (%s)", d.Asked, d.Resource, where, d.Best, d.Offering))
	case d.Offering != "":
		parts = append(parts, d.Offering)
	case d.Path != "":
		parts = append(parts, d.Path)
	}
	if d.Rule != "" {
		parts = append(parts, d.Rule)
	}
	sentence := []string{strings.Join(parts, ": ")}
	if len(d.Domains) > 0 {
		sentence = append(sentence, domainsString(d.Domains))
	}
	if d.Change != nil && !d.says(*d.Change) {
		sentence = append(sentence, d.Change.String())
	}
	return strings.Join(sentence, "; ")
}

// says reports whether a change goes without saying: to ask for what is there.
func (d Detail) says(c Change) bool {
	return d.Best != nil && c.Value == d.Best.String() && c.Offering == d.Offering
}

// maxDomains is how many domains are worth reading about.
const maxDomains = 8

func domainsString(domains []Domain) string {
	var parts []string
	for _, d := range domains[:min(len(domains), maxDomains)] {
		part := fmt.Sprintf("%s has %d", d.Value, d.Pods)
		if d.Other != "" {
			part += " (" + string(d.Other) + ")"
		}
		parts = append(parts, part)
	}
	if more := len(domains) - maxDomains; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// Temporary reports whether waiting may cure the reason, as Reason.Temporary does, with
// what Detail knows of it.
func (r PoolReason) Temporary() bool { return r.Reason.Temporary() && !r.Detail.Lasting }

// String returns how many nodes were looked at, and of the nearest reason and detail.
func (r NodeReason) String() string {
	text := fmt.Sprintf("%d existing nodes", r.Looked)
	switch {
	case r.Node != "":
		text += ", the nearest is " + r.Node
	case r.Looked == 0:
		text = "no existing node"
	}
	text += ": " + string(r.Reason)
	if detail := r.Detail.String(); detail != "" {
		text += " (" + detail + ")"
	}
	return text
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
