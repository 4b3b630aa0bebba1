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

// makesNone is the class whose claims take volumes that are there.
const makesNone = "makes-none"

// claims draws one or two volumes of a pod that run out: of a claim that takes a volume
// that is there, alone or made for the pod; of one for a single pod; of one whose volume is
// being made on a node.
func claims(t *rapid.T, p *corev1.Pod) {
	for i := range rapid.IntRange(1, 2).Draw(t, "number of claims") {
		v := corev1.Volume{Name: fmt.Sprintf("claim-%d", i)}
		switch claim := oneOf(t, "claim", "own", "take", "take-large", "once", "once-bound", "chosen", "own"); claim {
		case "own":
			v.Ephemeral = &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: claimSpec("", makesNone)}}
		default:
			v.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}
		}
		p.Spec.Volumes = append(p.Spec.Volumes, v)
	}
}

// stock adds the claims that claims names, in every namespace that pods are in, and volumes
// that they may take.
func stock(t *rapid.T, p *binpack.Problem) {
	s := &p.Storage
	if s.Classes == nil {
		s.Classes, s.Volumes = []*storagev1.StorageClass{class("wait")}, []*corev1.PersistentVolume{volume("anywhere")}
	}
	none := class(makesNone)
	none.Provisioner = "kubernetes.io/no-provisioner"
	s.Classes = append(s.Classes, none)
	for _, namespace := range []string{"default", "other"} {
		for _, c := range []struct{ name, volume, class, size string }{
			{"take", "", makesNone, "1Gi"}, {"take-large", "", makesNone, "5Gi"},
			{"once", "", "wait", "1Gi"}, {"once-bound", "anywhere", "wait", "1Gi"}, {"chosen", "", "wait", "1Gi"},
		} {
			claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: c.name}, Spec: claimSpec(c.volume, c.class)}
			claim.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse(c.size)
			switch c.name {
			case "once", "once-bound":
				claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}
			case "chosen":
				claim.Annotations = map[string]string{"volume.kubernetes.io/selected-node": "node-1"}
			}
			s.Claims = append(s.Claims, claim)
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "volumes there") {
		s.Volumes = append(s.Volumes, there(t, fmt.Sprintf("there-%d", i)))
	}
}

// there draws a volume that is there. Most are free.
func there(t *rapid.T, name string) *corev1.PersistentVolume {
	v := volume(name)
	switch oneOf(t, "reached from", "everywhere", "a", "b", "a or b", "a node") {
	case "a":
		v = volume(name, "a")
	case "b":
		v = volume(name, "b")
	case "a or b":
		v = volume(name, "a", "b")
	case "a node":
		v = volume(name, "c")
		v.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0] = corev1.NodeSelectorRequirement{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{"node-1"}}
	}
	v.Spec.StorageClassName = makesNone
	if rapid.Bool().Draw(t, "local") {
		v.Spec.CSI, v.Spec.Local = nil, &corev1.LocalVolumeSource{Path: "/disk"}
	}
	v.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(oneOf(t, "size", "1Gi", "1Gi", "10Gi"))}
	v.Status.Phase = corev1.VolumeAvailable
	switch {
	case sometimes(t, 8, "released"):
		v.Status.Phase = corev1.VolumeReleased
	case sometimes(t, 8, "set aside"):
		v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "default", Name: "take"}
	}
	return v
}

// attached says of some existing nodes by themselves how many volumes they take, and what
// is attached for pods that are gone.
func attached(t *rapid.T, p *binpack.Problem) {
	for _, e := range p.Existing {
		if sometimes(t, 2, "a CSINode") {
			count := int32(rapid.IntRange(0, 2).Draw(t, "most volumes"))
			p.Storage.Nodes = append(p.Storage.Nodes, &storagev1.CSINode{
				ObjectMeta: metav1.ObjectMeta{Name: e.Node.Name},
				Spec:       storagev1.CSINodeSpec{Drivers: []storagev1.CSINodeDriver{{Name: provisioner, NodeID: "id", Allocatable: &storagev1.VolumeNodeResources{Count: &count}}}},
			})
		}
		if sometimes(t, 4, "an attachment") {
			name := oneOf(t, "attached", "left", "anywhere")
			a := &storagev1.VolumeAttachment{ObjectMeta: metav1.ObjectMeta{Name: "of-" + e.Node.Name}}
			a.Spec = storagev1.VolumeAttachmentSpec{Attacher: provisioner, NodeName: e.Node.Name, Source: storagev1.VolumeAttachmentSource{PersistentVolumeName: &name}}
			p.Storage.Attachments = append(p.Storage.Attachments, a)
		}
	}
	p.Storage.Volumes = append(p.Storage.Volumes, volume("left"))
}
