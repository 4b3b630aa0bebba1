package claims

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// A Pick is a claim that takes one of the volumes that are there.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
type Pick struct {
	Path  string
	Claim string // where several pods mount it: they all must reach the same volume; "": one pod does
	from  []volume
}

// A volume is one that is there.
type volume struct {
	name  string
	terms []corev1.NodeSelectorTerm // nil: every node reaches it
}

// Volumes returns the names of the volumes that fit.
func (p *Pick) Volumes() []string {
	var out []string
	for _, v := range p.from {
		out = append(out, v.name)
	}
	return out
}

// reachedFrom returns the volumes that fit and that the node reaches.
func (p *Pick) reachedFrom(node *corev1.Node) []string {
	var out []string
	for _, v := range p.from {
		if v.terms == nil || meetsOne(node, v.terms) {
			out = append(out, v.name)
		}
	}
	return out
}

// pick adds a claim of a class that makes no volumes.
func (s *Storage) pick(v *Volumes, of source, class string) {
	p := Pick{Path: of.path}
	if !of.made && s.mounting[of.name] > 1 {
		p.Claim = of.name
	}
	for _, pv := range s.objects.Volumes {
		switch {
		case !large(of.claim, pv):
		case setAside(pv, of) && !of.made:
			if p.from == nil || pv.Name < p.from[0].name { // of several the first by name
				p.from = []volume{{pv.Name, affinityOf(pv)}}
			}
		case pv.Spec.ClaimRef == nil && fits(of.claim, pv, class) && !slices.ContainsFunc(s.objects.Volumes, func(o *corev1.PersistentVolume) bool {
			return !of.made && setAside(o, of) && large(of.claim, o)
		}):
			p.from = append(p.from, volume{pv.Name, affinityOf(pv)})
		}
	}
	if p.from == nil {
		v.refuse(naive.VolumeZone, of.path, "StorageClass "+class+" makes no volumes, and none that is there fits")
		return
	}
	if slices.ContainsFunc(v.Picks, func(o Pick) bool {
		return slices.ContainsFunc(o.Volumes(), func(name string) bool { return slices.Contains(p.Volumes(), name) })
	}) {
		v.refuse(naive.Unsupported, of.path, "two claims of the pod that could take one volume")
	}
	v.Picks = append(v.Picks, p)
}

// setAside reports whether somebody has set the volume aside for the claim.
func setAside(pv *corev1.PersistentVolume, of source) bool {
	ref := pv.Spec.ClaimRef
	return ref != nil && ref.Namespace+"/"+ref.Name == of.name && (ref.UID == "" || ref.UID == of.claim.UID)
}

// large reports whether a volume is large enough, stays, and is of the claim's mode and
// attributes.
func large(c *corev1.PersistentVolumeClaim, pv *corev1.PersistentVolume) bool {
	capacity := pv.Spec.Capacity[corev1.ResourceStorage]
	if pv.DeletionTimestamp != nil || capacity.Cmp(c.Spec.Resources.Requests[corev1.ResourceStorage]) < 0 {
		return false
	}
	block := func(m *corev1.PersistentVolumeMode) bool { return m != nil && *m == corev1.PersistentVolumeBlock }
	attributes := func(name *string) string {
		if name == nil {
			return ""
		}
		return *name
	}
	return block(c.Spec.VolumeMode) == block(pv.Spec.VolumeMode) && attributes(c.Spec.VolumeAttributesClassName) == attributes(pv.Spec.VolumeAttributesClassName)
}

// fits reports whether a volume that is free is of the class, has the access modes that
// the claim asks for, and is one that it selects.
func fits(c *corev1.PersistentVolumeClaim, pv *corev1.PersistentVolume, class string) bool {
	of := pv.Spec.StorageClassName
	if former, is := pv.Annotations["volume.beta.kubernetes.io/storage-class"]; is {
		of = former
	}
	if of != class || pv.Status.Phase != corev1.VolumeAvailable {
		return false
	}
	for _, mode := range c.Spec.AccessModes {
		if !slices.Contains(pv.Spec.AccessModes, mode) {
			return false
		}
	}
	if c.Spec.Selector == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(c.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(pv.Labels))
}

// A Demand is claims of pods that are alike, and the nodes that they are on.
type Demand struct {
	Pick  Pick
	Nodes []*corev1.Node // each must reach the volume
	Count int64          // claims; one where several pods mount it
}

// Unserved returns a demand that gets no volume in any way to give each volume to one
// claim, or nil: all are served.
//
// https://en.wikipedia.org/wiki/Maximum_cardinality_matching
func Unserved(demands []Demand) *Demand {
	holder := map[string]int{} // volume → demand, by number
	holds := map[int][]string{}
	var serve func(d int, seen map[string]bool) bool
	serve = func(d int, seen map[string]bool) bool {
		for _, v := range demands[d].choice() {
			if seen[v] {
				continue
			}
			seen[v] = true
			other, taken := holder[v]
			if taken && !serve(other, seen) {
				continue
			}
			if taken {
				holds[other] = slices.DeleteFunc(holds[other], func(o string) bool { return o == v })
			}
			holder[v] = d
			holds[d] = append(holds[d], v)
			return true
		}
		return false
	}
	for d := range demands {
		for n := int64(0); n < demands[d].Count; n++ {
			if !serve(d, map[string]bool{}) {
				return &demands[d]
			}
		}
	}
	return nil
}

// choice returns the volumes that all nodes of the demand reach.
func (d *Demand) choice() []string {
	volumes := d.Pick.Volumes()
	for _, node := range d.Nodes {
		reached := d.Pick.reachedFrom(node)
		volumes = slices.DeleteFunc(volumes, func(v string) bool { return !slices.Contains(reached, v) })
	}
	return volumes
}
