package solver_test

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// Pods of 1100m are one to a small node: nothing that comes later fits beside
// them there.

func zoneTales() []tale {
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, spread(keyZone, 1))...)
	}
	zones := func(names ...string) []binpack.Pool {
		return []binpack.Pool{poolOf("default", allowing(keyZone, names...))}
	}
	one := deployment(1, "web", cpu("1100m"))
	return []tale{
		{name: "a key that no node has", karpenter: "the pod that spreads by it stays, another is placed", batches: []batch{
			{pods{deployment(1, "odd", spread("unknown", 1)), deployment(1, "plain")}, facts{left("odd", 1, binpack.TopologySpread)}},
		}},
		{name: "a selector that is not valid", karpenter: "counts nothing; not run since the API server refuses it", why: "it is an error, as for the API server", batches: []batch{
			{pods{deployment(2, "web", spread(keyZone, 1, of(selectApp("{{ web }}"))))}, nil},
		}, fault: "labelSelector"},
		{name: "no selector", karpenter: "counts nothing: both pods in one zone", batches: []batch{
			{pods{deployment(2, "web", spread(keyZone, 1, of(nil)))}, facts{count("web", keyZone, 2)}},
		}},
		{name: "four pods", karpenter: "1, 1, 2", batches: []batch{
			{pods{web(4)}, facts{count("web", keyZone, 1, 1, 2)}},
		}},
		{name: "selected by an expression", karpenter: "1, 1, 2", batches: []batch{
			{pods{deployment(4, "web", spread(keyZone, 1, of(problemtest.Apps("web"))))}, facts{count("web", keyZone, 1, 1, 2)}},
		}},
		{name: "a pool of all three zones", karpenter: "1, 1, 2", pools: zones(zone1, zone2, zone3), batches: []batch{
			{pods{web(4)}, facts{count("web", keyZone, 1, 1, 2)}},
		}},
		{name: "a pool of two zones", karpenter: "2, 2", pools: zones(zone1, zone2), batches: []batch{
			{pods{web(4)}, facts{count("web", keyZone, 2, 2)}},
		}},
		{name: "a pool with a zone as label", karpenter: "4", pools: []binpack.Pool{poolOf("default", bearing(keyZone, zone1))}, batches: []batch{
			{pods{web(4)}, facts{count("web", keyZone, 4), on("web", keyZone, zone1)}},
		}},
		{name: "a pool of two zones with one of them as label", karpenter: "4",
			pools: []binpack.Pool{poolOf("default", allowing(keyZone, zone1, zone2), bearing(keyZone, zone1))}, batches: []batch{
				{pods{web(4)}, facts{count("web", keyZone, 4), on("web", keyZone, zone1)}},
			}},
		{name: "two pools with a zone each", karpenter: "2, 2",
			pools: []binpack.Pool{poolOf("a", allowing(keyZone, zone1, zone2), bearing(keyZone, zone1)), poolOf("b", bearing(keyZone, zone2))}, batches: []batch{
				{pods{web(4)}, facts{count("web", keyZone, 2, 2)}},
			}},
		{name: "a pod runs in the zone that the pool lacks", karpenter: "1, 2, 2: more than one above that zone is too many",
			pools: zones(zone1, zone2), nodes: []binpack.ExistingNode{running("c", smallType, zone3, catalog.OnDemand, one)}, batches: []batch{
				{pods{web(6, cpu("1100m"))}, facts{count("web", keyZone, 1, 2, 2), left("web", 2, binpack.TopologySpread)}},
			}},
		{name: "the fullest zone is the only one, skew 5", karpenter: "1, 1, 6", pools: zones(zone3),
			nodes: []binpack.ExistingNode{running("a", smallType, zone1, catalog.Spot, one), running("b", smallType, zone2, catalog.Spot, one)}, batches: []batch{
				{pods{deployment(10, "web", cpu("1100m"), spread(keyZone, 5))}, facts{count("web", keyZone, 1, 1, 6), left("web", 4, binpack.TopologySpread)}},
			}},
		{name: "the skew is broken already", karpenter: "1, 2, 3: only zones that have few take more", nodes: []binpack.ExistingNode{
			running("a", ordinaryType, zone1, catalog.Spot, deployment(3, "web", cpu("1100m"))),
			running("b", ordinaryType, zone2, catalog.Spot), running("c", ordinaryType, zone3, catalog.OnDemand),
		}, batches: []batch{
			{pods{web(3, cpu("1100m"))}, facts{count("web", keyZone, 1, 2, 3), launches(0)}},
		}},
		{name: "a pod that spreads runs in a zone that is closed now", karpenter: "1, 2, 2", pools: zones(zone2, zone3),
			nodes: []binpack.ExistingNode{running("a", smallType, zone1, catalog.Spot, web(1, cpu("1100m")))}, batches: []batch{
				{pods{web(10, cpu("1100m"))}, facts{count("web", keyZone, 1, 2, 2), left("web", 6, binpack.TopologySpread)}},
			}},
		{name: "a pod without the rule runs in a zone that is closed now", karpenter: "1, 2, 2", pools: zones(zone2, zone3),
			nodes: []binpack.ExistingNode{running("a", smallType, zone1, catalog.Spot, one)}, batches: []batch{
				{pods{web(10, cpu("1100m"))}, facts{count("web", keyZone, 1, 2, 2), left("web", 6, binpack.TopologySpread)}},
			}},
		{name: "which pods count", karpenter: "1, 2, 2: neither pods without the label, a zone or a node, nor of another namespace, nor terminated or deleted ones",
			nodes: whoCounts(keyZone, zone1, zone2), batches: []batch{
				{whoCountsNext(keyZone), facts{count("counted", keyZone, 1, 2, 2), left("gated", 1, binpack.SchedulingGated), left("deleted", 1, binpack.NotPending)}},
			}},
		{name: "a pod without rules", karpenter: "placed", batches: []batch{
			{pods{deployment(1, "plain")}, facts{count("plain", keyZone, 1)}},
		}},
		{name: "fewer zones than minDomains", karpenter: "1, 1: the least counts as 0", pools: zones(zone1, zone2), batches: []batch{
			{pods{deployment(3, "web", spread(keyZone, 1, minDomains(3)))}, facts{count("web", keyZone, 1, 1), left("web", 1, binpack.TopologySpread)}},
		}},
		{name: "as many zones as minDomains", karpenter: "3, 4, 4", pools: zones(zone1, zone2, zone3), batches: []batch{
			{pods{deployment(11, "web", spread(keyZone, 1, minDomains(3)))}, facts{count("web", keyZone, 3, 4, 4)}},
		}},
		{name: "more zones than minDomains", karpenter: "3, 4, 4", pools: zones(zone1, zone2, zone3), batches: []batch{
			{pods{deployment(11, "web", spread(keyZone, 1, minDomains(2)))}, facts{count("web", keyZone, 3, 4, 4)}},
		}},
	}
}

