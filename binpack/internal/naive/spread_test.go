package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	zone = corev1.LabelTopologyZone
	host = corev1.LabelHostname
)

// over is a constraint on the web pods of a namespace.
func over(key string) corev1.TopologySpreadConstraint {
	return corev1.TopologySpreadConstraint{MaxSkew: 1, TopologyKey: key, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: apps("web")}
}

func spreading(constraints ...corev1.TopologySpreadConstraint) *corev1.Pod {
	pod := labelled("default", "app", "web", "rev", "1")
	pod.Spec.TopologySpreadConstraints = constraints
	return pod
}

func TestSpreads(t *testing.T) {
	anyway := over(zone)
	anyway.WhenUnsatisfiable = corev1.ScheduleAnyway
	spreads := Spreads(spreading(over(host), anyway, over("failure-domain.beta.kubernetes.io/zone"), over("rack")))
	require.Len(t, spreads, 3)
	for i, want := range []Term{
		{Key: host, Path: "spec.topologySpreadConstraints[0]"},
		{Key: zone, Path: "spec.topologySpreadConstraints[2]"},
		{Key: "rack", Path: "spec.topologySpreadConstraints[3]"},
	} {
		require.Equal(t, want.Key, spreads[i].Key)
		require.Equal(t, want.Path, spreads[i].Path)
		require.Equal(t, "app in (web)", spreads[i].Rule)
		require.Equal(t, int64(1), spreads[i].MaxSkew)
	}
}

// TestSpreadSelects: selected are pods of the same namespace, as far as they
// are to stay.
func TestSpreadSelects(t *testing.T) {
	leaving := labelled("default", "app", "web")
	now := metav1.Now()
	leaving.DeletionTimestamp = &now
	byRevision, nobody := over(zone), over(zone)
	byRevision.MatchLabelKeys = []string{"rev", "canary"}
	nobody.LabelSelector = nil
	for name, test := range map[string]struct {
		constraint corev1.TopologySpreadConstraint
		other      *corev1.Pod
		want       bool
	}{
		"same app":         {over(zone), labelled("", "app", "web"), true},
		"other app":        {over(zone), labelled("", "app", "db"), false},
		"other namespace":  {over(zone), labelled("blue", "app", "web"), false},
		"being deleted":    {over(zone), leaving, false},
		"same revision":    {byRevision, labelled("", "app", "web", "rev", "1"), true},
		"another revision": {byRevision, labelled("", "app", "web", "rev", "2"), false},
		"no selector":      {nobody, labelled("", "app", "web"), false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Spreads(spreading(test.constraint))[0].Selects(test.other))
		})
	}
}

// TestSpreadCounts: which nodes are domains, and their pods counted.
func TestSpreadCounts(t *testing.T) {
	ignore, honor := corev1.NodeInclusionPolicyIgnore, corev1.NodeInclusionPolicyHonor
	widened, narrowed := over(zone), over(zone)
	widened.NodeAffinityPolicy, narrowed.NodeTaintsPolicy = &ignore, &honor
	bySelector, byAffinity := spreading(over(zone)), spreading(over(zone))
	bySelector.Spec.NodeSelector = map[string]string{"team": "y"}
	byAffinity.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "team", Operator: "NotIn", Values: []string{"x"}}}}},
	}}}
	wide := spreading(widened)
	wide.Spec.NodeSelector = bySelector.Spec.NodeSelector
	tolerant := spreading(narrowed)
	tolerant.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	preferring := spreading(over(zone))
	preferring.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{
		{Weight: 1, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "team", Operator: "DoesNotExist"}}}},
	}}}
	anyway := over("rack")
	anyway.WhenUnsatisfiable = corev1.ScheduleAnyway
	taint := []corev1.Taint{{Key: "only", Effect: corev1.TaintEffectNoSchedule}}
	plain := Launch{Zone: "a", PoolLabels: map[string]string{"team": "x"}, PoolTaints: taint}
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		node Launch
		want bool
	}{
		"any":                       {spreading(over(zone)), plain, true},
		"without the label":         {spreading(over(zone)), Launch{}, false},
		"by an old name":            {spreading(over("failure-domain.beta.kubernetes.io/zone")), plain, true},
		"every node has a hostname": {spreading(over(zone), over(host)), plain, true},
		"without another's label":   {spreading(over(zone), over("rack")), plain, false},
		"with both labels":          {spreading(over(zone), over("team")), plain, true},
		"a preference's label":      {spreading(over(zone), anyway), plain, true},
		"selector elsewhere":        {bySelector, plain, false},
		"affinity elsewhere":        {byAffinity, plain, false},
		"selector ignored":          {wide, plain, true},
		"taint ignored":             {spreading(over(zone)), plain, true},
		"taint honoured":            {spreading(narrowed), plain, false},
		"taint tolerated":           {tolerant, plain, true},
		"taint that only prefers":   {spreading(narrowed), Launch{Zone: "a", PoolTaints: []corev1.Taint{{Key: "only", Effect: corev1.TaintEffectPreferNoSchedule}}}, true},
		"preference for others":     {preferring, plain, true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Spreads(test.pod)[0].Counts(New(test.node)))
		})
	}
}

