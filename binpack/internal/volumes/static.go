package volumes

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// A class without a provisioner makes no volumes: its claims take volumes that are there,
// such as local ones, one claim each.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding

// static adds what a claim of such a class asks for: a node that reaches a volume that
// fits, and of these one that is kept for it or for nobody.
func (r *reader) static(m mount, class string) {
	s := r.storage
	fitting := s.fitting(m, class)
	if len(fitting) == 0 {
		r.unbound(m, ", for which class "+class+" makes no volume, and none that is there fits", false)
		return
	}
	if nodes, everywhere := s.reachOf(fitting); !everywhere {
		r.rules.Nodes = append(r.rules.Nodes, kube.Reach{Path: m.path, Volume: m.label + ", class " + class + ", volume " + strings.Join(fitting, " or "), Nodes: nodes})
	}
	if slices.ContainsFunc(fitting, func(v string) bool { return slices.Contains(r.fitting, v) }) {
		r.unknown(m, "class", class+", with two claims of the pod,")
		return
	}
	r.fitting = append(r.fitting, fitting...)
	claim := kube.StaticClaim{Path: m.path, Name: m.label}
	given, kept := s.given[m.claim.String()]
	if kept {
		claim.Volumes = []string{given}
	} else {
		claim.Volumes = slices.DeleteFunc(slices.Clone(fitting), func(v string) bool { return s.reserved[v] != "" })
	}
	if len(claim.Volumes) < len(fitting) {
		r.rules.Kept = append(r.rules.Kept, claim)
	}
	if !kept && len(claim.Volumes) > 0 {
		r.rules.Static = append(r.rules.Static, claim)
	}
}

func (r *reader) sortStatic() {
	slices.SortFunc(r.rules.Static, func(a, b kube.StaticClaim) int { return slices.Compare(a.Volumes, b.Volumes) })
}

// fitting returns the volumes, by name, that a claim of the class can take. One that
// somebody has set aside for the claim is the only one.
func (s *Storage) fitting(m mount, class string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.volumes)) {
		v := s.volumes[name]
		ref := v.Spec.ClaimRef
		forIt := ref != nil && m.declared && ref.Namespace == m.claim[0] && ref.Name == m.claim[1] && (ref.UID == "" || ref.UID == m.object.UID)
		switch {
		case v.DeletionTimestamp != nil || ref != nil && !forIt || !sameKind(m.object, v):
		case forIt:
			return []string{name}
		case v.Status.Phase == corev1.VolumeAvailable && volumeClass(v) == class && selects(m.object.Spec.Selector, v) && offersModes(m.object, v):
			out = append(out, name)
		}
	}
	return out
}

// sameKind reports whether a volume is large enough for a claim, and of its mode and
// attributes.
func sameKind(c *corev1.PersistentVolumeClaim, v *corev1.PersistentVolume) bool {
	has := v.Spec.Capacity[corev1.ResourceStorage]
	mode := func(m *corev1.PersistentVolumeMode) corev1.PersistentVolumeMode {
		if m == nil {
			return corev1.PersistentVolumeFilesystem
		}
		return *m
	}
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return has.Cmp(c.Spec.Resources.Requests[corev1.ResourceStorage]) >= 0 && mode(c.Spec.VolumeMode) == mode(v.Spec.VolumeMode) &&
		text(c.Spec.VolumeAttributesClassName) == text(v.Spec.VolumeAttributesClassName)
}

func volumeClass(v *corev1.PersistentVolume) string {
	if class, ok := v.Annotations[formerClass]; ok {
		return class
	}
	return v.Spec.StorageClassName
}

// selects reports whether the selector of a claim selects a volume; without one it does.
func selects(selector *metav1.LabelSelector, v *corev1.PersistentVolume) bool {
	if selector == nil {
		return true
	}
	of, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && of.Matches(labels.Set(v.Labels))
}

// offersModes reports whether a volume has all access modes that a claim asks for.
func offersModes(c *corev1.PersistentVolumeClaim, v *corev1.PersistentVolume) bool {
	return !slices.ContainsFunc(c.Spec.AccessModes, func(m corev1.PersistentVolumeAccessMode) bool {
		return !slices.Contains(v.Spec.AccessModes, m)
	})
}

// reachOf returns the nodes that reach one of the volumes.
func (s *Storage) reachOf(names []string) (nodes corev1.NodeSelector, everywhere bool) {
	for _, name := range names {
		if of := s.reaches(name); of != nil {
			nodes.NodeSelectorTerms = append(nodes.NodeSelectorTerms, of.NodeSelectorTerms...)
		} else {
			everywhere = true
		}
	}
	if everywhere && len(nodes.NodeSelectorTerms) > 0 { // what the others read must be known of nodes all the same
		nodes.NodeSelectorTerms = append(nodes.NodeSelectorTerms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
			{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpExists},
		}})
		everywhere = false
	}
	return nodes, everywhere
}

// reaches returns the node selector of a volume; nil: every node reaches it.
func (s *Storage) reaches(volume string) *corev1.NodeSelector {
	if a := s.volumes[volume].Spec.NodeAffinity; a != nil {
		return a.Required
	}
	return nil
}

// reserve gives each claim that several pods mount, and that takes a volume that is
// there, one of its own: all its pods must reach that one.
func (s *Storage) reserve(p *binpack.Problem) {
	each := func(pod *corev1.Pod) {
		for _, m := range s.mounts(pod) {
			key := m.claim.String()
			if m.object == nil || !m.declared || m.object.Spec.VolumeName != "" || !s.shared(key) || s.given[key] != "" {
				continue
			}
			name, _ := s.classOf(m.object)
			if class := s.classes[name]; class == nil || class.Provisioner != noProvisioner {
				continue
			}
			for _, v := range s.fitting(m, name) {
				if s.reserved[v] == "" {
					s.reserved[v], s.given[key] = key, v
					break
				}
			}
		}
	}
	for _, pod := range p.Pods {
		each(pod)
	}
	for _, w := range p.Workloads {
		each(w.Pod)
	}
}
