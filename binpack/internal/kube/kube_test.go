package kube_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

func list(kv ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(kv); i += 2 {
		out[corev1.ResourceName(kv[i])] = resource.MustParse(kv[i+1])
	}
	return out
}

func container(requests, limits corev1.ResourceList) corev1.Container {
	return corev1.Container{Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}
}

func TestRequests(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	sidecar := container(list("cpu", "100m"), nil)
	sidecar.RestartPolicy = &always
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want corev1.ResourceList
	}{
		"nothing": {corev1.PodSpec{Containers: []corev1.Container{{}}}, list("pods", "1")},
		"containers add up": {
			corev1.PodSpec{Containers: []corev1.Container{container(list("cpu", "1"), nil), container(list("cpu", "500m", "memory", "1Gi"), nil)}},
			list("cpu", "1500m", "memory", "1Gi", "pods", "1")},
		"a limit without a request is one": {
			corev1.PodSpec{Containers: []corev1.Container{container(list("cpu", "1"), list("cpu", "2", "memory", "1Gi"))}},
			list("cpu", "1", "memory", "1Gi", "pods", "1")},
		"the largest init container counts": {
			corev1.PodSpec{
				InitContainers: []corev1.Container{container(list("cpu", "3"), nil), container(list("memory", "2Gi"), nil)},
				Containers:     []corev1.Container{container(list("cpu", "1", "memory", "1Gi"), nil)}},
			list("cpu", "3", "memory", "2Gi", "pods", "1")},
		"sidecars run beside what comes after": {
			corev1.PodSpec{
				InitContainers: []corev1.Container{sidecar, container(list("cpu", "1"), nil)},
				Containers:     []corev1.Container{container(list("cpu", "200m"), nil)}},
			list("cpu", "1100m", "pods", "1")},
		"overhead": {
			corev1.PodSpec{Overhead: list("cpu", "250m"), Containers: []corev1.Container{container(list("cpu", "1"), nil)}},
			list("cpu", "1250m", "pods", "1")},
		"pod-level requests come first": {
			corev1.PodSpec{
				Resources:  &corev1.ResourceRequirements{Requests: list("cpu", "4")},
				Containers: []corev1.Container{container(list("cpu", "1", "memory", "1Gi"), nil)}},
			list("cpu", "4", "memory", "1Gi", "pods", "1")},
		"a pod-level limit counts where no container requests": {
			corev1.PodSpec{
				Resources:  &corev1.ResourceRequirements{Limits: list("cpu", "4", "memory", "8Gi")},
				Containers: []corev1.Container{container(list("cpu", "1"), nil)}},
			list("cpu", "1", "memory", "8Gi", "pods", "1")},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: test.spec}
			before := pod.DeepCopy()
			got := kube.Requests(pod)
			require.Equal(t, before, pod, "the pod is not modified")
			require.Len(t, got, len(test.want))
			for r, q := range test.want {
				require.Zero(t, q.Cmp(got[r]), "%s: %v", r, got[r])
			}
		})
	}
}

