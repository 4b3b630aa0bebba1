package volumes

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// noProvisioner is the provisioner of classes whose volumes others make.
const noProvisioner = "kubernetes.io/no-provisioner"

// selectedNode is the annotation of a claim for which a node was chosen already: its
// volume is being made there.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/#volume-kubernetes-io-selected-node
const selectedNode = "volume.kubernetes.io/selected-node"

// Rules returns what the pod's claims ask for: a claim that is bound, what its volume
// asks; one that waits for its first pod, what its class allows.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
func (s *Storage) Rules(pod *corev1.Pod) kube.VolumeRules {
	r := reader{storage: s}
	for _, m := range s.mounts(pod) {
		r.mount(m)
	}
	r.sortStatic()
	return r.rules
}

// A reader gathers the rules of one pod.
type reader struct {
	storage *Storage
	rules   kube.VolumeRules
	fitting []string // volumes that are there and that some claim could take
}

func (r *reader) mount(m mount) {
	s := r.storage
	switch {
	case m.object == nil:
		r.unknown(m, "claim", m.claim.String())
		return
	case m.declared && m.object.DeletionTimestamp != nil:
		r.unbound(m, ", which is being deleted", false)
		return
	case m.declared && m.object.Status.Phase == corev1.ClaimLost:
		r.unbound(m, ", which lost its volume", true)
		return
	}
	if !m.ephemeral && slices.Contains(m.object.Spec.AccessModes, corev1.ReadWriteOncePod) {
		claim := kube.Claim{Path: m.path, Name: m.claim.String()}
		switch {
		case s.inUse[m.claim]:
			r.rules.InUse = &claim
		case s.shared(claim.Name):
			r.rules.Single = append(r.rules.Single, claim)
		}
	}
	if m.object.Spec.VolumeName != "" {
		r.bound(m)
	} else {
		r.waiting(m)
	}
}

// bound adds what the volume of a claim asks for. A claim that names its volume is bound,
// whether or not the controller has said so.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
func (r *reader) bound(m mount) {
	v := r.storage.volumes[m.object.Spec.VolumeName]
	if v == nil {
		r.unknown(m, "volume", m.object.Spec.VolumeName)
		return
	}
	reach := kube.Reach{Path: m.path, Volume: m.label + ", volume " + v.Name}
	if a := v.Spec.NodeAffinity; a != nil && a.Required != nil {
		reach.Nodes = *a.Required
		r.rules.Nodes = append(r.rules.Nodes, reach)
	}
	if !m.ephemeral { // of volumes that were made with their pod the plugin reads no labels
		if nodes, rule, found := zoneReach(v); found {
			reach.Nodes, reach.Rule = nodes, rule
			r.rules.Nodes = append(r.rules.Nodes, reach)
		}
	}
	r.attach(m)
}

// waiting adds what a claim without a volume asks for.
func (r *reader) waiting(m mount) {
	name, stated := r.storage.classOf(m.object)
	class := r.storage.classes[name]
	node, chosen := m.object.Annotations[selectedNode]
	switch {
	case class == nil && stated && name == "":
		r.unbound(m, ", which has no volume, and no class to make one", false)
	case class == nil && name == "":
		r.unknown(m, "class", "of the claim, which names none,")
	case class == nil:
		r.unknown(m, "class", name)
	case class.VolumeBindingMode == nil || *class.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer:
		r.unbound(m, ", for which class "+name+" has no volume yet", false)
	case class.Provisioner == noProvisioner && chosen:
		r.unbound(m, ", whose volume is being made, but class "+name+" makes none", false)
	case class.Provisioner == noProvisioner:
		r.static(m, name)
	default:
		if chosen && m.declared {
			r.rules.Nodes = append(r.rules.Nodes, kube.Reach{
				Path: m.path, Volume: m.label, Nodes: named(node),
				Rule: "its volume is being made on node " + node,
			})
		}
		if len(class.AllowedTopologies) > 0 {
			r.rules.Nodes = append(r.rules.Nodes, kube.Reach{Path: m.path, Volume: m.label + ", class " + name, Nodes: allowed(class.AllowedTopologies)})
		}
		r.attach(m)
	}
}

func (r *reader) unknown(m mount, what, of string) {
	if r.rules.Unknown == "" {
		r.rules.Unknown = fmt.Sprintf("%s: %s %s", m.path, what, of)
	}
}

// unbound notes a claim that no pod can use.
func (r *reader) unbound(m mount, why string, lasting bool) {
	r.rules.Unbound = &kube.Reach{Path: m.path, Volume: m.label + why}
	r.rules.Lost = lasting
}

// attach adds one volume of a driver.
func (r *reader) attach(m mount) {
	v, ok := r.storage.attached(m)
	switch {
	case !ok:
	case m.declared && r.storage.shared(v.String()):
		if !slices.ContainsFunc(r.rules.Shared, func(o kube.SharedVolume) bool { return o.Name == v.String() }) {
			r.rules.Shared = append(r.rules.Shared, kube.SharedVolume{Name: v.String(), Resource: corev1.ResourceName(AttachPrefix + v.Driver)})
		}
	default:
		if r.rules.Attached == nil {
			r.rules.Attached = corev1.ResourceList{}
		}
		addOne(r.rules.Attached, v.Driver)
	}
}

// named returns the node of a name as a node selector.
func named(node string) corev1.NodeSelector {
	return corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{
		{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{node}},
	}}}}
}

// allowed returns the topologies of a class as a node selector.
func allowed(topologies []corev1.TopologySelectorTerm) corev1.NodeSelector {
	var out corev1.NodeSelector
	for _, t := range topologies {
		var term corev1.NodeSelectorTerm
		for _, e := range t.MatchLabelExpressions {
			term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: e.Key, Operator: corev1.NodeSelectorOpIn, Values: e.Values})
		}
		out.NodeSelectorTerms = append(out.NodeSelectorTerms, term)
	}
	return out
}
