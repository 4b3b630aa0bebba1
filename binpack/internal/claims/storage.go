package claims

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// Objects are what a problem knows of storage.
type Objects struct {
	Claims      []*corev1.PersistentVolumeClaim
	Volumes     []*corev1.PersistentVolume
	Classes     []*storagev1.StorageClass
	Nodes       []*storagev1.CSINode
	Attachments []*storagev1.VolumeAttachment
}

// Storage knows what the volumes of pods refer to, and who mounts it.
type Storage struct {
	objects  Objects
	claims   map[string]*corev1.PersistentVolumeClaim // by namespace and name
	volumes  map[string]*corev1.PersistentVolume
	classes  map[string]*storagev1.StorageClass
	byRule   *storagev1.StorageClass // of a claim that states no class; nil: none
	mounting map[string]int          // pods by what they mount: a claim, or what is attached for it
	running  map[string]bool         // claims of running pods
}

// NewStorage returns what is known of storage. Who mounts it is told by Mounted.
func NewStorage(o Objects) *Storage {
	s := &Storage{
		objects: o, claims: map[string]*corev1.PersistentVolumeClaim{}, volumes: map[string]*corev1.PersistentVolume{}, classes: map[string]*storagev1.StorageClass{},
		byRule: defaultClass(o.Classes), mounting: map[string]int{}, running: map[string]bool{},
	}
	for _, c := range o.Claims {
		namespace := naive.NamespaceOf(&corev1.Pod{ObjectMeta: c.ObjectMeta})
		s.claims[namespace+"/"+c.Name] = c
	}
	for _, v := range o.Volumes {
		s.volumes[v.Name] = v
	}
	for _, c := range o.Classes {
		s.classes[c.Name] = c
	}
	return s
}

// Mounted counts alike pods that mount what the pod mounts.
func (s *Storage) Mounted(pod *corev1.Pod, n int, running bool) {
	for _, v := range s.sources(pod) {
		if v.made {
			continue
		}
		s.mounting[v.name] += n
		if running && !v.ephemeral {
			s.running[v.name] = true
		}
		if a := s.attachment(v); a != nil {
			s.mounting[a.name()] += n
		}
	}
}

// defaultClass returns the class that is marked as the default, of several the
// youngest.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
func defaultClass(classes []*storagev1.StorageClass) *storagev1.StorageClass {
	var found *storagev1.StorageClass
	for _, c := range classes {
		if c.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" && (found == nil || younger(c, found)) {
			found = c
		}
	}
	return found
}

func younger(a, b *storagev1.StorageClass) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return b.CreationTimestamp.Before(&a.CreationTimestamp)
	}
	return a.Name < b.Name
}

// A source is a volume of a pod that a claim stands for.
type source struct {
	path      string
	name      string                        // of the claim, with its namespace
	claim     *corev1.PersistentVolumeClaim // nil: there is none
	made      bool                          // with the pod, for it alone: the claim is not there yet
	ephemeral bool                          // made with the pod, now or before
}

// sources returns the pod's volumes that claims stand for, each claim once. Other
// volumes are files of the node, or it fetches them by itself.
//
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/
func (s *Storage) sources(pod *corev1.Pod) []source {
	var out []source
	for i, v := range pod.Spec.Volumes {
		var of source
		switch {
		case v.PersistentVolumeClaim != nil:
			of.name = naive.NamespaceOf(pod) + "/" + v.PersistentVolumeClaim.ClaimName
			of.path, of.claim = volumePath(i, "persistentVolumeClaim"), s.claims[of.name]
		case v.Ephemeral != nil:
			of.name = s.ephemeral(pod, i)
			of.path, of.ephemeral, of.claim = volumePath(i, "ephemeral"), true, s.claims[of.name]
			if of.made = of.claim == nil; of.made {
				of.claim = templateOf(v.Ephemeral)
			}
		default:
			continue
		}
		if !slices.ContainsFunc(out, func(o source) bool { return o.name == of.name }) { // mounted twice is mounted once
			out = append(out, of)
		}
	}
	return out
}

func templateOf(v *corev1.EphemeralVolumeSource) *corev1.PersistentVolumeClaim {
	claim := &corev1.PersistentVolumeClaim{}
	if v.VolumeClaimTemplate != nil {
		claim.Annotations, claim.Labels = v.VolumeClaimTemplate.Annotations, v.VolumeClaimTemplate.Labels
		claim.Spec = v.VolumeClaimTemplate.Spec
		claim.Spec.VolumeName = ""
	}
	return claim
}

// ephemeral returns the name of the claim that is made for a pod's ephemeral
// volume.
//
// https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
func (s *Storage) ephemeral(pod *corev1.Pod, volume int) string {
	return naive.NamespaceOf(pod) + "/" + pod.Name + "-" + pod.Spec.Volumes[volume].Name
}

// classNamed returns the class of a claim, and its name; stated: the claim names one.
func (s *Storage) classNamed(c *corev1.PersistentVolumeClaim) (class *storagev1.StorageClass, name string, stated bool) {
	former, is := c.Annotations["volume.beta.kubernetes.io/storage-class"]
	switch {
	case is:
		return s.classes[former], former, true
	case c.Spec.StorageClassName != nil:
		return s.classes[*c.Spec.StorageClassName], *c.Spec.StorageClassName, true
	}
	return s.byRule, "", false
}