func TestUntolerated(t *testing.T) {
	taint := corev1.Taint{Key: "team", Value: "a", Effect: corev1.TaintEffectNoSchedule}
	for name, test := range map[string]struct {
		toleration corev1.Toleration
		tolerated  bool
	}{
		"equal":               {corev1.Toleration{Key: "team", Operator: corev1.TolerationOpEqual, Value: "a"}, true},
		"equal by default":    {corev1.Toleration{Key: "team", Value: "a"}, true},
		"other value":         {corev1.Toleration{Key: "team", Value: "b"}, false},
		"no value":            {corev1.Toleration{Key: "team"}, false},
		"exists":              {corev1.Toleration{Key: "team", Operator: corev1.TolerationOpExists}, true},
		"exists, other key":   {corev1.Toleration{Key: "squad", Operator: corev1.TolerationOpExists}, false},
		"all":                 {corev1.Toleration{Operator: corev1.TolerationOpExists}, true},
		"equal without a key": {corev1.Toleration{Value: "a"}, false},
		"same effect":         {corev1.Toleration{Key: "team", Value: "a", Effect: corev1.TaintEffectNoSchedule}, true},
		"other effect":        {corev1.Toleration{Key: "team", Value: "a", Effect: corev1.TaintEffectNoExecute}, false},
		"compares numbers":    {corev1.Toleration{Key: "team", Operator: "Gt", Value: "a"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := kube.Untolerated([]corev1.Toleration{test.toleration}, []corev1.Taint{taint}, corev1.TaintEffectNoSchedule)
			require.Equal(t, test.tolerated, got == nil)
		})
	}
	require.Nil(t, kube.Untolerated(nil, []corev1.Taint{taint}, corev1.TaintEffectNoExecute), "only the effects asked for count")
	require.NotNil(t, kube.Untolerated(nil, []corev1.Taint{taint}, corev1.TaintEffectNoExecute, corev1.TaintEffectNoSchedule))
}

func requirement(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: op, Values: values}
}

func affinity(terms ...corev1.NodeSelectorTerm) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
}

func term(reqs ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
	return corev1.NodeSelectorTerm{MatchExpressions: reqs}
}

func TestNodeRules(t *testing.T) {
	labels := map[string]string{"arch": "arm64", "cpu": "8", corev1.LabelTopologyZone: "z1"}
	nodelabel.AddAliases(labels)
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want bool
	}{
		"no rules":            {corev1.PodSpec{}, true},
		"selector":            {corev1.PodSpec{NodeSelector: map[string]string{"arch": "arm64"}}, true},
		"selector, other":     {corev1.PodSpec{NodeSelector: map[string]string{"arch": "amd64"}}, false},
		"selector, absent":    {corev1.PodSpec{NodeSelector: map[string]string{"gpu": ""}}, false},
		"selector by alias":   {corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelFailureDomainBetaZone: "z1"}}, true},
		"in":                  {corev1.PodSpec{Affinity: affinity(term(requirement("arch", "In", "amd64", "arm64")))}, true},
		"not in":              {corev1.PodSpec{Affinity: affinity(term(requirement("arch", "NotIn", "arm64")))}, false},
		"not in, absent":      {corev1.PodSpec{Affinity: affinity(term(requirement("gpu", "NotIn", "yes")))}, true},
		"exists":              {corev1.PodSpec{Affinity: affinity(term(requirement("gpu", "Exists")))}, false},
		"does not exist":      {corev1.PodSpec{Affinity: affinity(term(requirement("gpu", "DoesNotExist")))}, true},
		"greater":             {corev1.PodSpec{Affinity: affinity(term(requirement("cpu", "Gt", "7")))}, true},
		"not less":            {corev1.PodSpec{Affinity: affinity(term(requirement("cpu", "Lt", "8")))}, false},
		"all of a term":       {corev1.PodSpec{Affinity: affinity(term(requirement("cpu", "Gt", "7"), requirement("gpu", "Exists")))}, false},
		"one of the terms":    {corev1.PodSpec{Affinity: affinity(term(requirement("gpu", "Exists")), term(requirement("arch", "Exists")))}, true},
		"an empty term":       {corev1.PodSpec{Affinity: affinity(corev1.NodeSelectorTerm{})}, false},
		"no terms":            {corev1.PodSpec{Affinity: affinity()}, false},
		"selector and terms":  {corev1.PodSpec{NodeSelector: map[string]string{"arch": "amd64"}, Affinity: affinity(term(requirement("cpu", "Exists")))}, false},
		"hostname":            {corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelHostname: "n1"}}, false},
		"a name is not known": {corev1.PodSpec{Affinity: affinity(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{requirement("metadata.name", "In", "n1")}})}, false},
		"nor is it another":   {corev1.PodSpec{Affinity: affinity(corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{requirement("metadata.name", "NotIn", "n1")}})}, true},
	} {
		t.Run(name, func(t *testing.T) {
			rules := kube.NodeRulesOf(&corev1.Pod{Spec: test.spec})
			require.Equal(t, test.want, rules.Match(kube.Node{Name: kube.UnknownName, Labels: labels}))
			require.Equal(t, test.want, len(rules.Misses(kube.Node{Name: kube.UnknownName, Labels: labels})) == 0)
		})
	}
}

