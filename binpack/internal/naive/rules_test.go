package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// m5 is a new node: a type's labels, an offering, a pool.
func m5() *corev1.Node {
	return New(Launch{
		InstanceType: "m5.large", Zone: "us-west-2a", CapacityType: "spot",
		TypeLabels: map[string]string{"beta.kubernetes.io/arch": "amd64", "cpus": "2", "name": "m5"},
		PoolLabels: map[string]string{"team": "x"},
	})
}

func TestRequirements(t *testing.T) {
	for name, test := range map[string]struct {
		key, operator string
		values        []string
		want          bool
	}{
		"in":                               {"team", "In", []string{"y", "x"}, true},
		"in others":                        {"team", "In", []string{"y"}, false},
		"in, label absent":                 {"owner", "In", []string{"x"}, false},
		"in nothing":                       {"team", "In", nil, false},
		"not in":                           {"team", "NotIn", []string{"y"}, true},
		"not in, but is":                   {"team", "NotIn", []string{"x"}, false},
		"not in, label absent":             {"owner", "NotIn", []string{"x"}, true},
		"not in nothing":                   {"team", "NotIn", nil, false},
		"exists":                           {"team", "Exists", nil, true},
		"exists, absent":                   {"owner", "Exists", nil, false},
		"exists with values":               {"team", "Exists", []string{"x"}, false},
		"does not exist":                   {"owner", "DoesNotExist", nil, true},
		"does not exist, but does":         {"team", "DoesNotExist", nil, false},
		"greater":                          {"cpus", "Gt", []string{"1"}, true},
		"greater, equal":                   {"cpus", "Gt", []string{"2"}, false},
		"less":                             {"cpus", "Lt", []string{"3"}, true},
		"less, equal":                      {"cpus", "Lt", []string{"2"}, false},
		"less, absent":                     {"gpus", "Lt", []string{"3"}, false},
		"less, no number":                  {"name", "Lt", []string{"3"}, false},
		"greater than text":                {"cpus", "Gt", []string{"one"}, false},
		"greater than two numbers":         {"cpus", "Gt", []string{"0", "1"}, false},
		"unknown operator":                 {"team", "Is", []string{"x"}, false},
		"impossible key":                   {"not a key", "DoesNotExist", nil, false},
		"impossible value":                 {"team", "NotIn", []string{"not a value"}, false},
		"type":                             {"node.kubernetes.io/instance-type", "In", []string{"m5.large"}, true},
		"market":                           {"karpenter.sh/capacity-type", "In", []string{"spot"}, true},
		"zone by its old name":             {"failure-domain.beta.kubernetes.io/zone", "In", []string{"us-west-2a"}, true},
		"label set by its old name":        {"kubernetes.io/arch", "In", []string{"amd64"}, true},
		"both by the old name":             {"beta.kubernetes.io/arch", "NotIn", []string{"amd64"}, false},
		"hostname":                         {"kubernetes.io/hostname", "In", []string{"node-1"}, false},
		"another hostname":                 {"kubernetes.io/hostname", "NotIn", []string{"node-1"}, true},
		"every node has a hostname":        {"kubernetes.io/hostname", "Exists", nil, true},
		"no node is without a hostname":    {"kubernetes.io/hostname", "DoesNotExist", nil, false},
		"a hostname that is no number yet": {"kubernetes.io/hostname", "Gt", []string{"0"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := corev1.NodeSelectorRequirement{Key: test.key, Operator: corev1.NodeSelectorOperator(test.operator), Values: test.values}
			require.Equal(t, test.want, Meets(m5(), e))
		})
	}
}

