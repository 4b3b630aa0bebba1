package translate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/log"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	kwokoptions "sigs.k8s.io/karpenter/kwok/options"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/test"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

func quiet(t *testing.T) context.Context {
	ctx := log.IntoContext(t.Context(), logr.Discard())
	ctx = (&kwokoptions.Options{}).ToContext(ctx)
	return options.ToContext(ctx, test.Options())
}

// types are KWOK's own: 144 of them, each in four zones, spot and on demand.
func kwokTypes(t *testing.T) []*cloudprovider.InstanceType {
	out, err := kwok.ConstructInstanceTypes(quiet(t))
	require.NoError(t, err)
	require.Len(t, out, 144)
	return out
}

func nodePool(name string, change func(*v1.NodePool)) *v1.NodePool {
	np := test.NodePool(v1.NodePool{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name)}})
	np.Spec.Template.ObjectMeta = v1.ObjectMeta{Labels: map[string]string{"team": name}}
	np.Spec.Template.Spec.NodeClassRef = &v1.NodeClassReference{Group: "karpenter.kwok.sh", Kind: "KWOKNodeClass", Name: "default"}
	np.Spec.Limits = nil
	np.Spec.Template.Spec.Requirements = []v1.NodeSelectorRequirementWithMinValues{
		require1(corev1.LabelOSStable, "linux"), require1(corev1.LabelArchStable, "amd64")}
	if change != nil {
		change(np)
	}
	return np
}

func require1(key string, values ...string) v1.NodeSelectorRequirementWithMinValues {
	return v1.NodeSelectorRequirementWithMinValues{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
}

func minValues(key string, n int) v1.NodeSelectorRequirementWithMinValues {
	return v1.NodeSelectorRequirementWithMinValues{Key: key, Operator: corev1.NodeSelectorOpExists, MinValues: &n}
}

func newPod(name string, cpu, memory string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", UID: types.UID(name), Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i", Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu), "memory": resource.MustParse(memory)}}}}},
	}
}

func daemon(name, cpu string) *corev1.Pod {
	pod := newPod(name, cpu, "128Mi")
	controller := true
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: name, UID: types.UID("set-" + name), Controller: &controller}}
	return pod
}

// draw returns a cluster with pools and pods of many kinds; the same for the same seed.
func draw(t *testing.T, seed uint64) translate.Cluster {
	r := rand.New(rand.NewPCG(seed, 1))
	all := kwokTypes(t)
	c := translate.Cluster{Daemons: []*corev1.Pod{daemon("agent", "100m"), daemon("logs", "50m")}}
	if r.IntN(2) == 0 {
		c.Daemons[1].Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "test-zone-a"}
	}
	for i := range 1 + r.IntN(3) {
		c.Pools = append(c.Pools, translate.Pool{Types: all, NodePool: nodePool(fmt.Sprintf("pool-%d", i), func(np *v1.NodePool) { drawPool(r, np) })})
	}
	apps := 2 + r.IntN(4)
	for app := range apps {
		like := drawPod(r, app)
		for i := range 1 + r.IntN(8) {
			pod := like.DeepCopy()
			pod.Name = fmt.Sprintf("%s-%d", like.Name, i)
			pod.UID = types.UID(pod.Name)
			c.Pods = append(c.Pods, pod)
		}
	}
	return c
}

func drawPool(r *rand.Rand, np *v1.NodePool) {
	spec := &np.Spec.Template.Spec
	if r.IntN(3) == 0 {
		weight := int32(1 + r.IntN(3))
		np.Spec.Weight = &weight
	}
	if r.IntN(3) == 0 {
		np.Spec.Limits = v1.Limits{"cpu": *resource.NewQuantity(int64(16+r.IntN(60)), resource.DecimalSI)}
	}
	if r.IntN(4) == 0 {
		spec.Taints = []corev1.Taint{{Key: "only", Value: "batch", Effect: corev1.TaintEffectNoSchedule}}
	}
	switch r.IntN(4) {
	case 0:
		spec.Requirements = append(spec.Requirements, minValues(corev1.LabelInstanceTypeStable, 5))
	case 1:
		spec.Requirements = append(spec.Requirements, minValues(corev1.LabelInstanceTypeStable, 15), minValues("karpenter.kwok.sh/instance-family", 2))
	}
	switch r.IntN(4) {
	case 0:
		spec.Requirements = append(spec.Requirements, require1("shard", "a", "b", "c"))
	case 1:
		spec.Requirements = append(spec.Requirements, require1(v1.CapacityTypeLabelKey, "on-demand"))
	case 2:
		spec.Requirements = append(spec.Requirements, v1.NodeSelectorRequirementWithMinValues{Key: "karpenter.kwok.sh/instance-cpu", Operator: v1.NodeSelectorOpLte, Values: []string{"16"}})
	}
}

func drawPod(r *rand.Rand, app int) *corev1.Pod {
	pod := newPod(fmt.Sprintf("app-%d", app), fmt.Sprintf("%dm", 100+r.IntN(30)*100), fmt.Sprintf("%dMi", 128+r.IntN(30)*256))
	selector := &metav1.LabelSelector{MatchLabels: pod.Labels}
	switch r.IntN(7) {
	case 0:
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: selector}}
	case 1:
		pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
			{TopologyKey: corev1.LabelHostname, LabelSelector: selector}}}}
	case 2:
		pod.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "test-zone-b"}
	case 3:
		pod.Spec.Tolerations = []corev1.Toleration{{Key: "only", Operator: corev1.TolerationOpExists}}
	case 4:
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 2, TopologyKey: "karpenter.kwok.sh/instance-family", WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: selector}}
	case 5:
		pod.Spec.NodeSelector = map[string]string{"shard": "b"}
	}
	return pod
}

// plan translates and plans.
func plan(t *testing.T, c translate.Cluster) (*translate.Translation, binpack.Plan) {
	tr := translate.Problem(c)
	require.NoError(t, tr.Problem.Validate())
	plan, err := solver.Solver{Work: solver.DefaultWork / 100}.Solve(t.Context(), tr.Problem)
	require.NoError(t, err)
	return tr, plan
}

// distinct counts the values of a key that types have.
func distinct(all []*cloudprovider.InstanceType, key string) int {
	values := map[string]bool{}
	for _, it := range all {
		for _, v := range it.Requirements.Get(key).Values() {
			values[v] = true
		}
	}
	return len(values)
}