func TestMissesNameTheRule(t *testing.T) {
	rules := kube.NodeRulesOf(&corev1.Pod{Spec: corev1.PodSpec{NodeSelector: map[string]string{"type": "karpenter", "arch": "arm64"}}})
	require.Equal(t, []kube.Miss{{
		Path: "spec.nodeSelector", Rule: "type=karpenter", At: "spec.nodeSelector[type]", Drop: "spec.nodeSelector[type]", Asks: requirement("type", "In", "karpenter"),
	}}, rules.Misses(kube.Node{Labels: map[string]string{"arch": "arm64"}}))
	rules = kube.NodeRulesOf(&corev1.Pod{Spec: corev1.PodSpec{Affinity: affinity(
		term(requirement("cpu", "Gt", "16"), requirement("arch", "In", "amd64")), term(requirement("gpu", "Exists"), requirement("os", "NotIn", "windows", "bsd")),
		term(requirement("spot", "DoesNotExist"), requirement("zone", "In", "a", "b"), requirement("cpu", "Lt", "2")))}})
	require.Equal(t, "cpu > 16 and arch=amd64, or gpu exists and os not in [windows bsd], or no spot and zone in [a b] and cpu < 2",
		rules.Misses(kube.Node{})[0].Rule)
	require.Equal(t, []string{"arch", "cpu", "gpu", "os", "spot", "zone"}, rules.Keys())
}

func TestUnmet(t *testing.T) {
	labels := map[string]string{"arch": "arm64"}
	reqs := []corev1.NodeSelectorRequirement{requirement("arch", "Exists"), requirement("arch", "In", "amd64")}
	require.Nil(t, kube.Unmet(reqs[:1], labels))
	require.Equal(t, &reqs[1], kube.Unmet(reqs, labels))
}

func TestStateOf(t *testing.T) {
	for path, pod := range map[string]*corev1.Pod{
		"metadata.deletionTimestamp": {ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &metav1.Time{Time: time.Unix(1, 0)}}},
		"status.phase":               {Status: corev1.PodStatus{Phase: corev1.PodSucceeded}},
		"spec.nodeName":              {Spec: corev1.PodSpec{NodeName: "n"}},
	} {
		state, at := kube.StateOf(pod)
		require.Equal(t, kube.NotPending, state)
		require.Equal(t, path, at)
	}
	state, at := kube.StateOf(&corev1.Pod{Spec: corev1.PodSpec{SchedulingGates: []corev1.PodSchedulingGate{{Name: "g"}}}})
	require.Equal(t, kube.Gated, state)
	require.Equal(t, "spec.schedulingGates", at)
	state, _ = kube.StateOf(&corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending}})
	require.Equal(t, kube.Pending, state)
}

