package claims

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// Volumes is what the volumes of a pod ask of its node, and of the whole plan.
type Volumes struct {
	Nowhere     *naive.Refusal // why no node will do; nil: some may
	Attachments naive.Amounts  // of volumes that no other pod mounts
	Shared      []Attachment   // of the others
	Alone       []string       // claims that one pod may mount, and that several ask for
	Picks       []Pick         // each takes a volume that is there
	reaches     []reach
}

// A reach is the nodes from which one volume can be reached, or on which it can
// be made.
type reach struct {
	path  string
	terms []corev1.NodeSelectorTerm // one of them must match
	rule  string                    // for a person; "": its terms
}

// makesNone is the provisioner of classes that make no volumes.
const makesNone = "kubernetes.io/no-provisioner"

// VolumesOf returns what the volumes of the pod ask for.
func (s *Storage) VolumesOf(pod *corev1.Pod) Volumes {
	v := Volumes{Attachments: naive.Amounts{}}
	for _, of := range s.sources(pod) {
		switch {
		case of.claim == nil:
			v.refuse(naive.Unsupported, of.path, "no PersistentVolumeClaim "+of.name)
			continue
		case of.claim.DeletionTimestamp != nil:
			v.refuse(naive.VolumeZone, of.path, "the claim is being deleted")
			continue
		case of.claim.Status.Phase == corev1.ClaimLost:
			v.refuse(naive.VolumeZone, of.path, "the claim lost its volume")
			continue
		}
		s.alone(&v, of)
		s.attach(&v, of)
		if of.claim.Spec.VolumeName != "" {
			s.bound(&v, of)
		} else {
			s.unbound(&v, of)
		}
	}
	return v
}

func (v *Volumes) refuse(code naive.Code, path, rule string) {
	if v.Nowhere == nil {
		v.Nowhere = &naive.Refusal{Code: code, Path: path, Rule: rule}
	}
}

// alone notes a claim that one pod of the cluster may mount.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
func (s *Storage) alone(v *Volumes, of source) {
	if of.ephemeral || !slices.Contains(of.claim.Spec.AccessModes, corev1.ReadWriteOncePod) {
		return
	}
	switch {
	case s.running[of.name]:
		v.refuse(naive.ClaimInUse, of.path, "a running pod has claim "+of.name)
	case s.mounting[of.name] > 1:
		v.Alone = append(v.Alone, of.name)
	}
}

func (s *Storage) attach(v *Volumes, of source) {
	a := s.attachment(of)
	switch {
	case a == nil:
	case of.made || s.mounting[a.name()] < 2:
		v.Attachments.Add(naive.Amounts{naive.Attachable(a.Driver): naive.Whole(1)})
	case !slices.Contains(v.Shared, *a):
		v.Shared = append(v.Shared, *a)
	}
}

// bound adds what a claim with a volume asks for: a node that reaches it.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
func (s *Storage) bound(v *Volumes, of source) {
	volume := s.volumes[of.claim.Spec.VolumeName]
	if volume == nil {
		v.refuse(naive.Unsupported, of.path, "no PersistentVolume "+of.claim.Spec.VolumeName)
		return
	}
	if terms := affinityOf(volume); terms != nil {
		v.reaches = append(v.reaches, reach{of.path, terms, ""})
	}
	if terms := zoneTerms(volume); terms != nil && !of.ephemeral {
		v.reaches = append(v.reaches, reach{of.path, terms, "the zone labels of volume " + volume.Name})
	}
}

func affinityOf(volume *corev1.PersistentVolume) []corev1.NodeSelectorTerm {
	if a := volume.Spec.NodeAffinity; a != nil && a.Required != nil {
		return slices.Clip(append([]corev1.NodeSelectorTerm{}, a.Required.NodeSelectorTerms...))
	}
	return nil
}

// zoneTerms returns what the zone and region labels of a volume ask of nodes; nil:
// nothing. Nodes that say nothing of zone and region will do as well. A label may state
// several values with two underscores between them; one that states an empty value counts
// for nothing.
//
// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone
func zoneTerms(volume *corev1.PersistentVolume) []corev1.NodeSelectorTerm {
	var in, none []corev1.NodeSelectorRequirement
	for _, key := range []string{corev1.LabelTopologyZone, corev1.LabelTopologyRegion, "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"} {
		none = append(none, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpDoesNotExist})
		var values []string
		for _, value := range strings.Split(volume.Labels[key], "__") {
			values = append(values, strings.TrimSpace(value))
		}
		if !slices.Contains(values, "") {
			in = append(in, corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values})
		}
	}
	if in == nil {
		return nil
	}
	return []corev1.NodeSelectorTerm{{MatchExpressions: in}, {MatchExpressions: none}}
}

