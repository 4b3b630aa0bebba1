package kube_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
)

const zone = corev1.LabelTopologyZone

// over returns a constraint of the pods of app web over a key.
func over(key string, change ...func(*corev1.TopologySpreadConstraint)) corev1.TopologySpreadConstraint {
	c := corev1.TopologySpreadConstraint{TopologyKey: key, MaxSkew: 2, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: app("web")}
	for _, f := range change {
		f(&c)
	}
	return c
}

func withSpread(pod *corev1.Pod, all ...corev1.TopologySpreadConstraint) *corev1.Pod {
	pod.Spec.TopologySpreadConstraints = all
	return pod
}

func on(kv ...string) kube.Node {
	n := kube.Node{Name: kube.UnknownName, Labels: map[string]string{}}
	for i := 0; i < len(kv); i += 2 {
		n.Labels[kv[i]] = kv[i+1]
	}
	nodelabel.AddAliases(n.Labels)
	return n
}

func withTaint(n kube.Node, effect corev1.TaintEffect) kube.Node {
	n.Taints = append(n.Taints, corev1.Taint{Key: "only", Value: "x", Effect: effect})
	return n
}

// TestSpreadRule: what a constraint says, whichever way it is stated.
func TestSpreadRule(t *testing.T) {
	five := int32(5)
	for name, tt := range map[string]struct {
		constraint          corev1.TopologySpreadConstraint
		key                 string
		skew, min           int64
		preferred, ofDomain bool
	}{
		"by zone":                     {over(zone), zone, 2, 0, false, true},
		"by an old name":              {over(corev1.LabelFailureDomainBetaZone), zone, 2, 0, false, true},
		"by any key":                  {over("rack"), "rack", 2, 0, false, true},
		"by node":                     {over(corev1.LabelHostname), "", 0, 0, false, false},
		"minDomains":                  {over(zone, func(c *corev1.TopologySpreadConstraint) { c.MinDomains = &five }), zone, 2, 5, false, true},
		"a wish":                      {over(zone, func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = corev1.ScheduleAnyway }), zone, 2, 0, true, true},
		"nothing said, which is hard": {over(zone, func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = "" }), zone, 2, 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			rules := kube.DomainRules(withSpread(labelled("", "app", "web"), tt.constraint), nil)
			if !tt.ofDomain {
				require.Empty(t, rules)
				return
			}
			require.Len(t, rules, 1)
			r := rules[0]
			require.Equal(t, kube.Spread, r.Kind)
			require.Equal(t, []any{tt.key, tt.skew, tt.min, tt.preferred}, []any{r.Key, r.MaxSkew, r.MinDomains, r.Preferred})
			require.Equal(t, "spec.topologySpreadConstraints[0]", r.Path)
		})
	}
}

// TestSpreadSelects: pods of the owner's namespace that its selector selects, but
// none that is on its way out. It need not select the owner.
func TestSpreadSelects(t *testing.T) {
	leaving := labelled("", "app", "web", "hash", "x")
	leaving.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	none := func(c *corev1.TopologySpreadConstraint) { c.LabelSelector = nil }
	every := func(c *corev1.TopologySpreadConstraint) { c.LabelSelector = &metav1.LabelSelector{} }
	byHash := func(c *corev1.TopologySpreadConstraint) { c.MatchLabelKeys = []string{"hash", "missing"} }
	for name, tt := range map[string]struct {
		constraint corev1.TopologySpreadConstraint
		other      *corev1.Pod
		want       bool
	}{
		"its like":                   {over(zone), labelled("", "app", "web"), true},
		"of the namespace by name":   {over(zone), labelled("default", "app", "web"), true},
		"another app":                {over(zone), labelled("", "app", "db"), false},
		"another namespace":          {over(zone), labelled("prod", "app", "web"), false},
		"being deleted":              {over(zone), leaving, false},
		"no selector":                {over(zone, none), labelled("", "app", "web"), false},
		"an empty selector":          {over(zone, every), labelled(""), true},
		"of the same value":          {over(zone, byHash), labelled("", "app", "web", "hash", "x"), true},
		"of another value":           {over(zone, byHash), labelled("", "app", "web", "hash", "y"), false},
		"by node, being deleted":     {over(corev1.LabelHostname), leaving, false},
		"by node, another namespace": {over(corev1.LabelHostname), labelled("prod", "app", "web"), false},
	} {
		t.Run(name, func(t *testing.T) {
			owner := withSpread(labelled("", "app", "other", "hash", "x"), tt.constraint)
			for _, r := range kube.DomainRules(owner, nil) {
				require.Equal(t, tt.want, r.Selects(tt.other))
			}
			for _, g := range kube.PodGroups(owner, nil) {
				require.Equal(t, tt.want, g.Selects(tt.other))
			}
		})
	}
}

