package problemtest

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

func List(kv ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(kv); i += 2 {
		out[corev1.ResourceName(kv[i])] = resource.MustParse(kv[i+1])
	}
	return out
}

// Pod returns a pod with these requests, changed.
func Pod(requests corev1.ResourceList, change ...func(*corev1.PodSpec)) *corev1.Pod {
	p := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests}}}}}
	for _, f := range change {
		f(&p.Spec)
	}
	return p
}

// InstanceType returns a type sold on demand in zone a.
func InstanceType(name, price string, capacity corev1.ResourceList) *catalog.InstanceType {
	usd, err := catalog.ParsePrice(price)
	if err != nil {
		panic(err)
	}
	return &catalog.InstanceType{Name: name, Capacity: capacity,
		Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: usd}}}
}

func Requirement(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: op, Values: values}
}

func Affinity(reqs ...corev1.NodeSelectorRequirement) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: reqs}}}}}
	}
}

// Small is a pool of two types: 2 cpu and 4Gi, 4 cpu and 8Gi.
func Small() binpack.Problem {
	large := InstanceType("large", "0.2", List("cpu", "4", "memory", "8Gi", "pods", "10"))
	large.Labels = map[string]string{"size": "l"}
	return binpack.Problem{
		Catalog: catalog.Catalog{InstanceType("small", "0.1", List("cpu", "2", "memory", "4Gi", "pods", "10")), large},
		Pools:   []binpack.Pool{{Name: "default"}},
	}
}

func Apps(names ...string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpIn, Values: names}}}
}

// Storage has two claims for each zone: bound, to a volume that a driver
// attaches, and waiting for a pod. Two more wait for their volume, and for
// anything at all.
func Storage() binpack.Storage {
	var s binpack.Storage
	claim := func(name string) *corev1.PersistentVolumeClaimSpec {
		s.Claims = append(s.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}})
		return &s.Claims[len(s.Claims)-1].Spec
	}
	class := func(name string, mode storagev1.VolumeBindingMode, zones ...string) {
		c := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: "ebs", VolumeBindingMode: &mode}
		if len(zones) > 0 {
			c.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{
				{Key: corev1.LabelTopologyZone, Values: zones},
			}}}
		}
		s.Classes = append(s.Classes, c)
	}
	for _, zone := range []string{"zone-a", "zone-b"} {
		volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "pv-" + zone}}
		volume.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "ebs"}
		volume.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: In(corev1.LabelTopologyZone, zone)}},
		}}
		s.Volumes = append(s.Volumes, volume)
		claim("bound-" + zone).VolumeName = volume.Name
		name := "in-" + zone
		class(name, storagev1.VolumeBindingWaitForFirstConsumer, zone)
		claim("waits-" + zone).StorageClassName = &name
	}
	anywhere, atOnce, missing := "anywhere", "at-once", "missing"
	class(anywhere, storagev1.VolumeBindingWaitForFirstConsumer)
	class(atOnce, storagev1.VolumeBindingImmediate)
	claim(anywhere).StorageClassName = &anywhere
	claim(atOnce).StorageClassName = &atOnce
	claim("of-no-class").StorageClassName = &missing
	claim("of-no-volume").VolumeName = "pv-missing"
	return s
}

// MountsOwn gives the pod a volume of its own of a class.
func MountsOwn(pod *corev1.Pod, class string) {
	template := &corev1.PersistentVolumeClaimTemplate{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: &class}}
	source := corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: template}}
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{VolumeSource: source})
}

func In(key string, values ...string) []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}}
}

// OwnKeys says which keys the pools of p leave open, as Karpenter has it.
func OwnKeys(p *binpack.Problem) {
	p.Pools = slices.Clone(p.Pools)
	for i := range p.Pools {
		p.Pools[i].Keys = p.OwnKeys(&p.Pools[i])
	}
}