// unbound adds what a claim without a volume asks for: a node where its class
// makes volumes, or where one is that fits. A class that does not wait for the pod makes
// the volume first, in a place that nobody knows yet.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
// https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies
func (s *Storage) unbound(v *Volumes, of source) {
	class, name, stated := s.classNamed(of.claim)
	node, chosen := of.claim.Annotations["volume.kubernetes.io/selected-node"]
	switch {
	case class == nil && !stated:
		v.refuse(naive.Unsupported, of.path, "no default StorageClass")
	case name == "" && stated:
		v.refuse(naive.VolumeZone, of.path, "not bound, and of no StorageClass")
	case class == nil:
		v.refuse(naive.Unsupported, of.path, "no StorageClass "+name)
	case class.VolumeBindingMode == nil || *class.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer:
		v.refuse(naive.VolumeZone, of.path, "StorageClass "+class.Name+" has not made it yet")
	case class.Provisioner == makesNone && chosen:
		v.refuse(naive.VolumeZone, of.path, "StorageClass "+class.Name+" makes no volume on the node that was chosen")
	case class.Provisioner == makesNone:
		s.pick(v, of, class.Name)
	default:
		if chosen && !of.made { // the volume is being made for that node
			field := corev1.NodeSelectorRequirement{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{node}}
			v.reaches = append(v.reaches, reach{of.path, []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{field}}}, ""})
		}
		if len(class.AllowedTopologies) > 0 {
			v.reaches = append(v.reaches, reach{of.path, topologyTerms(class.AllowedTopologies), ""})
		}
	}
}

// topologyTerms returns topologies as terms of a node selector.
func topologyTerms(topologies []corev1.TopologySelectorTerm) []corev1.NodeSelectorTerm {
	out := make([]corev1.NodeSelectorTerm, len(topologies))
	for i, t := range topologies {
		for _, e := range t.MatchLabelExpressions {
			out[i].MatchExpressions = append(out[i].MatchExpressions, corev1.NodeSelectorRequirement{Key: e.Key, Operator: corev1.NodeSelectorOpIn, Values: e.Values})
		}
	}
	return out
}

// Refuses returns the first volume that keeps the pod off the node, or nil.
func (v *Volumes) Refuses(node *corev1.Node) *naive.Refusal {
	for _, r := range v.reaches {
		if !meetsOne(node, r.terms) {
			rule := r.rule
			if rule == "" {
				rule = termsString(r.terms)
			}
			return &naive.Refusal{Code: naive.VolumeZone, Path: r.path, Rule: rule}
		}
	}
	for _, p := range v.Picks {
		if len(p.reachedFrom(node)) == 0 {
			return &naive.Refusal{Code: naive.VolumeZone, Path: p.Path, Rule: "no volume that fits is reached from there"}
		}
	}
	return nil
}

func meetsOne(node *corev1.Node, terms []corev1.NodeSelectorTerm) bool {
	return slices.ContainsFunc(terms, func(t corev1.NodeSelectorTerm) bool { return naive.MeetsTerm(node, t) })
}

// Terms returns all terms of node selectors that the volumes state.
func (v *Volumes) Terms() []corev1.NodeSelectorTerm {
	var out []corev1.NodeSelectorTerm
	for _, r := range v.reaches {
		out = append(out, r.terms...)
	}
	for _, p := range v.Picks {
		for _, of := range p.from {
			out = append(out, of.terms...)
		}
	}
	return out
}

// Content names all that the volumes ask of a node but attachments. Pods with
// volumes of one content are refused alike.
func (v *Volumes) Content() string {
	var b strings.Builder
	for _, r := range v.reaches {
		fmt.Fprintf(&b, "%s %q\n", r.path, r.terms)
	}
	for _, p := range v.Picks {
		fmt.Fprintf(&b, "%s %q %q\n", p.Path, p.Claim, p.Volumes())
	}
	return b.String()
}

// Others names what the volumes have in common with those of other pods.
func (v *Volumes) Others() string { return fmt.Sprintf("%q %q", v.Shared, v.Alone) }

// termsString returns terms as a person would write them.
func termsString(terms []corev1.NodeSelectorTerm) string {
	var all []string
	for _, t := range terms {
		var one []string
		for _, e := range slices.Concat(t.MatchExpressions, t.MatchFields) {
			one = append(one, naive.RequirementString(e))
		}
		all = append(all, strings.Join(one, " and "))
	}
	return strings.Join(all, " or ")
}

func volumePath(volume int, field string) string {
	return fmt.Sprintf("spec.volumes[%d].%s", volume, field)
}
