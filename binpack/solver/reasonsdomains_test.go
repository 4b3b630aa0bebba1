package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
)

// inZone adds an existing node in a zone, with no room but for these pods.
func inZone(zone string, pods ...binpack.Workload) func(*binpack.Problem) {
	return func(p *binpack.Problem) {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "up-" + zone, Labels: labelsOf(keyZone, zone)}}
		node.Status.Allocatable = problemtest.List("cpu", "1", "pods", "1")
		p.Existing = append(p.Existing, holding(node, pods...))
	}
}

// TestReasonsOfDomains: what a pod asks of others, and others of it.
func TestReasonsOfDomains(t *testing.T) {
	web := func(n int, rules ...podRule) []binpack.Workload {
		return []binpack.Workload{deployment(n, "web", rules...)}
	}
	for name, c := range map[string]reasonCase{
		"apart, each zone has one": {web(3, apart("web", keyZone)), sold("a", "b"), []string{
			"1 web, default: PodAntiAffinity (spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone; a has 1, b has 1; fits small in a without spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"apart, the running pods have every zone": {web(1, apart("db", keyZone)), both(sold("a", "b"), inZone("a", deployment(1, "db")), inZone("b", deployment(1, "db"))), []string{
			"1 web, default: PodAntiAffinity (spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=db in its topology.kubernetes.io/zone; a has 1, b has 1; fits small in a without spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"apart, and too large for the other zone": {web(2, apart("web", keyZone), cpu("3")), both(sold("a", "b"), func(p *binpack.Problem) {
			p.Catalog[1].Offerings = p.Catalog[1].Offerings[:1]
		}), []string{
			"1 web, default: PodAntiAffinity (spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone; a has 1, b has 0 (InsufficientResources); fits large in a without spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"apart, and the other zone is not the pool's": {web(2, apart("web", keyZone)), both(sold("a", "b"), onPool(allowing(keyZone, "a"))), []string{
			"1 web, default: PodAntiAffinity (spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone; a has 1; fits small in a without spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"running pods keep apart": {web(1), both(inZone("a", deployment(1, "db", apart("web", keyZone)))), []string{
			"1 web, default: PodAntiAffinity (Existing[0].Pods[0].spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone (a))",
		}},
		"others that are new keep apart": {[]binpack.Workload{deployment(1, "db", priority(5), apart("web", keyZone)), deployment(1, "web")}, onPool(limited("nodes", "9")), []string{
			"1 web, default: PodAntiAffinity (Workloads[0].Pod.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone (a))",
		}},
		"spread, the other zone is unavailable": {web(3, spread(keyZone, 1)), both(sold("a", "b"), func(p *binpack.Problem) {
			p.Catalog[0].Offerings[1].Unavailable, p.Catalog[1].Offerings[1].Unavailable = true, true
		}), nil},
		"spread, the other zone is an existing node's": {web(3, spread(keyZone, 1)), inZone("b", deployment(1, "db")), []string{
			"2 web, default: TopologySpread (spec.topologySpreadConstraints[0]: maxSkew 1 of app=web by topology.kubernetes.io/zone; a has 1, b has 0 (NoAvailableOffering); fits large in a with spec.topologySpreadConstraints[0].maxSkew: 2)",
		}},
		"spread, too large for the other zone": {web(3, spread(keyZone, 2), cpu("3")), both(sold("a", "b"), func(p *binpack.Problem) {
			p.Catalog[1].Offerings = p.Catalog[1].Offerings[:1]
		}), []string{
			"1 web, default: TopologySpread (spec.topologySpreadConstraints[0]: maxSkew 2 of app=web by topology.kubernetes.io/zone; a has 2, b has 0 (InsufficientResources); fits large in a with spec.topologySpreadConstraints[0].maxSkew: 3)",
		}},
		"spread, too few domains": {web(3, spread(keyZone, 1, minDomains(3))), sold("a", "b"), []string{
			"1 web, default: TopologySpread (spec.topologySpreadConstraints[0]: maxSkew 1 of app=web by topology.kubernetes.io/zone, above 0 for want of minDomains 3; a has 1, b has 1; fits large in a with spec.topologySpreadConstraints[0].maxSkew: 2)",
		}},
		"spread by a label that is not known": {web(1, spread("rack", 1)), nil, []string{
			"1 web, default: TopologySpread (spec.topologySpreadConstraints[0]: maxSkew 1 of app=web by rack, but no new node is known to have that label)",
		}},
		"spread of others": {[]binpack.Workload{deployment(2, "db", priority(5), labelled("tier", "x"), func(p *corev1.Pod) {
			spread(keyZone, 1)(p)
			p.Spec.TopologySpreadConstraints[0].LabelSelector = &metav1.LabelSelector{MatchLabels: labelsOf("tier", "x")}
		}), deployment(1, "web", labelled("tier", "x"), selecting(keyZone, "a"))}, both(sold("a", "b"), inZone("c", deployment(1, "old")), onPool(limited("nodes", "9"))), []string{
			"1 web, default: TopologySpread (Workloads[0].Pod.spec.topologySpreadConstraints[0]: maxSkew 1 of tier=x by topology.kubernetes.io/zone (a))",
		}},
		"near, and there is none": {web(1, near("db", keyZone)), nil, []string{
			"1 web, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db in its topology.kubernetes.io/zone; a has 0; fits small in a without spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"near, where there is no room": {web(1, near("db", keyZone), cpu("3")), both(sold("a", "b"), inZone("b", deployment(1, "db")), func(p *binpack.Problem) {
			p.Catalog[1].Offerings = p.Catalog[1].Offerings[:1]
		}), []string{
			"1 web, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db in its topology.kubernetes.io/zone; a has 0, b has 1 (InsufficientResources); fits large in a without spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"near, by a label that is not known": {web(1, near("web", "rack")), nil, []string{
			"1 web, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=web in its rack, but no new node is known to have that label)",
		}},
		"near, on its node": {web(1, near("db", keyNode)), inZone("a", deployment(1, "db")), []string{
			"1 web, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db on its node (nodes that have it: 1); fits small in a without spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"near, of two terms": {web(1, near("db", keyZone), near("cache", keyZone)), nil, []string{
			"1 web, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db and app=cache in its topology.kubernetes.io/zone; a has 0)",
		}},
	} {
		t.Run(name, func(t *testing.T) { explained(t, c) })
	}
}