func TestSpreadLeast(t *testing.T) {
	three := int32(3)
	many := over(zone)
	many.MinDomains = &three
	type counts = map[string]int64
	for name, test := range map[string]struct {
		constraint corev1.TopologySpreadConstraint
		counts     counts
		want       int64
	}{
		"no domain":         {over(zone), counts{}, 0},
		"one domain":        {over(zone), counts{"a": 4}, 4},
		"least of three":    {over(zone), counts{"a": 4, "b": 2, "c": 3}, 2},
		"an empty one":      {over(zone), counts{"a": 4, "b": 0}, 0},
		"enough domains":    {many, counts{"a": 4, "b": 2, "c": 3}, 2},
		"too few domains":   {many, counts{"a": 4, "b": 2}, 0},
		"no domains at all": {many, counts{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Spreads(spreading(test.constraint))[0].Least(test.counts))
		})
	}
}

// TestSpreadContent: rules are one where they allow the same, and only there.
func TestSpreadContent(t *testing.T) {
	two, ignore, honor := int32(2), corev1.NodeInclusionPolicyIgnore, corev1.NodeInclusionPolicyHonor
	content := func(change func(*corev1.Pod, *corev1.TopologySpreadConstraint)) string {
		pod := spreading(over(zone))
		change(pod, &pod.Spec.TopologySpreadConstraints[0])
		return Spreads(pod)[0].Content()
	}
	selects := func(pod *corev1.Pod, _ *corev1.TopologySpreadConstraint) {
		pod.Spec.NodeSelector = map[string]string{"a": "b"}
	}
	tolerates := func(pod *corev1.Pod, _ *corev1.TopologySpreadConstraint) {
		pod.Spec.Tolerations = []corev1.Toleration{{Key: "a"}}
	}
	plain := content(func(*corev1.Pod, *corev1.TopologySpreadConstraint) {})
	require.Equal(t, plain, content(tolerates))
	require.Equal(t, plain, content(func(pod *corev1.Pod, _ *corev1.TopologySpreadConstraint) { pod.Namespace = "" }))
	seen := map[string]string{plain: "plain"}
	for name, change := range map[string]func(*corev1.Pod, *corev1.TopologySpreadConstraint){
		"skew":       func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.MaxSkew = 2 },
		"domains":    func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.MinDomains = &two },
		"key":        func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.TopologyKey = "rack" },
		"selector":   func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.LabelSelector = apps("db") },
		"all pods":   func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.LabelSelector = &metav1.LabelSelector{} },
		"no pods":    func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.LabelSelector = nil },
		"label keys": func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.MatchLabelKeys = []string{"rev"} },
		"namespace":  func(pod *corev1.Pod, _ *corev1.TopologySpreadConstraint) { pod.Namespace = "blue" },
		"node rules": selects,
		"affinity":   func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.NodeAffinityPolicy = &ignore },
		"taints":     func(_ *corev1.Pod, c *corev1.TopologySpreadConstraint) { c.NodeTaintsPolicy = &honor },
		"tolerations": func(pod *corev1.Pod, c *corev1.TopologySpreadConstraint) {
			c.NodeTaintsPolicy = &honor
			tolerates(pod, c)
		},
		"other keys": func(pod *corev1.Pod, _ *corev1.TopologySpreadConstraint) {
			pod.Spec.TopologySpreadConstraints = append(pod.Spec.TopologySpreadConstraints, over("rack"))
		},
	} {
		c := content(change)
		require.Empty(t, seen[c], name)
		seen[c] = name
	}
}