func TestNodeAffinity(t *testing.T) {
	is := func(key, value string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: []string{value}}
	}
	named := func(operator, name string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOperator(operator), Values: []string{name}}}
	}
	type terms = []corev1.NodeSelectorTerm
	all := func(es ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: es}
	}
	for name, test := range map[string]struct {
		terms terms
		want  bool
	}{
		"one of two terms":         {terms{all(is("team", "y")), all(is("team", "x"))}, true},
		"no term":                  {terms{all(is("team", "y")), all(is("cpus", "4"))}, false},
		"all expressions":          {terms{all(is("team", "x"), is("cpus", "2"))}, true},
		"one expression fails":     {terms{all(is("team", "x"), is("cpus", "4"))}, false},
		"no terms at all":          {terms{}, false},
		"an empty term":            {terms{{}}, false},
		"an empty term among some": {terms{{}, all(is("team", "x"))}, true},
		"a name":                   {terms{{MatchFields: named("In", "node-1")}}, false},
		"not a name":               {terms{{MatchFields: named("NotIn", "node-1")}}, true},
		"a name and a label":       {terms{{MatchFields: named("In", "node-1"), MatchExpressions: all(is("team", "x")).MatchExpressions}}, false},
		"another field":            {terms{{MatchFields: []corev1.NodeSelectorRequirement{{Key: "spec.x", Operator: "NotIn", Values: []string{"a"}}}}}, false},
		"a name with Exists":       {terms{{MatchFields: named("Exists", "node-1")}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: test.terms},
			}}}}
			r := Refuses(pod, m5())
			require.Equal(t, test.want, r == nil)
			if !test.want {
				require.Equal(t, NodeAffinity, r.Code)
			}
		})
	}
}

func TestNodeSelector(t *testing.T) {
	for key, want := range map[string]bool{"team": true, "owner": false, "beta.kubernetes.io/arch": false, "kubernetes.io/hostname": false} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{NodeSelector: map[string]string{key: "x"}}}
		require.Equal(t, want, Refuses(pod, m5()) == nil, key)
	}
}

func TestTaints(t *testing.T) {
	taint := corev1.Taint{Key: "team", Value: "x", Effect: corev1.TaintEffectNoSchedule}
	for name, test := range map[string]struct {
		toleration corev1.Toleration
		want       bool
	}{
		"equal":            {corev1.Toleration{Key: "team", Operator: "Equal", Value: "x"}, true},
		"equal by default": {corev1.Toleration{Key: "team", Value: "x", Effect: "NoSchedule"}, true},
		"another value":    {corev1.Toleration{Key: "team", Value: "y"}, false},
		"another key":      {corev1.Toleration{Key: "owner", Value: "x"}, false},
		"another effect":   {corev1.Toleration{Key: "team", Value: "x", Effect: "NoExecute"}, false},
		"exists":           {corev1.Toleration{Key: "team", Operator: "Exists"}, true},
		"everything":       {corev1.Toleration{Operator: "Exists"}, true},
		"no key":           {corev1.Toleration{Value: "x"}, false},
		"unknown operator": {corev1.Toleration{Key: "team", Operator: "Gt", Value: "x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: corev1.PodSpec{Tolerations: []corev1.Toleration{test.toleration}}}
			node := New(Launch{PoolTaints: []corev1.Taint{taint}})
			require.Equal(t, test.want, Refuses(pod, node) == nil)
		})
	}
}

func TestTaintEffects(t *testing.T) {
	for effect, want := range map[corev1.TaintEffect]bool{ // refused
		corev1.TaintEffectNoSchedule:       true,
		corev1.TaintEffectNoExecute:        true,
		corev1.TaintEffectPreferNoSchedule: false,
	} {
		node := New(Launch{PoolTaints: []corev1.Taint{{Key: "a", Effect: effect}}})
		require.Equal(t, want, Refuses(&corev1.Pod{}, node) != nil, effect)
	}
}

