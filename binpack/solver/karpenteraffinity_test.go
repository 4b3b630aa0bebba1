package solver_test

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

func podAffinityTales() []tale {
	return []tale{
		{name: "affinity that states nothing", karpenter: "placed", batches: []batch{
			{pods{deployment(1, "web", emptyAffinity)}, facts{launches(1)}},
		}},
		{name: "to a pod, by node", karpenter: "on its node", batches: []batch{
			{pods{deployment(10, "web", spread(keyNode, 1)), deployment(1, "target"), deployment(1, "guest", near("target", keyNode))},
				facts{together("guest", "target", keyNode), launches(10)}},
		}},
		{name: "to its group, by architecture, one to a node", karpenter: "another node of the architecture of the first", batches: []batch{
			{pods{
				deployment(1, "target", labelled("group", "x"), cpu("2"), selecting(keyArch, "arm64"), spread(keyNode, 1, of(selectGroup("x")))),
				deployment(1, "guest", labelled("group", "x"), cpu("1"), near("", keyArch, to(selectGroup("x"))), spread(keyNode, 1, of(selectGroup("x")))),
			}, facts{together("guest", "target", keyArch), separate("guest", "target", keyNode)}},
		}},
		{name: "to another pod of its group, by architecture, one to a node", karpenter: "another node of its architecture", batches: []batch{
			{pods{
				deployment(1, "target", labelled("group", "x"), cpu("2"), selecting(keyArch, "arm64"), spread(keyNode, 1, of(selectGroup("x")))),
				deployment(1, "guest", labelled("group", "x"), cpu("1"), near("target", keyArch), spread(keyNode, 1, of(selectGroup("x")))),
			}, facts{together("guest", "target", keyArch), separate("guest", "target", keyNode)}},
		}},
		{name: "to itself, by node", karpenter: "one node", batches: []batch{
			{pods{deployment(3, "web", near("web", keyNode))}, facts{count("web", keyNode, 3)}},
		}},
		{name: "to itself, by node, more than a node holds", karpenter: "5 on one node, 5 left; then none", batches: []batch{
			{pods{deployment(10, "web", near("web", keyNode))}, facts{count("web", keyNode, 5), left("web", 5, binpack.PodAffinity)}},
			{pods{deployment(10, "web", near("web", keyNode))}, facts{count("web", keyNode, 5), left("web", 10, binpack.PodAffinity)}},
		}},
		{name: "to itself, by node, one runs in a zone that others must not be in", karpenter: "all left: node rules do not hide the pod",
			nodes: []binpack.ExistingNode{running("a", smallType, zone1, catalog.Spot, deployment(1, "web", near("web", keyNode)))}, batches: []batch{
				{pods{deployment(10, "web", requiring(keyZone, zone2, zone3), near("web", keyNode))}, facts{left("web", 10, binpack.PodAffinity)}},
			}},
		{name: "to itself, by zone", karpenter: "one node", batches: []batch{
			{pods{deployment(3, "web", near("web", keyZone))}, facts{count("web", keyZone, 3), count("web", keyNode, 3)}},
		}},
		{name: "to itself, by zone, in one zone", karpenter: "one node there", batches: []batch{
			{pods{deployment(3, "web", near("web", keyZone), requiring(keyZone, zone3))}, facts{on("web", keyZone, zone3), count("web", keyNode, 3)}},
		}},
		{name: "to themselves, by zone, in different zones", karpenter: "both placed, apart",
			why: "once one is bound, the scheduler does not take the other for the first of its kind: it would stay pending", batches: []batch{
				{pods{deployment(1, "web", near("web", keyZone), requiring(keyZone, zone2)), deployment(1, "web", near("web", keyZone), requiring(keyZone, zone3))},
					facts{count("web", keyZone, 1), left("web", 1, binpack.PodAffinity)}},
			}},
		{name: "as a wish, to a pod that is not there", karpenter: "placed", batches: []batch{
			{pods{deployment(10, "web", spread(keyNode, 1)), deployment(1, "guest", ratherNear("target", keyNode))}, facts{launches(10)}},
		}},
		{name: "as a wish, against a spread", karpenter: "all placed, one to a node", batches: []batch{
			{pods{deployment(1, "target"), deployment(3, "web", ratherNear("target", keyNode), spread(keyNode, 1))}, facts{count("web", keyNode, 1, 1, 1), launches(3)}},
		}},
		{name: "to a pod that is not there", karpenter: "all left", batches: []batch{
			{pods{deployment(10, "web", near("target", keyZone))}, facts{left("web", 10, binpack.PodAffinity)}},
		}},
		{name: "to a pod that may be anywhere, by zone", karpenter: "all left; in the next batch all in its zone",
			why: "a launch has a zone: all are placed at once", batches: []batch{
				{pods{deployment(1, "target"), deployment(10, "web", near("target", keyZone))}, facts{count("web", keyZone, 10), together("web", "target", keyZone)}},
			}},
		{name: "to a pod that is for one zone, by zone", karpenter: "all in this zone", batches: []batch{
			{pods{deployment(1, "target", requiring(keyZone, zone1)), deployment(10, "web", near("target", keyZone))},
				facts{count("web", keyZone, 10), together("web", "target", keyZone), on("web", keyZone, zone1)}},
		}},
		{name: "in a chain", karpenter: "all placed", batches: []batch{
			{pods{deployment(1, "db"), deployment(1, "web", near("db", keyNode)), deployment(1, "cache", near("web", keyNode)), deployment(1, "ui", near("cache", keyNode))},
				facts{together("ui", "db", keyNode), launches(1)}},
		}},
		{name: "a chain without a first", karpenter: "left", batches: []batch{
			{pods{deployment(1, "web", near("db", keyNode))}, facts{left("web", 1, binpack.PodAffinity)}},
		}},
	}
}

