package naive

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
)

// Volumes is what the volumes of a pod ask of its node.
type Volumes struct {
	Nowhere     *Refusal // why no node will do; nil: some may
	Attachments Amounts  // one for each volume that a CSI driver attaches
	reaches     []reach
}

// A reach is the nodes from which one volume can be reached, or on which it can
// be made.
type reach struct {
	path  string
	terms []corev1.NodeSelectorTerm // one of them must match
}

// VolumesOf returns what the volumes of the pod ask for. Those that are files
// of the node, or that it fetches by itself, ask for nothing.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/
func (s *Storage) VolumesOf(pod *corev1.Pod) Volumes {
	v := Volumes{Attachments: Amounts{}}
	read := map[string]bool{}
	for i := range pod.Spec.Volumes {
		path, source := fmt.Sprintf("spec.volumes[%d].", i), &pod.Spec.Volumes[i].VolumeSource
		switch {
		case source.PersistentVolumeClaim != nil:
			name := namespaceOf(pod) + "/" + source.PersistentVolumeClaim.ClaimName
			claim := s.claims[name]
			switch {
			case read[name]: // mounted twice is attached once
			case claim == nil:
				v.refuse(Unsupported, path+"persistentVolumeClaim", "no PersistentVolumeClaim "+name)
			default:
				s.standing(&v, path+"persistentVolumeClaim", claim)
			}
			read[name] = true
		case source.Ephemeral != nil && s.claims[s.ephemeral(pod, i)] != nil:
			s.standing(&v, path+"ephemeral", s.claims[s.ephemeral(pod, i)])
		case source.Ephemeral != nil:
			claim := &corev1.PersistentVolumeClaimSpec{}
			if template := source.Ephemeral.VolumeClaimTemplate; template != nil {
				claim = &template.Spec
			}
			s.unbound(&v, path+"ephemeral", claim)
		}
	}
	return v
}

// ephemeral returns the name of the claim that is made for a pod's ephemeral
// volume.
//
// https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
func (s *Storage) ephemeral(pod *corev1.Pod, volume int) string {
	return namespaceOf(pod) + "/" + pod.Name + "-" + pod.Spec.Volumes[volume].Name
}

// standing adds what a claim that there is asks for. One that is being deleted, or
// that lost its volume, is for no pod any more.
func (s *Storage) standing(v *Volumes, path string, claim *corev1.PersistentVolumeClaim) {
	switch {
	case claim.DeletionTimestamp != nil:
		v.refuse(VolumeZone, path, "the claim is being deleted")
	case claim.Status.Phase == corev1.ClaimLost:
		v.refuse(VolumeZone, path, "the claim lost its volume")
	default:
		s.claim(v, path, &claim.Spec)
	}
}

func (v *Volumes) refuse(code Code, path, rule string) {
	if v.Nowhere == nil {
		v.Nowhere = &Refusal{code, path, rule}
	}
}

func (v *Volumes) attach(driver string) {
	v.Attachments.Add(Amounts{corev1.ResourceName(attachable + driver): one()})
}

// claim adds what a claim asks for: once it is bound, a node that reaches its
// volume.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
func (s *Storage) claim(v *Volumes, path string, claim *corev1.PersistentVolumeClaimSpec) {
	if claim.VolumeName == "" {
		s.unbound(v, path, claim)
		return
	}
	volume := s.volumes[claim.VolumeName]
	if volume == nil {
		v.refuse(Unsupported, path, "no PersistentVolume "+claim.VolumeName)
		return
	}
	if a := volume.Spec.NodeAffinity; a != nil && a.Required != nil {
		v.reaches = append(v.reaches, reach{path, a.Required.NodeSelectorTerms})
	}
	if volume.Spec.CSI != nil {
		v.attach(volume.Spec.CSI.Driver)
	}
}

// unbound adds what a claim without a volume asks for: a node where its class
// makes volumes. A class that does not wait for the pod makes the volume
// first, in a place that nobody knows yet; one without a provisioner waits for
// a volume that someone else makes.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
// https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies
func (s *Storage) unbound(v *Volumes, path string, claim *corev1.PersistentVolumeClaimSpec) {
	class, name := s.byRule, ""
	if claim.StorageClassName != nil {
		name = *claim.StorageClassName
		class = s.classes[name]
	}
	switch {
	case class == nil && claim.StorageClassName == nil:
		v.refuse(Unsupported, path, "no default StorageClass")
	case name == "" && claim.StorageClassName != nil:
		v.refuse(VolumeZone, path, "not bound, and of no StorageClass")
	case class == nil:
		v.refuse(Unsupported, path, "no StorageClass "+name)
	case class.VolumeBindingMode == nil || *class.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer:
		v.refuse(VolumeZone, path, "StorageClass "+class.Name+" has not made it yet")
	case class.Provisioner == "kubernetes.io/no-provisioner":
		v.refuse(Unsupported, path, "StorageClass "+class.Name+" makes no volumes")
	default:
		if len(class.AllowedTopologies) > 0 {
			v.reaches = append(v.reaches, reach{path, topologyTerms(class.AllowedTopologies)})
		}
		v.attach(class.Provisioner)
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
func (v *Volumes) Refuses(node *corev1.Node) *Refusal {
	for _, r := range v.reaches {
		if !slices.ContainsFunc(r.terms, func(t corev1.NodeSelectorTerm) bool { return meetsTerm(node, t) }) {
			return &Refusal{VolumeZone, r.path, termsString(r.terms)}
		}
	}
	return nil
}

// Terms returns all terms of node selectors that the volumes state.
func (v *Volumes) Terms() []corev1.NodeSelectorTerm {
	var out []corev1.NodeSelectorTerm
	for _, r := range v.reaches {
		out = append(out, r.terms...)
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
	return b.String()
}

// termsString returns terms as a person would write them.
func termsString(terms []corev1.NodeSelectorTerm) string {
	var all []string
	for _, t := range terms {
		var one []string
		for _, e := range slices.Concat(t.MatchExpressions, t.MatchFields) {
			one = append(one, requirementString(e))
		}
		all = append(all, strings.Join(one, " and "))
	}
	return strings.Join(all, " or ")
}

// claimed returns the path of the pod's first volume with a claim, or "".
func claimed(pod *corev1.Pod) string {
	for i, v := range pod.Spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			return fmt.Sprintf("spec.volumes[%d].persistentVolumeClaim", i)
		case v.Ephemeral != nil:
			return fmt.Sprintf("spec.volumes[%d].ephemeral", i)
		}
	}
	return ""
}