// counted marks the pods that a spread of web in the default namespace counts.
func counted(p *corev1.Pod) { p.Labels["role"] = "counted" }

// whoCounts is a node in each of two domains and one in none. Of the pods there
// two count in the first domain and one in the second.
func whoCounts(key, first, second string) []binpack.ExistingNode {
	return []binpack.ExistingNode{
		holding(foreign("a", labelsOf(key, first)), deployment(2, "web", counted), deployment(1, "other"), deployment(1, "web", namespaced("elsewhere")),
			deployment(1, "web", phase(corev1.PodFailed)), deployment(1, "web", phase(corev1.PodSucceeded)), deployment(1, "web", deleted)),
		holding(foreign("b", labelsOf(key, second)), deployment(1, "web", counted)),
		holding(foreign("none", nil), deployment(1, "web")),
	}
}

// whoCountsNext is two pods that spread, and two that are not to be scheduled.
func whoCountsNext(key string) pods {
	return pods{deployment(2, "web", counted, spread(key, 1)), deployment(1, "gated", labelled("app", "web"), gated), deployment(1, "deleted", labelled("app", "web"), deleted)}
}

func nodeTales() []tale {
	built := func(name, arch string) binpack.Workload {
		return deployment(2, name, spread(keyNode, 1), requiring(keyArch, arch))
	}
	version := func(v string) binpack.Workload {
		return deployment(2, "web", labelled("version", v), spread(keyNode, 1, byLabelKeys("version")))
	}
	return []tale{
		{name: "four pods", karpenter: "1, 1, 1, 1", batches: []batch{
			{pods{deployment(4, "web", spread(keyNode, 1))}, facts{count("web", keyNode, 1, 1, 1, 1)}},
		}},
		{name: "four pods, skew 4", karpenter: "4", batches: []batch{
			{pods{deployment(4, "web", spread(keyNode, 4))}, facts{count("web", keyNode, 4)}},
		}},
		{name: "two deployments", karpenter: "share two nodes", batches: []batch{
			{pods{deployment(2, "a", spread(keyNode, 1)), deployment(2, "b", spread(keyNode, 1))}, facts{together("a", "b", keyNode), launches(2)}},
		}},
		{name: "two deployments of different architectures", karpenter: "four nodes", batches: []batch{
			{pods{built("a", "amd64"), built("b", "arm64")}, facts{separate("a", "b", keyNode), launches(4)}},
		}},
		{name: "pods that their own rule does not select", karpenter: "all on one node: they do not count", batches: []batch{
			{pods{deployment(5, "blind", spread(keyNode, 1, of(selectApp("web"))))}, facts{count("blind", keyNode, 5)}},
		}},
		{name: "matchLabelKeys", karpenter: "2, 2: each version by itself", batches: []batch{
			{pods{version("a"), version("b")}, facts{count("web", keyNode, 2, 2)}},
		}},
		{name: "matchLabelKeys that the pods lack", karpenter: "1, 1, 1, 1: the key does not count", batches: []batch{
			{pods{deployment(4, "web", spread(keyNode, 1, byLabelKeys("version")))}, facts{count("web", keyNode, 1, 1, 1, 1)}},
		}},
	}
}