func antiAffinityTales() []tale {
	const whichever = "one of the four must stay; what counts is how many, then the cost, not which was first"
	const atOnce = "a launch has a zone: both are placed at once"
	each := func(rules ...podRule) pods {
		var out pods
		for _, zone := range []string{zone1, zone2, zone3} {
			out = append(out, deployment(1, "large", append([]podRule{cpu("2"), selecting(keyZone, zone)}, rules...)...))
		}
		return out
	}
	everywhere := func(rules ...podRule) []binpack.ExistingNode {
		return []binpack.ExistingNode{
			running("a", ordinaryType, zone1, catalog.Spot, deployment(1, "large", append(rules, cpu("2"))...)),
			running("b", ordinaryType, zone2, catalog.Spot, deployment(1, "large", append(rules, cpu("2"))...)),
			running("c", ordinaryType, zone3, catalog.OnDemand, deployment(1, "large", append(rules, cpu("2"))...)),
		}
	}
	repelled := deployment(1, "web")
	return []tale{
		{name: "to a pod, by node", karpenter: "another node", batches: []batch{
			{pods{deployment(1, "target"), deployment(1, "web", apart("target", keyNode))}, facts{separate("web", "target", keyNode)}},
			{pods{deployment(1, "target"), deployment(1, "web", apart("target", keyNode))}, facts{separate("web", "target", keyNode), launches(0)}},
		}},
		{name: "to pods in every zone", karpenter: "the pod that repels is left", why: whichever, batches: []batch{
			{append(each(), deployment(1, "web", apart("large", keyZone))), facts{left(everyApp, 1, binpack.PodAntiAffinity)}},
		}},
		{name: "to pods in every zone that go first", karpenter: "the pod that repels is left", batches: []batch{
			{append(each(priority(1)), deployment(1, "web", apart("large", keyZone))), facts{count("large", keyZone, 1, 1, 1), left("web", 1, binpack.PodAntiAffinity)}},
		}},
		{name: "to a pod that may be anywhere, by zone", karpenter: "the pod that repels is left", why: atOnce, batches: []batch{
			{pods{deployment(1, "large", cpu("2")), deployment(1, "web", apart("large", keyZone))}, facts{separate("web", "large", keyZone)}},
		}},
		{name: "to its group, by architecture", karpenter: "another architecture", batches: []batch{
			{pods{
				deployment(1, "target", labelled("group", "x"), cpu("2"), selecting(keyArch, "arm64"), spread(keyNode, 1, of(selectGroup("x")))),
				deployment(1, "web", labelled("group", "x"), cpu("1"), apart("", keyArch, to(selectGroup("x"))), spread(keyNode, 1, of(selectGroup("x")))),
			}, facts{separate("web", "target", keyArch), on("web", keyArch, "amd64")}},
		}},
		{name: "by pods in every zone, as a wish", karpenter: "all placed", batches: []batch{
			{append(each(ratherApart("web", keyZone)), repelled), facts{count("large", keyZone, 1, 1, 1)}},
		}},
		{name: "by pods in every zone", karpenter: "the repelled pod is left", why: whichever, batches: []batch{
			{append(each(apart("web", keyZone)), repelled), facts{left(everyApp, 1, binpack.PodAntiAffinity)}},
		}},
		{name: "by pods in every zone that go first", karpenter: "the repelled pod is left", batches: []batch{
			{append(each(priority(1), apart("web", keyZone)), repelled), facts{count("large", keyZone, 1, 1, 1), left("web", 1, binpack.PodAntiAffinity)}},
		}},
		{name: "by a pod that may be anywhere, by zone", karpenter: "the repelled pod is left; in the next batch in another zone", why: atOnce, batches: []batch{
			{pods{deployment(1, "large", cpu("2"), apart("web", keyZone)), repelled}, facts{separate("web", "large", keyZone)}},
		}},
		{name: "by pods that run in every zone", karpenter: "left", nodes: everywhere(apart("web", keyZone)), batches: []batch{
			{pods{repelled}, facts{left("web", 1, binpack.PodAntiAffinity)}},
		}},
		{name: "by pods that run in every zone, as a wish", karpenter: "placed", nodes: everywhere(ratherApart("web", keyZone)), batches: []batch{
			{pods{repelled}, facts{launches(0)}},
		}},
		{name: "to pods that spread over all zones, as a wish", karpenter: "all placed", batches: []batch{
			{pods{deployment(3, "target", spread(keyZone, 1)), deployment(10, "web", ratherApart("target", keyZone))}, facts{count("target", keyZone, 1, 1, 1)}},
		}},
		{name: "to themselves, by zone, in batches of three", karpenter: "1; then 1, 1; then 1, 1, 1; then none",
			why: "a launch has a zone: all three are placed at once", batches: []batch{
				{pods{deployment(3, "web", apart("web", keyZone))}, facts{count("web", keyZone, 1, 1, 1)}},
				{pods{deployment(3, "web", apart("web", keyZone))}, facts{left("web", 3, binpack.PodAntiAffinity)}},
			}},
	}
}

