package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/test"

	"github.com/stowage/stowage/examples/karpenter/translate"
)

var ordinary = regexp.MustCompile(`^[cmr][5-7][a-z]*$`)

const familyKey = "karpenter.kwok.sh/instance-family"

// scene returns the ordinary pool and so many pods of so many shapes; the same each time.
func scene(all []*cloudprovider.InstanceType, pods, shapes, minValues int) translate.Cluster {
	families := map[string]bool{}
	for _, it := range all {
		for _, family := range it.Requirements.Get(familyKey).Values() {
			families[family] = ordinary.MatchString(family)
		}
	}
	maps.DeleteFunc(families, func(_ string, is bool) bool { return !is })
	np := test.NodePool(v1.NodePool{ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "default"}})
	np.Spec.Limits = nil
	np.Spec.Template.Spec.NodeClassRef = &v1.NodeClassReference{Group: "karpenter.kwok.sh", Kind: "KWOKNodeClass", Name: "default"}
	in := func(key string, values ...string) v1.NodeSelectorRequirementWithMinValues {
		return v1.NodeSelectorRequirementWithMinValues{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	np.Spec.Template.Spec.Requirements = []v1.NodeSelectorRequirementWithMinValues{
		in(corev1.LabelOSStable, "linux"), in(corev1.LabelArchStable, "x86_64"), in(familyKey, slices.Sorted(maps.Keys(families))...),
		{Key: "karpenter.kwok.sh/instance-cpu", Operator: v1.NodeSelectorOpLte, Values: []string{"32"}},
	}
	if minValues > 0 {
		np.Spec.Template.Spec.Requirements = append(np.Spec.Template.Spec.Requirements,
			v1.NodeSelectorRequirementWithMinValues{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpExists, MinValues: &minValues})
	}
	c := translate.Cluster{Pools: []translate.Pool{{NodePool: np, Types: all}}, Namespaces: []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "default"}}}}
	for i, cpu := range []string{"50m", "100m", "150m"} {
		d := pod(fmt.Sprintf("daemon-%d", i), cpu, "100Mi")
		controller := true
		d.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: d.Name, UID: d.UID, Controller: &controller}}
		c.Daemons = append(c.Daemons, d)
	}
	r := rand.New(rand.NewPCG(23, uint64(shapes)))
	var like []*corev1.Pod
	for range shapes {
		cpu := 50 * (1 + r.IntN(80)) // up to 4 cores
		like = append(like, pod("", fmt.Sprintf("%dm", cpu), fmt.Sprintf("%dMi", cpu*(1+r.IntN(8))+r.IntN(64))))
	}
	for i := range pods {
		p := like[i%shapes].DeepCopy()
		p.Name, p.UID = fmt.Sprintf("pod-%d", i), types.UID(fmt.Sprintf("pod-%d", i))
		c.Pods = append(c.Pods, p)
	}
	return c
}

func pod(name, cpu, memory string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", UID: types.UID(name)},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "pause", Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu), "memory": resource.MustParse(memory)}}}}},
	}
}
