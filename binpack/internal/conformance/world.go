package conformance

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// A World is what all clusters have in common: namespaces, and storage that
// their pods may name. A scheduler listens to such objects, so that it is much
// cheaper to keep them than to draw them anew.
type World struct {
	Namespaces []*corev1.Namespace
	Classes    []*storagev1.StorageClass
	claims     map[types.NamespacedName]*corev1.PersistentVolumeClaim
	volumes    map[string]*corev1.PersistentVolume
	attached   []*storagev1.VolumeAttachment
}

// NewWorld draws a world.
func NewWorld(r *rand.Rand) World {
	d := &drawer{r, All, false}
	w := World{
		Namespaces: []*corev1.Namespace{
			{ObjectMeta: metav1.ObjectMeta{Name: "blue", Labels: map[string]string{"stage": "prod"}}},
			{ObjectMeta: metav1.ObjectMeta{Name: "green", Labels: map[string]string{"stage": "test"}}},
		},
		claims:  map[types.NamespacedName]*corev1.PersistentVolumeClaim{},
		volumes: map[string]*corev1.PersistentVolume{},
	}
	for i := range classes {
		w.Classes = append(w.Classes, d.class(i))
	}
	for _, namespace := range namespaces() {
		for i := range volumes {
			w.bound(d, namespace, fmt.Sprintf("bound-%d", i))
		}
		for i := range maxNodes {
			for j := range maxPods {
				for k := range maxVolumes {
					w.bound(d, namespace, claimOf(podName(i, j), k))
				}
			}
		}
		for i := range classes {
			w.add(claim(namespace, fmt.Sprintf("waiting-%d", i), className(i), ""))
		}
		w.add(claim(namespace, "default-class", className(theDefault), ""))
		w.add(claim(namespace, "no-class", "", ""))
		w.add(claim(namespace, "unknown-class", "gone", ""))
		w.add(claim(namespace, "unknown-volume", className(immediate), "gone"))
		w.addClaims(d, namespace)
	}
	for i := range available {
		v := d.available(i)
		w.volumes[v.Name] = v
	}
	w.attached = w.attachments(d)
	return w
}

func namespaces() []string { return []string{corev1.NamespaceDefault, "blue", "green"} }

func (w World) add(c *corev1.PersistentVolumeClaim) {
	w.claims[types.NamespacedName{Namespace: c.Namespace, Name: c.Name}] = c
}

// bound adds a claim with its volume, and returns it.
func (w World) bound(d *drawer, namespace, name string) *corev1.PersistentVolumeClaim {
	v := d.volume(namespace + "-" + name)
	w.volumes[v.Name] = v
	c := claim(namespace, name, v.Spec.StorageClassName, v.Name)
	w.add(c)
	return c
}

// Objects returns the world as a cluster's controllers would leave it: each
// namespace has its name as a label, bound claims and volumes say so, and the
// pending pod's ephemeral volumes have their claims.
func (w World) Objects() []runtime.Object {
	var out []runtime.Object
	for _, name := range append(namespaces(), system) {
		n := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
		for _, known := range w.Namespaces {
			if known.Name == name {
				n = known.DeepCopy()
			}
		}
		n.Labels[corev1.LabelMetadataName] = name
		out = append(out, n)
		for i := range classes {
			out = append(out, ephemeral(name, i))
		}
	}
	for _, c := range w.Classes {
		out = append(out, c)
	}
	for _, a := range w.attached {
		out = append(out, a)
	}
	for _, v := range w.volumes {
		if v.Status.Phase != "" { // it is no claim's
			out = append(out, v)
		}
	}
	for _, c := range w.claims {
		c = c.DeepCopy()
		if c.Spec.VolumeName != "" {
			c.Annotations = map[string]string{"pv.kubernetes.io/bind-completed": "yes"}
			c.Status.Phase = corev1.ClaimBound
		}
		out = append(out, c)
		if v := w.volumes[c.Spec.VolumeName]; v != nil {
			v = v.DeepCopy()
			v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: c.Namespace, Name: c.Name}
			v.Status.Phase = corev1.VolumeBound
			out = append(out, v)
		}
	}
	return out
}

// ephemeral returns the claim that the controller makes for an ephemeral
// volume of the pending pod.
func ephemeral(namespace string, class int) *corev1.PersistentVolumeClaim {
	c := claim(namespace, pending+"-"+scratch(class), className(class), "")
	isController := true
	c.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "v1", Kind: "Pod", Name: pending, UID: types.UID(pending), Controller: &isController,
	}}
	return c
}
