package podbypod

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
)

// A mount is a claim of a pod: the volume that it is bound to, or the class that makes one.
type mount struct {
	id     string // the same of two pods that share it
	volume *corev1.PersistentVolume
	class  *storagev1.StorageClass
}

// mounts returns the claims of a pod. ok is false where one can be had nowhere.
func (w *world) mounts(pod *corev1.Pod) (out []mount, ok bool) {
	ok = true
	for _, v := range pod.Spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			m, found := w.claimed(pod, v.PersistentVolumeClaim.ClaimName)
			out, ok = append(out, m), ok && found
		case v.Ephemeral != nil:
			class := w.classOf(v.Ephemeral.VolumeClaimTemplate.Spec.StorageClassName)
			out, ok = append(out, mount{class: class}), ok && waits(class)
		}
	}
	return out, ok
}

// waits reports whether volumes of a class are made once a pod has a node.
func waits(class *storagev1.StorageClass) bool {
	return class != nil && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
}

func (w *world) claimed(pod *corev1.Pod, name string) (mount, bool) {
	at := slices.IndexFunc(w.problem.Storage.Claims, func(c *corev1.PersistentVolumeClaim) bool {
		return c.Name == name && c.Namespace == namespaceOf(pod)
	})
	if at < 0 {
		return mount{}, false
	}
	claim := w.problem.Storage.Claims[at]
	if claim.Spec.VolumeName == "" {
		class := w.classOf(claim.Spec.StorageClassName)
		return mount{id: "claim " + claim.Namespace + "/" + name, class: class}, waits(class)
	}
	at = slices.IndexFunc(w.problem.Storage.Volumes, func(v *corev1.PersistentVolume) bool { return v.Name == claim.Spec.VolumeName })
	if at < 0 {
		return mount{}, false
	}
	return mount{id: "volume " + claim.Spec.VolumeName, volume: w.problem.Storage.Volumes[at]}, true
}

// classOf returns a class by its name, or where there is no name the default one.
func (w *world) classOf(name *string) *storagev1.StorageClass {
	at := slices.IndexFunc(w.problem.Storage.Classes, func(c *storagev1.StorageClass) bool {
		if name == nil {
			return c.Annotations["storageclass.kubernetes.io/is-default-class"] == "true"
		}
		return c.Name == *name
	})
	if at < 0 {
		return nil
	}
	return w.problem.Storage.Classes[at]
}

// reaches reports whether the node can reach all volumes of the pod.
func (w *world) reaches(s *spot, pod *corev1.Pod) bool {
	mounts, ok := w.mounts(pod)
	return ok && !slices.ContainsFunc(mounts, func(m mount) bool { return !m.reachedFrom(s) })
}

func (m mount) reachedFrom(s *spot) bool {
	if m.volume != nil {
		return m.volume.Spec.NodeAffinity == nil || m.volume.Spec.NodeAffinity.Required == nil || s.meetsAny(m.volume.Spec.NodeAffinity.Required)
	}
	return len(m.class.AllowedTopologies) == 0 || slices.ContainsFunc(m.class.AllowedTopologies, func(term corev1.TopologySelectorTerm) bool {
		return !slices.ContainsFunc(term.MatchLabelExpressions, func(e corev1.TopologySelectorLabelRequirement) bool {
			value, there := s.labels[today(e.Key)]
			return !there || !slices.Contains(e.Values, value)
		})
	})
}

// zonal reports whether a volume of the pod asks for a zone.
func (w *world) zonal(pod *corev1.Pod) bool {
	mounts, _ := w.mounts(pod)
	return slices.ContainsFunc(mounts, func(m mount) bool {
		return m.volume != nil && m.volume.Spec.NodeAffinity != nil || m.class != nil && len(m.class.AllowedTopologies) > 0
	})
}

// tooManyVolumes names a driver that the node would have more volumes attached of than it
// can. What pods share is attached once.
func (w *world) tooManyVolumes(s *spot) string {
	had, has := map[string]map[string]bool{}, map[string]map[string]bool{}
	own := 0
	for _, t := range s.tenants {
		if t.silent {
			continue
		}
		mounts, _ := w.mounts(t.pod)
		for _, m := range mounts {
			id, driver := m.id, ""
			if id == "" {
				own++
				id = string(rune(own))
			}
			switch {
			case m.volume != nil && m.volume.Spec.CSI != nil:
				driver, id = m.volume.Spec.CSI.Driver, m.volume.Spec.CSI.VolumeHandle
			case m.class != nil:
				driver = m.class.Provisioner
			}
			if has[driver] == nil {
				had[driver], has[driver] = map[string]bool{}, map[string]bool{}
			}
			has[driver][id] = true
			if !t.guest {
				had[driver][id] = true
			}
		}
	}
	for driver := range has {
		limit, stated := s.room[corev1.ResourceName(attachable+driver)]
		if stated && len(has[driver]) > len(had[driver]) && int64(len(has[driver])) > limit.Value() {
			return driver
		}
	}
	return ""
}

// volumes checks that each pod reaches its volumes and that they can be attached.
func (w *world) volumes() {
	for _, t := range w.tenants {
		if t.guest && !w.reaches(t.at, t.pod) {
			w.fault("%s: %s: a volume", t.at.what, t.pod.Name)
		}
	}
	for _, s := range w.spots {
		if driver := w.tooManyVolumes(s); driver != "" {
			w.fault("%s: too many volumes of %s", s.what, driver)
		}
	}
}
