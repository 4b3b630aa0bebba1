package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// A Storage knows what the volumes of pods refer to.
type Storage struct {
	claims  map[[2]string]*corev1.PersistentVolumeClaim // by namespace and name
	volumes map[string]*corev1.PersistentVolume
	classes map[string]*storagev1.StorageClass
	usual   string // the default class; "": none
}

// NewStorage returns a Storage of these.
func NewStorage(claims []corev1.PersistentVolumeClaim, volumes []corev1.PersistentVolume, classes []storagev1.StorageClass) Storage {
	s := Storage{map[[2]string]*corev1.PersistentVolumeClaim{}, map[string]*corev1.PersistentVolume{}, map[string]*storagev1.StorageClass{}, ""}
	for i := range claims {
		namespace := claims[i].Namespace
		if namespace == "" {
			namespace = corev1.NamespaceDefault
		}
		s.claims[[2]string{namespace, claims[i].Name}] = &claims[i]
	}
	for i := range volumes {
		s.volumes[volumes[i].Name] = &volumes[i]
	}
	for i := range classes {
		s.classes[classes[i].Name] = &classes[i]
		if usual := s.classes[s.usual]; classes[i].Annotations[defaultClass] == "true" && (usual == nil || newer(&classes[i], usual)) {
			s.usual = classes[i].Name
		}
	}
	return s
}

// newer reports whether a is the default class rather than b: the one made later,
// of equal ones the first by name.
func newer(a, b *storagev1.StorageClass) bool {
	if a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.Name < b.Name
	}
	return b.CreationTimestamp.Before(&a.CreationTimestamp)
}

// defaultClass marks the class of claims that name none.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
const defaultClass = "storageclass.kubernetes.io/is-default-class"

// noProvisioner is the provisioner of classes whose volumes others make.
const noProvisioner = "kubernetes.io/no-provisioner"

// VolumeRules are what the volumes of a pod ask of its node.
type VolumeRules struct {
	Nodes    []Reach             // the node must match each
	Attached corev1.ResourceList // volumes per driver, as resources of the node
	Unknown  string              // path and name of what the storage does not hold; "": it holds all
	Unbound  *Reach              // a claim that no pod can use: it waits for its volume, not for the pod, or is on its way out; nil: none
}

// A Reach is the nodes that reach a volume, or may get it.
type Reach struct {
	Path   string // of the volume, from the pod
	Volume string // its claim, and its name or class
	Nodes  corev1.NodeSelector
}

// VolumeRules returns what the pod's claims ask for: a claim that is bound, what
// its volume asks; one that waits for its first pod, what its class allows.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
func (s Storage) VolumeRules(pod *corev1.Pod) VolumeRules {
	var rules VolumeRules
	read := map[string]bool{} // a claim that is there twice is attached once
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		path := fmt.Sprintf("spec.volumes[%d].", i)
		switch {
		case v.PersistentVolumeClaim != nil:
			name := v.PersistentVolumeClaim.ClaimName
			if !read[name] {
				s.ofClaim(&rules, pod, name, path+"persistentVolumeClaim")
			}
			read[name] = true
		case v.Ephemeral != nil && s.claims[[2]string{Namespace(pod), pod.Name + "-" + v.Name}] != nil:
			s.ofClaim(&rules, pod, pod.Name+"-"+v.Name, path+"ephemeral") // it is made already
		case v.Ephemeral != nil:
			spec := &corev1.PersistentVolumeClaimSpec{}
			if template := v.Ephemeral.VolumeClaimTemplate; template != nil {
				spec = template.Spec.DeepCopy()
				spec.VolumeName = "" // it is made with the pod
			}
			s.add(&rules, Reach{Path: path + "ephemeral", Volume: "ephemeral volume " + v.Name}, spec)
		}
	}
	return rules
}

// ofClaim adds what the pod's claim of that name asks for.
func (s Storage) ofClaim(rules *VolumeRules, pod *corev1.Pod, name, path string) {
	claim := s.claims[[2]string{Namespace(pod), name}]
	if claim == nil {
		rules.unknown(path, "claim", Namespace(pod)+"/"+name)
		return
	}
	reach := Reach{Path: path, Volume: "claim " + Namespace(pod) + "/" + name}
	switch {
	case claim.DeletionTimestamp != nil:
		reach.Volume += ", which is being deleted"
		rules.Unbound = &reach
	case claim.Status.Phase == corev1.ClaimLost:
		reach.Volume += ", which lost its volume"
		rules.Unbound = &reach
	default:
		s.add(rules, reach, &claim.Spec)
	}
}

func (r *VolumeRules) unknown(path, what, name string) {
	if r.Unknown == "" {
		r.Unknown = fmt.Sprintf("%s: %s %s", path, what, name)
	}
}

// add adds what one claim asks for, of which reach knows path and name.
func (s Storage) add(rules *VolumeRules, reach Reach, claim *corev1.PersistentVolumeClaimSpec) {
	if claim.VolumeName != "" {
		volume := s.volumes[claim.VolumeName]
		if volume == nil {
			rules.unknown(reach.Path, "volume", claim.VolumeName)
			return
		}
		if a := volume.Spec.NodeAffinity; a != nil && a.Required != nil {
			reach.Volume += ", volume " + volume.Name
			reach.Nodes = *a.Required
			rules.Nodes = append(rules.Nodes, reach)
		}
		if csi := volume.Spec.CSI; csi != nil {
			rules.attach(csi.Driver)
		}
		return
	}
	name := s.usual
	if claim.StorageClassName != nil {
		name = *claim.StorageClassName
	}
	class := s.classes[name]
	switch {
	case class == nil && claim.StorageClassName != nil && name == "":
		reach.Volume += ", which has no volume, and no class to make one"
		rules.Unbound = &reach
	case class == nil && name == "":
		rules.unknown(reach.Path, "class", "of the claim, which names none,")
	case class == nil:
		rules.unknown(reach.Path, "class", name)
	case class.VolumeBindingMode == nil || *class.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer:
		reach.Volume += ", for which class " + name + " has no volume yet"
		rules.Unbound = &reach
	case class.Provisioner == noProvisioner:
		rules.unknown(reach.Path, "class", name+", which makes no volumes,")
	default:
		if len(class.AllowedTopologies) > 0 {
			reach.Volume += ", class " + name
			reach.Nodes = allowed(class.AllowedTopologies)
			rules.Nodes = append(rules.Nodes, reach)
		}
		rules.attach(class.Provisioner)
	}
}

// attach adds one volume of a driver.
func (r *VolumeRules) attach(driver string) {
	if r.Attached == nil {
		r.Attached = corev1.ResourceList{}
	}
	name := corev1.ResourceName(AttachPrefix + driver)
	q := r.Attached[name]
	q.Add(*resource.NewQuantity(1, resource.DecimalSI))
	r.Attached[name] = q
}

// AttachPrefix begins the name of the resource that counts a driver's volumes.
// A node that does not state it has no limit.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
const AttachPrefix = "attachable-volumes-csi-"

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

// HasClaims reports whether the pod has volumes that a Storage knows of.
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
	for i := range r.Nodes {
		b = appendMessage(b, &r.Nodes[i].Nodes)
	}
	b = appendString(appendResources(b, r.Attached), r.Unknown)
	if r.Unbound != nil {
		b = appendString(b, r.Unbound.Path)
	}
	return b
}
