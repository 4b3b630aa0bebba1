package conformance

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// Storage of the world that is not made for one pod.
const (
	available = 14 // volumes that are there, for claims of the class that makes none
	takers    = 8  // such claims, in each namespace
	chosen    = 12 // claims whose volume is being made on some node, in each namespace
	onces     = 4  // claims for one pod, in each namespace
	shareds   = 4  // claims that several pods mount, in each namespace
	leftOver  = 6  // volumes that are attached though no pod mounts them
)

// claims adds the claims of a namespace that are not made for one pod.
func (w World) addClaims(d *drawer, namespace string) {
	for i := range takers {
		c := claim(namespace, fmt.Sprintf("taker-%d", i), className(static), "")
		c.Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse(pick(d, "1Gi", "2Gi", "10Gi"))
		c.Spec.AccessModes = some(d, accessModes()...)
		c.Spec.VolumeMode, c.Spec.VolumeAttributesClassName = d.volumeMode(), d.attributes()
		if d.chance(40) {
			c.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{diskKey: pick(d, valuesOf(diskKey)...)}}
		}
		w.add(c)
	}
	for i := range chosen {
		c := claim(namespace, fmt.Sprintf("chosen-%d", i), className(i%classes), "")
		c.Annotations = map[string]string{"volume.kubernetes.io/selected-node": fmt.Sprintf("node-%d", d.IntN(maxNodes))}
		w.add(c)
	}
	for i := range onces {
		w.bound(d, namespace, fmt.Sprintf("once-%d", i)).Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}
	}
	for i := range shareds {
		c := w.bound(d, namespace, fmt.Sprintf("shared-%d", i))
		c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
		v := w.volumes[c.Spec.VolumeName]
		v.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: pick(d, drivers()...), VolumeHandle: v.Name}
		v.Spec.NodeAffinity, v.Labels = nil, nil
	}
}

func accessModes() []corev1.PersistentVolumeAccessMode {
	return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadWriteMany}
}

func (d *drawer) volumeMode() *corev1.PersistentVolumeMode {
	if d.chance(60) {
		return nil
	}
	mode := corev1.PersistentVolumeFilesystem
	if d.chance(30) {
		mode = corev1.PersistentVolumeBlock
	}
	return &mode
}

func (d *drawer) attributes() *string {
	if d.chance(90) {
		return nil
	}
	gold := pick(d, "gold", "")
	return &gold
}

// available returns a volume that is there, or nearly: of a class, large enough and free,
// each more often than not.
func (d *drawer) available(i int) *corev1.PersistentVolume {
	v := d.volume(fmt.Sprintf("available-%d", i))
	v.Spec.StorageClassName = className(static)
	if d.chance(10) {
		v.Spec.StorageClassName = "gone"
	}
	if v.Spec.CSI == nil && d.chance(70) {
		v.Spec.Local = &corev1.LocalVolumeSource{Path: "/disks"}
	}
	v.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(pick(d, "1Gi", "5Gi", "20Gi"))}
	v.Spec.AccessModes = some(d, accessModes()...)
	v.Spec.VolumeMode, v.Spec.VolumeAttributesClassName = d.volumeMode(), d.attributes()
	if v.Labels == nil {
		v.Labels = map[string]string{}
	}
	v.Labels[diskKey] = pick(d, valuesOf(diskKey)...)
	v.Status.Phase = corev1.VolumeAvailable
	switch {
	case d.chance(15):
		v.Status.Phase = pick(d, corev1.VolumePending, corev1.VolumeReleased, corev1.VolumeFailed)
	case i < takers && d.chance(30): // no two for one claim: the scheduler takes any of them
		v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: pick(d, namespaces()...), Name: fmt.Sprintf("taker-%d", i)}
		if d.chance(20) {
			v.Spec.ClaimRef.UID = "another"
		}
	}
	return v
}

// attachments returns what is attached to nodes: to each some volumes that no pod mounts, and
// some that pods share.
func (w World) attachments(d *drawer) []*storagev1.VolumeAttachment {
	var out []*storagev1.VolumeAttachment
	attach := func(v *corev1.PersistentVolume) {
		a := &storagev1.VolumeAttachment{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("attachment-%d", len(out))}}
		a.Spec.Attacher, a.Spec.NodeName = v.Spec.CSI.Driver, fmt.Sprintf("node-%d", d.IntN(maxNodes))
		a.Spec.Source.PersistentVolumeName = &v.Name
		out = append(out, a)
	}
	for i := range leftOver {
		v := d.volume(fmt.Sprintf("left-over-%d", i))
		v.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: pick(d, drivers()...), VolumeHandle: v.Name}
		v.Status.Phase = corev1.VolumeReleased
		v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "blue", Name: "gone"}
		w.volumes[v.Name] = v
		attach(v)
	}
	for _, namespace := range namespaces() {
		attach(w.volumes[fmt.Sprintf("%s-shared-%d", namespace, d.IntN(shareds))])
	}
	return out
}

// mountsSome gives a pod claims of a name with a number.
func (d *drawer) mountsSome(pod *corev1.Pod, name string, numbers, most int) {
	for i := range 1 + d.IntN(most) {
		v := corev1.Volume{Name: fmt.Sprintf("%s-%d", name, i)}
		v.PersistentVolumeClaim = claimed(fmt.Sprintf("%s-%d", name, d.IntN(numbers)))
		pod.Spec.Volumes = append(pod.Spec.Volumes, v)
	}
}

// oneTaker leaves out the volumes of a pod after the first that takes one that is there.
func oneTaker(pod *corev1.Pod) {
	takes := 0
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
		c := v.PersistentVolumeClaim
		if c != nil && (c.ClaimName == fmt.Sprintf("waiting-%d", static) || strings.HasPrefix(c.ClaimName, "taker-")) || v.Name == scratch(static) {
			takes++
			return takes > 1
		}
		return false
	})
}

// csiNodes says of some of the nodes by themselves how many volumes they may have.
func (d *drawer) csiNodes(p *binpack.Problem) {
	for _, e := range p.Existing {
		if !d.families.Has(Attachments) || d.chance(60) {
			continue
		}
		n := &storagev1.CSINode{ObjectMeta: metav1.ObjectMeta{Name: e.Node.Name}}
		for _, driver := range some(d, drivers()...) {
			of := storagev1.CSINodeDriver{Name: driver, NodeID: e.Node.Name}
			if count := int32(d.IntN(4)); d.chance(80) {
				of.Allocatable = &storagev1.VolumeNodeResources{Count: &count}
			}
			n.Spec.Drivers = append(n.Spec.Drivers, of)
		}
		p.Storage.Nodes = append(p.Storage.Nodes, n)
	}
}
