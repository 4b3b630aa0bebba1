package manifest

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	usualClass  = "storageclass.kubernetes.io/is-default-class"
	noVolumes   = "kubernetes.io/no-provisioner"
	madeUpClass = "default"
)

// A depot is the Problem's storage by name.
type depot struct {
	*builder
	claims  map[[2]string]int // index
	volumes map[string]bool
	classes map[string]bool
	usual   bool // there is a default class
}

// completeStorage adds claims, volumes and classes that pods name and that are
// not there: a volume can then be had on any node. Each is noted. A class that
// makes volumes without waiting for pods is taken to wait, since where it would
// make them is not known.
func (b *builder) completeStorage() {
	s := &b.result.Problem.Storage
	d := depot{builder: b, claims: map[[2]string]int{}, volumes: map[string]bool{}, classes: map[string]bool{}}
	s.Claims = slices.Clone(s.Claims)
	for i, c := range s.Classes {
		d.classes[c.Name] = true
		d.usual = d.usual || c.Annotations[usualClass] == "true"
		if waits := storagev1.VolumeBindingWaitForFirstConsumer; c.Provisioner != noVolumes && (c.VolumeBindingMode == nil || *c.VolumeBindingMode != waits) {
			own := *c
			own.VolumeBindingMode = &waits
			s.Classes[i] = &own
			b.notes.note(b.classObjects[c.Name], "volumeBindingMode", "makes volumes at once: taken to wait for the pod, as it is not known where")
		}
	}
	for _, v := range s.Volumes {
		d.volumes[v.Name] = true
	}
	for i, c := range s.Claims {
		d.claims[[2]string{c.Namespace, c.Name}] = i
	}
	p := &b.result.Problem
	for _, pod := range p.Pods {
		d.complete(pod)
	}
	for _, w := range p.Workloads {
		d.complete(w.Pod)
	}
}

// complete adds what the volumes of a pod name and is not there.
func (d *depot) complete(pod *corev1.Pod) {
	at := d.result.pods[pod]
	ns := namespaceOf(pod.Namespace)
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		path := at.of(fmt.Sprintf("spec.volumes[%d]", i))
		if disk, ok := d.disks[v]; ok {
			path = fmt.Sprintf("spec.volumeClaimTemplates[%d]", disk)
		}
		switch {
		case v.PersistentVolumeClaim != nil:
			id := [2]string{ns, v.PersistentVolumeClaim.ClaimName}
			s := &d.result.Problem.Storage
			if _, there := d.claims[id]; !there {
				d.missing(at, path+".persistentVolumeClaim", "PersistentVolumeClaim", id[1])
				d.claims[id] = len(s.Claims)
				s.Claims = append(s.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: id[0], Name: id[1]}})
			}
			d.completeClaim(at, path, &s.Claims[d.claims[id]].Spec)
		case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil:
			d.completeClaim(at, path+".ephemeral", &v.Ephemeral.VolumeClaimTemplate.Spec)
		}
	}
}

// completeClaim adds the volume or class that a claim names.
func (d *depot) completeClaim(at place, path string, claim *corev1.PersistentVolumeClaimSpec) {
	s := &d.result.Problem.Storage
	if name := claim.VolumeName; name != "" {
		if !d.volumes[name] {
			d.volumes[name] = true
			d.missing(at, path, "PersistentVolume", name)
			s.Volumes = append(s.Volumes, &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
		return
	}
	switch {
	case claim.StorageClassName == nil && !d.usual:
		d.usual = true
		d.missing(at, path, "default StorageClass", "")
		d.addClass(madeUpClass, map[string]string{usualClass: "true"})
	case claim.StorageClassName != nil && *claim.StorageClassName != "" && !d.classes[*claim.StorageClassName]:
		d.missing(at, path, "StorageClass", *claim.StorageClassName)
		d.addClass(*claim.StorageClassName, nil)
	}
}

func (d *depot) addClass(name string, annotations map[string]string) {
	waits := storagev1.VolumeBindingWaitForFirstConsumer
	s := &d.result.Problem.Storage
	d.classes[name] = true
	s.Classes = append(s.Classes, &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations}, Provisioner: d.opts.Provisioner, VolumeBindingMode: &waits,
	})
}

// missing notes that a pod's volume names something that is not there.
func (d *depot) missing(at place, path, kind, name string) {
	what := kind
	if name != "" {
		what += " " + name
	}
	d.notes.note(at.object, path, what+" is not there: its volume can be had on any node")
}
