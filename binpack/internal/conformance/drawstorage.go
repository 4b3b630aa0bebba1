package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// The world's storage.
const (
	volumes = 12 // claims with a volume, in each namespace
	classes = 8  // each with a claim that waits for its volume, in each namespace

	immediate     = 0 // class that binds before there is a pod
	static        = 1 // class that makes no volumes
	formerDefault = classes - 2
	theDefault    = classes - 1 // class that was marked as the default last

	maxVolumes = 2 // of a pod
)

func className(i int) string { return fmt.Sprintf("class-%d", i) }

// scratch names the ephemeral volume of a class.
func scratch(class int) string { return fmt.Sprintf("scratch-%d", class) }

// claimOf names a claim of a pod that is there already.
func claimOf(pod string, i int) string { return fmt.Sprintf("of-%s-%d", pod, i) }

func drivers() []string { return []string{"disks.example.com", "files.example.com"} }

func (d *drawer) class(i int) *storagev1.StorageClass {
	mode := storagev1.VolumeBindingWaitForFirstConsumer
	c := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: className(i)}, VolumeBindingMode: &mode, Provisioner: pick(d, drivers()...)}
	switch i {
	case immediate:
		mode = storagev1.VolumeBindingImmediate
	case static:
		c.Provisioner = "kubernetes.io/no-provisioner"
	case formerDefault, theDefault:
		c.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
		c.CreationTimestamp = metav1.NewTime(time.Unix(int64(i), 0))
	}
	for range d.IntN(3) {
		var t corev1.TopologySelectorTerm
		for _, key := range some(d, pick(d, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone), rackKey) {
			t.MatchLabelExpressions = append(t.MatchLabelExpressions, corev1.TopologySelectorLabelRequirement{Key: key, Values: some(d, valuesOf(key)...)})
		}
		c.AllowedTopologies = append(c.AllowedTopologies, t)
	}
	return c
}

func (d *drawer) volume(name string) *corev1.PersistentVolume {
	v := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}
	v.Spec.StorageClassName = pick(d, "", className(immediate), className(theDefault), "gone")
	if d.chance(70) {
		v.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: pick(d, drivers()...), VolumeHandle: name}
	}
	if d.chance(30) {
		v.Labels = map[string]string{}
		for _, key := range some(d, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone) {
			v.Labels[key] = strings.Join(some(d, valuesOf(corev1.LabelTopologyZone)...), "__")
		}
	}
	if d.chance(80) {
		required := &corev1.NodeSelector{}
		for range 1 + d.IntN(2) {
			var t corev1.NodeSelectorTerm
			for range 1 + d.IntN(2) {
				t.MatchExpressions = append(t.MatchExpressions, d.expression())
			}
			required.NodeSelectorTerms = append(required.NodeSelectorTerms, t)
		}
		v.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: required}
	}
	return v
}

func claim(namespace, name, class, volume string) *corev1.PersistentVolumeClaim {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	c.Spec.StorageClassName = &class
	c.Spec.VolumeName = volume
	c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	c.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	return c
}

// volumes gives the pod volumes of the world, or some that it does not have.
func (d *drawer) volumes(pod *corev1.Pod) {
	for i := range 1 + d.IntN(maxVolumes) {
		v := corev1.Volume{Name: fmt.Sprintf("volume-%d", i)}
		switch n := d.IntN(100); {
		case n < 50:
			v.PersistentVolumeClaim = claimed(fmt.Sprintf("bound-%d", d.IntN(volumes)))
		case n < 75:
			v.PersistentVolumeClaim = claimed(fmt.Sprintf("waiting-%d", d.IntN(classes)))
		case n < 90:
			class := d.IntN(classes)
			template := claim("", "", className(class), "").Spec
			if class == theDefault {
				template.StorageClassName = nil
			}
			v.Name = scratch(class)
			v.Ephemeral = &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: template}}
		case n < 95:
			v.PersistentVolumeClaim = claimed(pick(d, "default-class", "no-class", "unknown-class", "unknown-volume", "unknown"))
		default:
			v.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
		if !slices.ContainsFunc(pod.Spec.Volumes, func(o corev1.Volume) bool { return o.Name == v.Name }) {
			pod.Spec.Volumes = append(pod.Spec.Volumes, v)
		}
	}
}

// mounts gives a pod that is there already volumes that no other pod has.
func (d *drawer) mounts(pod *corev1.Pod) {
	for i := range 1 + d.IntN(maxVolumes) {
		name := claimOf(pod.Name, i)
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: claimed(name)}})
	}
}

func claimed(name string) *corev1.PersistentVolumeClaimVolumeSource {
	return &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}
}

// storageOf returns the part of the world's storage that the problem's pods
// name. The claim of the default class does not state its class there.
func (w World) storageOf(p binpack.Problem) binpack.Storage {
	named := map[types.NamespacedName]bool{}
	stated := map[string]bool{}
	read := func(pod *corev1.Pod) {
		for _, v := range pod.Spec.Volumes {
			switch {
			case v.PersistentVolumeClaim != nil:
				named[types.NamespacedName{Namespace: orDefault(pod.Namespace), Name: v.PersistentVolumeClaim.ClaimName}] = true
			case v.Ephemeral != nil:
				stated[classOf(&v.Ephemeral.VolumeClaimTemplate.Spec)] = true
			}
		}
	}
	read(p.Pods[0])
	for _, e := range p.Existing {
		for _, pod := range e.Pods {
			read(pod)
		}
	}
	var s binpack.Storage
	for name := range named {
		found := w.claims[name]
		if found == nil {
			continue
		}
		c := *found
		if c.Name == "default-class" {
			c.Spec.StorageClassName = nil
		}
		stated[classOf(&c.Spec)] = true
		s.Claims = append(s.Claims, &c)
		if v := w.volumes[c.Spec.VolumeName]; v != nil {
			s.Volumes = append(s.Volumes, v)
		}
	}
	for _, v := range w.volumes {
		if stated[className(static)] && strings.HasPrefix(v.Name, "available-") {
			s.Volumes = append(s.Volumes, v)
		}
	}
	for _, a := range w.attached {
		if !slices.ContainsFunc(p.Existing, func(e binpack.ExistingNode) bool { return e.Node.Name == a.Spec.NodeName }) {
			continue
		}
		s.Attachments = append(s.Attachments, a)
		if v := w.volumes[*a.Spec.Source.PersistentVolumeName]; !slices.Contains(s.Volumes, v) {
			s.Volumes = append(s.Volumes, v)
		}
	}
	for _, c := range w.Classes {
		if stated[c.Name] || stated[""] && len(c.Annotations) > 0 {
			s.Classes = append(s.Classes, c)
		}
	}
	slices.SortFunc(s.Volumes, func(a, b *corev1.PersistentVolume) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Claims, func(a, b *corev1.PersistentVolumeClaim) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return s
}

// classOf returns the class that a claim states, or "".
func classOf(claim *corev1.PersistentVolumeClaimSpec) string {
	if claim.StorageClassName == nil {
		return ""
	}
	return *claim.StorageClassName
}

func orDefault(namespace string) string {
	if namespace == "" {
		return corev1.NamespaceDefault
	}
	return namespace
}
