package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
)

// provisioner is the driver of all classes, and attachable the resource that each of its
// volumes takes one of.
const (
	provisioner = "disk.example.com"
	attachable  = corev1.ResourceName("attachable-volumes-csi-" + provisioner)
)

// volumes draws one or two volumes of a pod.
func volumes(t *rapid.T, p *corev1.Pod) {
	for i := range rapid.IntRange(1, 2).Draw(t, "number of volumes") {
		v := corev1.Volume{Name: fmt.Sprintf("volume-%d", i)}
		switch claim := oneOf(t, "volume", "bound-a", "bound", "wait", "wait-a", "scratch", "ephemeral", "default", "bound-nowhere", "immediate", "classless", "missing"); claim {
		case "scratch":
			v.EmptyDir = &corev1.EmptyDirVolumeSource{}
		case "ephemeral":
			v.Ephemeral = &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: claimSpec("", "wait-a")}}
		default:
			v.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}
		}
		p.Spec.Volumes = append(p.Spec.Volumes, v)
	}
}

// storage has the claims that volumes names, but for one, in every namespace
// that pods are in, and what they refer to.
func storage(t *rapid.T) binpack.Storage {
	var s binpack.Storage
	for _, namespace := range []string{"default", "other"} {
		for _, c := range []struct{ name, volume, class string }{
			{"bound", "anywhere", "wait"}, {"bound-a", "in-a", "wait"}, {"bound-nowhere", "in-no-zone", "wait"},
			{"wait", "", "wait"}, {"wait-a", "", "wait-a"}, {"immediate", "", "immediate"}, {"classless", "", ""}, {"default", "", "default"},
		} {
			claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: c.name}, Spec: claimSpec(c.volume, c.class)}
			s.Claims = append(s.Claims, claim)
		}
	}
	s.Volumes = []*corev1.PersistentVolume{volume("anywhere"), volume("in-a", "a"), volume("in-no-zone", "z")}
	s.Classes = []*storagev1.StorageClass{class("wait"), class("wait-a", "a", "z"), class("immediate")}
	immediately := storagev1.VolumeBindingImmediate
	s.Classes[2].VolumeBindingMode = &immediately
	if rapid.Bool().Draw(t, "a default class") {
		s.Classes[1].Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	return s
}

// claimSpec asks for storage of a class; "default" stands for the default one,
// whichever that is.
func claimSpec(volume, class string) corev1.PersistentVolumeClaimSpec {
	spec := corev1.PersistentVolumeClaimSpec{VolumeName: volume, StorageClassName: &class}
	spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	if class == "default" {
		spec.StorageClassName = nil
	}
	return spec
}

// volume returns a volume that nodes of the zones reach; without zones, all do.
func volume(name string, zones ...string) *corev1.PersistentVolume {
	v := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}
	v.Spec.StorageClassName = "wait"
	v.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: provisioner, VolumeHandle: name}
	if len(zones) > 0 {
		v.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: zones}},
		}}}}
	}
	return v
}

// class returns a class that waits for the first consumer, and is for the zones
// only where there are some.
func class(name string, zones ...string) *storagev1.StorageClass {
	waits := storagev1.VolumeBindingWaitForFirstConsumer
	c := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: provisioner, VolumeBindingMode: &waits}
	for _, zone := range zones {
		c.AllowedTopologies = append(c.AllowedTopologies, corev1.TopologySelectorTerm{
			MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: corev1.LabelFailureDomainBetaZone, Values: []string{zone}}},
		})
	}
	return c
}

// attachments limits how many volumes some of the nodes take.
func attachments(t *rapid.T, p *binpack.Problem) {
	for _, it := range p.Catalog {
		quantities(t, it.Capacity, attachable, "", "", "1", "2")
	}
	for _, e := range p.Existing {
		quantities(t, e.Node.Status.Allocatable, attachable, "", "", "1", "2")
	}
}
