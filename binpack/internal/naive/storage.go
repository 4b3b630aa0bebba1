package naive

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
)

// Storage knows what the volumes of pods refer to.
type Storage struct {
	claims  map[string]*corev1.PersistentVolumeClaim // by namespace and name
	volumes map[string]*corev1.PersistentVolume
	classes map[string]*storagev1.StorageClass
	byRule  *storagev1.StorageClass // of a claim that states no class; nil: none
}

// NewStorage returns what is known of claims, volumes and classes.
func NewStorage(claims []corev1.PersistentVolumeClaim, volumes []corev1.PersistentVolume, classes []storagev1.StorageClass) *Storage {
	s := &Storage{map[string]*corev1.PersistentVolumeClaim{}, map[string]*corev1.PersistentVolume{}, map[string]*storagev1.StorageClass{}, defaultClass(classes)}
	for i := range claims {
		s.claims[cmp.Or(claims[i].Namespace, corev1.NamespaceDefault)+"/"+claims[i].Name] = &claims[i]
	}
	for i := range volumes {
		s.volumes[volumes[i].Name] = &volumes[i]
	}
	for i := range classes {
		s.classes[classes[i].Name] = &classes[i]
	}
	return s
}

// defaultClass returns the class that is marked as the default, of several the
// youngest.
//
// https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
func defaultClass(classes []storagev1.StorageClass) *storagev1.StorageClass {
	var found *storagev1.StorageClass
	for i := range classes {
		c := &classes[i]
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