// TestSpreadCounts: which nodes are of a domain, as the policies say, of a pod that
// must be on amd64 and tolerates nothing.
func TestSpreadCounts(t *testing.T) {
	ignore, honor := corev1.NodeInclusionPolicyIgnore, corev1.NodeInclusionPolicyHonor
	anyArch := func(c *corev1.TopologySpreadConstraint) { c.NodeAffinityPolicy = &ignore }
	tainted := func(c *corev1.TopologySpreadConstraint) { c.NodeTaintsPolicy = &honor }
	wish := func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = corev1.ScheduleAnyway }
	here := on(zone, "a", corev1.LabelArchStable, "amd64", "rack", "1")
	for name, tt := range map[string]struct {
		all  []corev1.TopologySpreadConstraint // the first is asked
		node kube.Node
		want bool
	}{
		"a node":                        {[]corev1.TopologySpreadConstraint{over(zone)}, here, true},
		"without the key":               {[]corev1.TopologySpreadConstraint{over(zone)}, on(corev1.LabelArchStable, "amd64"), false},
		"with an old name of the key":   {[]corev1.TopologySpreadConstraint{over(zone)}, on(corev1.LabelFailureDomainBetaZone, "a", corev1.LabelArchStable, "amd64"), true},
		"without the key of another":    {[]corev1.TopologySpreadConstraint{over(zone), over("rack")}, on(zone, "a", corev1.LabelArchStable, "amd64"), false},
		"with the keys of all":          {[]corev1.TopologySpreadConstraint{over(zone), over("rack")}, here, true},
		"a hostname is always there":    {[]corev1.TopologySpreadConstraint{over(zone), over(corev1.LabelHostname)}, here, true},
		"the key of a wish is its own":  {[]corev1.TopologySpreadConstraint{over(zone), over("none", wish)}, here, true},
		"wishes among themselves":       {[]corev1.TopologySpreadConstraint{over(zone, wish), over("none", wish), over("rack")}, here, false},
		"that its own rules refuse":     {[]corev1.TopologySpreadConstraint{over(zone)}, on(zone, "a", corev1.LabelArchStable, "arm64"), false},
		"that count nevertheless":       {[]corev1.TopologySpreadConstraint{over(zone, anyArch)}, on(zone, "a", corev1.LabelArchStable, "arm64"), true},
		"with a taint":                  {[]corev1.TopologySpreadConstraint{over(zone)}, withTaint(here, corev1.TaintEffectNoSchedule), true},
		"with a taint that matters":     {[]corev1.TopologySpreadConstraint{over(zone, tainted)}, withTaint(here, corev1.TaintEffectNoExecute), false},
		"with one that matters little":  {[]corev1.TopologySpreadConstraint{over(zone, tainted)}, withTaint(here, corev1.TaintEffectPreferNoSchedule), true},
		"nothing said is as hard as is": {[]corev1.TopologySpreadConstraint{over(zone), over("none", func(c *corev1.TopologySpreadConstraint) { c.WhenUnsatisfiable = "" })}, here, false},
	} {
		t.Run(name, func(t *testing.T) {
			owner := withSpread(labelled("", "app", "web"), tt.all...)
			owner.Spec.NodeSelector = map[string]string{corev1.LabelArchStable: "amd64"}
			require.Equal(t, tt.want, kube.DomainRules(owner, nil)[0].Counts(tt.node))
		})
	}
}