func TestWithheld(t *testing.T) {
	now := metav1.Now()
	for name, test := range map[string]struct {
		pod  corev1.Pod
		want string // path; "": not withheld
	}{
		"plain":                    {corev1.Pod{}, ""},
		"being deleted":            {corev1.Pod{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &now}}, "metadata.deletionTimestamp"},
		"failed":                   {corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed}}, "status.phase"},
		"nominated, not bound":     {corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, NominatedNodeName: "n"}}, ""},
		"claim":                    {volumes(corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}}), ""},
		"disk":                     {volumes(corev1.VolumeSource{AWSElasticBlockStore: &corev1.AWSElasticBlockStoreVolumeSource{}}), "spec.volumes[0].awsElasticBlockStore"},
		"free volumes":             {volumes(corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}, corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}}), ""},
		"device claim":             {corev1.Pod{Spec: corev1.PodSpec{ResourceClaims: []corev1.PodResourceClaim{{}}}}, "spec.resourceClaims[0]"},
		"toleration from tomorrow": {corev1.Pod{Spec: corev1.PodSpec{Tolerations: []corev1.Toleration{{Operator: "Exists"}, {Key: "a", Operator: "Lt"}}}}, "spec.tolerations[1].operator"},
		"rules about other pods":   {*unruly(), ""},
		"required node affinity":   {affine(corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{}}}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := Withheld(&test.pod)
			if test.want == "" {
				require.Nil(t, r)
				return
			}
			require.NotNil(t, r)
			require.Equal(t, test.want, r.Path)
		})
	}
}

// unruly returns a pod with one rule of each sort about other pods and one
// preference of each.
func unruly() *corev1.Pod {
	terms := []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelTopologyZone}}
	weighted := []corev1.WeightedPodAffinityTerm{{Weight: 1}}
	pod := affine(corev1.Affinity{
		NodeAffinity:    &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{}}},
		PodAffinity:     &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms, PreferredDuringSchedulingIgnoredDuringExecution: weighted},
		PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms, PreferredDuringSchedulingIgnoredDuringExecution: weighted},
	})
	pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{
		{TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule},
		{TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway},
	}
	pod.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{HostPort: 80}}}}
	return &pod
}

func affine(a corev1.Affinity) corev1.Pod { return corev1.Pod{Spec: corev1.PodSpec{Affinity: &a}} }

func volumes(sources ...corev1.VolumeSource) corev1.Pod {
	pod := corev1.Pod{}
	for _, s := range sources {
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{VolumeSource: s})
	}
	return pod
}

func TestPools(t *testing.T) {
	l := Launch{InstanceType: "m5.large", Zone: "a", TypeLabels: map[string]string{"beta.kubernetes.io/arch": "amd64"}}
	require.Empty(t, Contradicts(l))
	l.PoolLabels = map[string]string{"kubernetes.io/arch": "amd64", "team": "x"}
	require.Empty(t, Contradicts(l))
	l.PoolLabels = map[string]string{"kubernetes.io/arch": "arm64"}
	require.Equal(t, "kubernetes.io/arch", Contradicts(l))
	l.PoolLabels = map[string]string{"failure-domain.beta.kubernetes.io/zone": "b"}
	require.Equal(t, "topology.kubernetes.io/zone", Contradicts(l))
}

// amounts returns a list of names and quantities, in turn.
func amounts(pairs ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		out[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return out
}

func TestLacks(t *testing.T) {
	list := func(pairs ...string) Amounts { return AmountsOf(amounts(pairs...)) }
	for name, test := range map[string]struct {
		have, asked Amounts
		want        corev1.ResourceName
	}{
		"just enough":         {list("cpu", "2"), list("cpu", "2000m"), ""},
		"a billionth short":   {list("cpu", "2"), list("cpu", "2000000001n"), "cpu"},
		"none stated":         {list("cpu", "2"), list("nvidia.com/gpu", "1"), "nvidia.com/gpu"},
		"none stated, 0":      {list("cpu", "2"), list("nvidia.com/gpu", "0"), ""},
		"pods not stated":     {list("cpu", "2"), list("pods", "1000"), ""},
		"pods stated":         {list("pods", "2"), list("pods", "3"), "pods"},
		"volumes not stated":  {list("cpu", "2"), list("attachable-volumes-csi-x", "30"), ""},
		"volumes stated":      {list("attachable-volumes-csi-x", "1"), list("attachable-volumes-csi-x", "2"), "attachable-volumes-csi-x"},
		"the first by name":   {list(), list("memory", "1", "cpu", "1"), "cpu"},
		"finer is rounded up": {list("cpu", "1n"), list("cpu", "1001e-12"), "cpu"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, Lacks(test.have, test.asked)) })
	}
}