func TestUnsupported(t *testing.T) {
	ports := []corev1.ContainerPort{{ContainerPort: 80}, {ContainerPort: 81, HostPort: 81}}
	for path, spec := range map[string]corev1.PodSpec{
		"": {NodeSelector: map[string]string{"a": "b"}, Containers: []corev1.Container{{Ports: ports[:1]}},
			Volumes:        []corev1.Volume{{VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			InitContainers: []corev1.Container{{Ports: ports}}}, // done before the pod takes ports
		"spec.resourceClaims[0]":       {ResourceClaims: []corev1.PodResourceClaim{{}}},
		"spec.volumes[0].cinder":       {Volumes: []corev1.Volume{{VolumeSource: corev1.VolumeSource{Cinder: &corev1.CinderVolumeSource{}}}}},
		"spec.tolerations[1].operator": {Tolerations: []corev1.Toleration{{Operator: "Exists"}, {Operator: "Gt"}}},
	} {
		require.Equal(t, path, kube.Unsupported(&corev1.Pod{Spec: spec}))
	}
}

// TestAppendKey: pods that differ in what a rule reads have different keys, and
// those that differ in nothing else, alike ones.
func TestAppendKey(t *testing.T) {
	base := func() *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "a"},
			Spec: corev1.PodSpec{
				Containers:   []corev1.Container{container(list("cpu", "1", "memory", "1Gi"), nil)},
				NodeSelector: map[string]string{"x": "1", "y": "2"},
				Tolerations:  []corev1.Toleration{{Key: "k", Value: "v"}},
			},
		}
	}
	key := func(change func(*corev1.Pod)) string {
		pod := base()
		change(pod)
		return string(kube.AppendKey(nil, pod))
	}
	alike := key(func(*corev1.Pod) {})
	require.Equal(t, alike, key(func(p *corev1.Pod) { p.Name, p.UID, p.Spec.Containers[0].Image = "b", "7", "img" }))
	require.Equal(t, alike, key(func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Requests = list("memory", "1024Mi", "cpu", "1000m")
	}))
	priority := int32(5)
	seen := map[string]int{alike: -1}
	for i, change := range []func(*corev1.Pod){
		func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = list("cpu", "1") },
		func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Limits = list("cpu", "2") },
		func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests["memory"] = resource.MustParse("1") },
		func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests["memory"] = resource.MustParse("1n") },
		func(p *corev1.Pod) { p.Spec.InitContainers = []corev1.Container{container(list("cpu", "2"), nil)} },
		func(p *corev1.Pod) { p.Spec.Overhead = list("cpu", "1") },
		func(p *corev1.Pod) { p.Spec.Resources = &corev1.ResourceRequirements{Requests: list("cpu", "9")} },
		func(p *corev1.Pod) { p.Spec.NodeSelector["y"] = "3" },
		func(p *corev1.Pod) { delete(p.Spec.NodeSelector, "y") },
		func(p *corev1.Pod) { p.Spec.Tolerations[0].Effect = "NoExecute" },
		func(p *corev1.Pod) { p.Spec.Affinity = affinity(term(requirement("a", "Exists"))) },
		func(p *corev1.Pod) { p.Spec.Priority = &priority },
		func(p *corev1.Pod) { p.Spec.NodeName = "n" },
		func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "g"}} },
		func(p *corev1.Pod) {
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1}}
		},
		func(p *corev1.Pod) {
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 2}}
		},
		func(p *corev1.Pod) { p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}} },
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80, Protocol: corev1.ProtocolUDP}}
		},
		func(p *corev1.Pod) {
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80, HostIP: "10.0.0.1"}}
		},
	} {
		k := key(change)
		other, same := seen[k]
		require.False(t, same, "changes %d and %d give one key", i, other)
		seen[k] = i
	}
}

func TestAddAliases(t *testing.T) {
	labels := map[string]string{corev1.LabelArchStable: "arm64", "beta.kubernetes.io/os": "linux"}
	nodelabel.AddAliases(labels)
	require.Equal(t, map[string]string{
		corev1.LabelArchStable: "arm64", "beta.kubernetes.io/arch": "arm64",
		corev1.LabelOSStable: "linux", "beta.kubernetes.io/os": "linux",
	}, labels)
	require.Equal(t, corev1.LabelTopologyRegion, nodelabel.Canonical(corev1.LabelFailureDomainBetaRegion))
	require.Equal(t, "custom", nodelabel.Canonical("custom"))
	v, ok := nodelabel.Of(map[string]string{"beta.kubernetes.io/os": "linux"}, corev1.LabelOSStable)
	require.True(t, ok)
	require.Equal(t, "linux", v)
	_, ok = nodelabel.Of(labels, "custom")
	require.False(t, ok)
}