func marketTales() []tale {
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, spread(keyMarket, 1))...)
	}
	markets := func(names ...string) []binpack.Pool {
		return []binpack.Pool{poolOf("default", allowing(keyMarket, names...))}
	}
	spot := running("spot", smallType, zone1, catalog.Spot, deployment(1, "web", cpu("1100m")))
	onDemand := running("on-demand", singlePodType, zone1, catalog.OnDemand, deployment(1, "web"))
	return []tale{
		{name: "four pods", karpenter: "2, 2", batches: []batch{
			{pods{web(4)}, facts{count("web", keyMarket, 2, 2)}},
		}},
		{name: "a pool of both", karpenter: "2, 2", pools: markets("spot", "on-demand"), batches: []batch{
			{pods{web(4)}, facts{count("web", keyMarket, 2, 2)}},
		}},
		{name: "spot is closed, a pod runs there", karpenter: "1, 2", pools: markets("on-demand"), nodes: []binpack.ExistingNode{spot}, batches: []batch{
			{pods{web(5, cpu("1100m"))}, facts{count("web", keyMarket, 1, 2), left("web", 3, binpack.TopologySpread)}},
		}},
		{name: "the same, as a wish", karpenter: "1, 5", pools: markets("on-demand"), nodes: []binpack.ExistingNode{spot}, batches: []batch{
			{pods{deployment(5, "web", cpu("1100m"), spread(keyMarket, 1, anyway))}, facts{count("web", keyMarket, 1, 5)}},
		}},
		{name: "which pods count", karpenter: "2, 3: as over zones", nodes: whoCounts(keyMarket, "spot", "on-demand"), batches: []batch{
			{whoCountsNext(keyMarket), facts{count("counted", keyMarket, 2, 3), left("gated", 1, binpack.SchedulingGated), left("deleted", 1, binpack.NotPending)}},
		}},
		{name: "a pod without rules", karpenter: "placed", batches: []batch{
			{pods{deployment(1, "plain")}, facts{count("plain", keyMarket, 1)}},
		}},
		{name: "pods that their own rule does not select", karpenter: "all on one node: they do not count", batches: []batch{
			{pods{deployment(5, "blind", spread(keyMarket, 1, of(selectApp("web"))))}, facts{count("blind", keyNode, 5)}},
		}},
		{name: "pods that may only be on spot in one zone", karpenter: "1, 5: the pod on demand in another zone does not count",
			nodes: []binpack.ExistingNode{onDemand}, batches: []batch{
				{pods{web(5, requiring(keyZone, zone2), requiring(keyMarket, "spot"))}, facts{count("web", keyMarket, 1, 5)}},
			}},
		{name: "a pool that may only launch spot", karpenter: "1, 2: the pod on demand counts", pools: markets("spot"), nodes: []binpack.ExistingNode{onDemand}, batches: []batch{
			{pods{web(5, cpu("2"))}, facts{count("web", keyMarket, 1, 2), left("web", 3, binpack.TopologySpread)}},
		}},
		{name: "a pool that may only launch arm64", karpenter: "1, 2: the pod on amd64 counts", pools: []binpack.Pool{poolOf("default", allowing(keyArch, "arm64"))},
			nodes: []binpack.ExistingNode{onDemand}, batches: []batch{
				{pods{deployment(5, "web", cpu("2"), spread(keyArch, 1))}, facts{count("web", keyArch, 1, 2), left("web", 3, binpack.TopologySpread)}},
			}},
	}
}