func namespaceTales() []tale {
	crowd := deployment(10, "web", spread(keyNode, 1))
	target := deployment(1, "target", namespaced("elsewhere"))
	namespaces := func(p *binpack.Problem) {
		p.Namespaces = []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "elsewhere", Labels: labelsOf("foo", "bar")}}}
	}
	return []tale{
		{name: "affinity to a pod of another namespace", karpenter: "left", change: namespaces, batches: []batch{
			{pods{crowd, target, deployment(1, "guest", near("target", keyNode))}, facts{left("guest", 1, binpack.PodAffinity)}},
		}},
		{name: "that the term lists", karpenter: "on the pod's node", change: namespaces, batches: []batch{
			{pods{crowd, target, deployment(1, "guest", near("target", keyNode, inNamespaces("elsewhere")))}, facts{together("guest", "target", keyNode)}},
		}},
		{name: "that an empty selector selects, as all are", karpenter: "on the pod's node", change: namespaces, batches: []batch{
			{pods{crowd, target, deployment(1, "guest", near("target", keyNode, inEveryNamespace))}, facts{together("guest", "target", keyNode)}},
		}},
	}
}

func taintTales() []tale {
	const block = corev1.TaintEffectNoSchedule
	pool := []binpack.Pool{poolOf("default", tainted(ksNoSchedule("team", "a")))}
	return []tale{
		{name: "a pool's taint", karpenter: "is on the node", pools: pool, batches: []batch{
			{pods{deployment(1, "web", tolerating("", corev1.TolerationOpExists, "", block))}, facts{taints("team")}},
		}},
		{name: "tolerations that match and others", karpenter: "those that match by key, or by key and value, are placed", pools: pool, batches: []batch{
			{pods{deployment(1, "by-key", tolerating("team", corev1.TolerationOpExists, "", block)), deployment(1, "by-value", tolerating("team", corev1.TolerationOpEqual, "a", block))}, nil},
			{pods{deployment(1, "none"), deployment(1, "other-key", tolerating("else", corev1.TolerationOpExists, "", "")), deployment(1, "no-value", tolerating("team", corev1.TolerationOpEqual, "", block))},
				facts{left("none", 1, binpack.UntoleratedTaint), left("other-key", 1, binpack.UntoleratedTaint), left("no-value", 1, binpack.UntoleratedTaint)}},
		}},
		{name: "a startup taint", karpenter: "placed without toleration", pools: []binpack.Pool{{Name: "default", StartupTaints: []corev1.Taint{ksNoSchedule("starting", "")}}}, batches: []batch{
			{pods{deployment(1, "web")}, facts{taints("starting")}},
		}},
		{name: "a toleration for what is not there", karpenter: "taints nothing", batches: []batch{
			{pods{deployment(1, "web", tolerating("team", corev1.TolerationOpExists, "", corev1.TaintEffectNoExecute))}, facts{taints()}},
		}},
	}
}

func volumeTales() []tale {
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, spread(keyZone, 1, minDomains(3)))...)
	}
	volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "disk"}}
	volume.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{
		{MatchExpressions: []corev1.NodeSelectorRequirement{problemtest.Requirement(keyZone, corev1.NodeSelectorOpIn, zone1)}},
	}}}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "data"}}
	claim.Spec.VolumeName = "disk"
	storage := binpack.Storage{Claims: []*corev1.PersistentVolumeClaim{claim}, Volumes: []*corev1.PersistentVolume{volume}}
	return []tale{
		{name: "pods in three zones, minDomains 3, then one with a volume", karpenter: "1, 1, 1; then 1, 1, 2: the volume's zone does not make the others ineligible",
			pools:  []binpack.Pool{poolOf("default", allowing(keyMarket, "on-demand"))},
			change: func(p *binpack.Problem) { p.Storage = storage }, batches: []batch{
				{pods{web(3)}, facts{count("web", keyZone, 1, 1, 1)}},
				{pods{web(1, labelled("role", "reader"), claiming("data"))},
					facts{count("web", keyZone, 1, 1, 2), on("reader", keyZone, zone1)}},
			}},
	}
}
