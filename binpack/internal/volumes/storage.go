package volumes

import (
	"cmp"
	"context"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// A Storage knows what the volumes of pods refer to. It does not change once it is made.
type Storage struct {
	claims  map[name]*corev1.PersistentVolumeClaim
	volumes map[string]*corev1.PersistentVolume
	classes map[string]*storagev1.StorageClass
	usual   string // the default class; "": none

	inUse    map[name]bool     // claims that running pods mount
	users    map[string]int    // pods, running ones too, by the claim and by what they attach
	reserved map[string]string // volumes that are there and go to a claim that several pods mount
	given    map[string]string // the same by claim

	csiNodes    map[string]*storagev1.CSINode
	attachments map[string][]Volume // by node
}

// A name is a namespace and a name in it.
type name [2]string

func (n name) String() string { return n[0] + "/" + n[1] }

// New reads the storage of a problem, and how many of its pods mount what.
func New(ctx context.Context, p *binpack.Problem) *Storage {
	s := &Storage{
		claims: map[name]*corev1.PersistentVolumeClaim{}, volumes: map[string]*corev1.PersistentVolume{}, classes: map[string]*storagev1.StorageClass{},
		inUse: map[name]bool{}, users: map[string]int{}, reserved: map[string]string{}, given: map[string]string{},
		csiNodes: map[string]*storagev1.CSINode{}, attachments: map[string][]Volume{},
	}
	for _, c := range p.Storage.Claims {
		s.claims[name{cmp.Or(c.Namespace, corev1.NamespaceDefault), c.Name}] = c
	}
	for _, v := range p.Storage.Volumes {
		s.volumes[v.Name] = v
	}
	for _, c := range p.Storage.Classes {
		s.classes[c.Name] = c
		if usual := s.classes[s.usual]; c.Annotations[defaultClass] == "true" && (usual == nil || newer(c, usual)) {
			s.usual = c.Name
		}
	}
	for _, n := range p.Storage.Nodes {
		s.csiNodes[n.Name] = n
	}
	for _, a := range p.Storage.Attachments {
		s.attach(a)
	}
	s.countUsers(ctx, p)
	s.reserve(p)
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

// formerClass is the annotation that once named the class of a claim or volume. Where it
// is there it goes before the field.
const formerClass = corev1.BetaStorageClassAnnotation

// classOf returns the class that a claim names, the default one where it names none.
func (s *Storage) classOf(c *corev1.PersistentVolumeClaim) (class string, stated bool) {
	if class, ok := c.Annotations[formerClass]; ok {
		return class, true
	}
	if c.Spec.StorageClassName != nil {
		return *c.Spec.StorageClassName, true
	}
	return s.usual, false
}

// countUsers counts the pods that mount each claim, and what it attaches.
func (s *Storage) countUsers(ctx context.Context, p *binpack.Problem) {
	for _, pod := range p.Pods {
		s.count(pod, 1)
	}
	for _, w := range p.Workloads {
		s.count(w.Pod, w.Replicas)
	}
	for _, n := range p.Existing {
		if ctx.Err() != nil {
			return
		}
		for _, pod := range n.Pods {
			if kube.Terminated(pod) {
				continue
			}
			s.count(pod, 1)
			for _, m := range s.mounts(pod) {
				s.inUse[m.claim] = s.inUse[m.claim] || !m.ephemeral
			}
		}
	}
}

func (s *Storage) count(pod *corev1.Pod, n int) {
	for _, m := range s.mounts(pod) {
		if m.declared {
			s.users[m.claim.String()] += n
			if v, ok := s.attached(m); ok {
				s.users[v.String()] += n
			}
		}
	}
}

// shared reports whether several pods mount what goes by this name.
func (s *Storage) shared(of string) bool { return s.users[of] > 1 }

// A mount is a volume of a pod that comes from a claim.
type mount struct {
	path      string // from the pod
	claim     name
	object    *corev1.PersistentVolumeClaim // nil: there is none
	declared  bool                          // the claim is an object of its own, or must be; else it is made with the pod
	ephemeral bool                          // it is, or was, made with the pod
	label     string                        // for people
}

// mounts returns the pod's volumes that come from claims. A claim that is there twice
// comes once.
func (s *Storage) mounts(pod *corev1.Pod) []mount {
	var out []mount
	read := map[name]bool{}
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		m := mount{path: path(i, "persistentVolumeClaim"), claim: name{kube.Namespace(pod), ""}, declared: true}
		switch {
		case v.PersistentVolumeClaim != nil:
			m.claim[1] = v.PersistentVolumeClaim.ClaimName
		case v.Ephemeral != nil:
			m.path, m.ephemeral, m.claim[1] = path(i, "ephemeral"), true, pod.Name+"-"+v.Name
			m.declared = s.claims[m.claim] != nil // it is made already
		default:
			continue
		}
		if read[m.claim] {
			continue
		}
		read[m.claim] = true
		m.object, m.label = s.claims[m.claim], "claim "+m.claim.String()
		if !m.declared {
			m.object, m.label = &corev1.PersistentVolumeClaim{}, "ephemeral volume "+v.Name
			if template := v.Ephemeral.VolumeClaimTemplate; template != nil {
				m.object.ObjectMeta = template.ObjectMeta
				m.object.Spec = *template.Spec.DeepCopy()
				m.object.Spec.VolumeName = "" // it is made with the pod
			}
		}
		out = append(out, m)
	}
	return out
}
