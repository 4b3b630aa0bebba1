package kube

import (
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// VolumeRules are what the volumes of a pod ask of its node, as package volumes reads
// them, and of all nodes together.
type VolumeRules struct {
	Nodes    []Reach             // the node must match each
	Attached corev1.ResourceList // volumes per driver that no other pod mounts, as resources of the node
	Shared   []SharedVolume      // volumes that other pods mount too: once for each node
	Single   []Claim             // that one pod may mount, and that several ask for
	InUse    *Claim              // that one pod may mount, and that a running one has; nil: none
	Static   []StaticClaim       // each takes a volume that is there
	Kept     []StaticClaim       // each takes one of these, though Nodes reach others that fit too: those are kept for other claims
	Unknown  string              // path and name of what the storage does not hold; "": it holds all
	Unbound  *Reach              // a claim that no pod can use: it waits for its volume, not for the pod, or is on its way out; nil: none
	Lost     bool                // Unbound never will be used
}

// A Reach is the nodes that reach a volume, or may get it.
type Reach struct {
	Path   string // of the volume, from the pod
	Volume string // its claim, and its name or class
	Nodes  corev1.NodeSelector
	Rule   string // Nodes for a person; "": its terms
}

// String returns the rule as a person would write it.
func (r *Reach) String() string {
	if r.Rule != "" {
		return r.Volume + ": " + r.Rule
	}
	return r.Volume + ": " + termsString(r.Nodes.NodeSelectorTerms)
}

// Match reports whether the node is one of them.
func (r *Reach) Match(n Node) bool {
	selector, err := nodeaffinity.NewNodeSelector(&r.Nodes)
	return err == nil && selector.Match(n.object())
}

// Keys returns the label keys that it is about, by their current names; the hostname is
// not among them.
func (r *Reach) Keys() []string {
	var keys []string
	for _, t := range r.Nodes.NodeSelectorTerms {
		for _, e := range t.MatchExpressions {
			if e.Key != corev1.LabelHostname {
				keys = append(keys, nodelabel.Canonical(e.Key))
			}
		}
	}
	return keys
}

// A SharedVolume is one that several pods mount.
type SharedVolume struct {
	Name     string
	Resource corev1.ResourceName // it takes one of them on each node
}

// A Claim is one that a pod mounts.
type Claim struct{ Path, Name string }

// A StaticClaim is one that takes a volume that is there.
type StaticClaim struct {
	Path, Name string
	Volumes    []string // that fit, by name
}

// AttachPrefix begins the name of the resource that counts a driver's volumes.
// A node that does not state it has no limit.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
const AttachPrefix = "attachable-volumes-csi-"

// HasClaims reports whether the pod has volumes that come from claims.
func HasClaims(pod *corev1.Pod) bool {
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.PersistentVolumeClaim != nil || v.Ephemeral != nil {
			return true
		}
	}
	return false
}

// AppendKey appends all of the rules, but for names: pods with equal keys are
// alike to them.
func (r VolumeRules) AppendKey(b []byte) []byte {
	b = appendResources(r.appendNodes(b), r.Attached)
	for i := range r.Shared {
		b = appendString(b, r.Shared[i].Name)
	}
	b = append(b, 0)
	for i := range r.Single {
		b = appendString(b, r.Single[i].Name)
	}
	b = append(b, 0)
	for _, claims := range [][]StaticClaim{r.Static, r.Kept} {
		for i := range claims {
			for _, v := range claims[i].Volumes {
				b = appendString(b, v)
			}
			b = append(b, 0)
		}
	}
	return b
}

// appendNodes appends what the rules ask of one node.
func (r VolumeRules) appendNodes(b []byte) []byte {
	for i := range r.Nodes {
		b = appendMessage(b, &r.Nodes[i].Nodes)
	}
	b = appendString(b, r.Unknown)
	if r.InUse != nil {
		b = appendString(b, r.InUse.Name)
	}
	if r.Unbound != nil {
		b = appendString(b, r.Unbound.Path)
	}
	return b
}
