package solver_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

func manySpreadTales() []tale {
	const value = "example.com/share"
	zoneAndNode := func(n int) pods { return pods{deployment(n, "web", spread(keyZone, 1), spread(keyNode, 3))} }
	marketAndNode := func(n int) pods { return pods{deployment(n, "web", spread(keyMarket, 1), spread(keyNode, 3))} }
	by := func(key string, n ...int) facts { return facts{count("web", key, n...), atMost("web", keyNode, 3)} }
	return []tale{
		{name: "zones by 1 and nodes by 3, in batches of 2, 3, 5, 11", karpenter: "1, 1; then 1, 2, 2; then 3, 3, 4; then 7, 7, 7", batches: []batch{
			{zoneAndNode(2), by(keyZone, 1, 1)},
			{zoneAndNode(3), by(keyZone, 1, 2, 2)},
			{zoneAndNode(5), by(keyZone, 3, 3, 4)},
			{zoneAndNode(11), by(keyZone, 7, 7, 7)},
		}},
		{name: "a label: one pool has four values of it, another one", karpenter: "4 pods to a value: 16 on spot, 4 on demand", pools: []binpack.Pool{
			poolOf("spot", allowing(keyMarket, "spot"), allowing(value, "2", "3", "4", "5")),
			poolOf("on-demand", allowing(keyMarket, "on-demand"), allowing(value, "1")),
		}, batches: []batch{
			{pods{deployment(20, "web", spread(value, 1))}, facts{count("web", value, 4, 4, 4, 4, 4), count("web", keyMarket, 4, 16)}},
		}},
		{name: "the third zone is that of a pool without room, nodes are a wish", karpenter: "1, 1 by zone and by node", why: "a zone in which limits leave nothing to launch is no domain", pools: []binpack.Pool{
			poolOf("open", allowing(keyZone, zone1, zone2)),
			poolOf("full", allowing(keyZone, zone3), limited("cpu", "0")),
		}, batches: []batch{
			{pods{deployment(10, "web", spread(keyZone, 1), spread(keyNode, 1, anyway))},
				facts{count("web", keyZone, 5, 5)}},
		}},
		{name: "capacity types by 1 and nodes by 3, in batches of 2, 3, 5, 11", karpenter: "1, 1; then 2, 3; then 5, 5; then 10, 11", batches: []batch{
			{marketAndNode(2), by(keyMarket, 1, 1)},
			{marketAndNode(3), by(keyMarket, 2, 3)},
			{marketAndNode(5), by(keyMarket, 5, 5)},
			{marketAndNode(11), by(keyMarket, 10, 11)},
		}},
		marketAndZone(2, "1 and 1", []int{1, 1}, []int{1, 1}),
		marketAndZone(5, "3 and 2", []int{2, 3}, []int{1, 2, 2}),
		marketAndZone(8, "5 and 4", []int{4, 4}, []int{2, 3, 3}),
		marketAndZone(19, "11 and 7", []int{9, 10}, []int{6, 6, 7}),
		{name: "capacity types by 1, zones by 2, nodes by 3, in batches of 1 to 14", karpenter: "all placed, no skew broken",
			change: func(p *binpack.Problem) { p.Catalog = assorted() }, batches: growing(14)},
	}
}

// marketAndZone spreads n pods by two keys. Karpenter's test adds them in
// batches; but if the next one can be bound at all depends on where the last one
// went, for the third zone has no spot: here they come at once.
func marketAndZone(n int, karpenter string, market, zone []int) tale {
	return tale{
		name:      fmt.Sprintf("capacity types and zones by 1, %d pods", n),
		karpenter: "at most " + karpenter,
		batches: []batch{{
			pods{deployment(n, "web", spread(keyMarket, 1), spread(keyZone, 1))},
			facts{count("web", keyMarket, market...), count("web", keyZone, zone...)},
		}},
	}
}

// growing is batches of 1 to n pods that spread by three keys.
func growing(n int) []batch {
	var out []batch
	for i := 1; i <= n; i++ {
		out = append(out, batch{
			pods{deployment(i, "web", spread(keyMarket, 1), spread(keyZone, 2), spread(keyNode, 3))},
			facts{within("web", keyMarket, 1), within("web", keyZone, 2), within("web", keyNode, 3)},
		})
	}
	return out
}

func policyTales() []tale {
	const value, fits = "example.com/rack", "example.com/fits"
	racked := func(rules ...spreadRule) pods {
		return pods{deployment(5, "web", cpu("1"), spread(value, 1, rules...))}
	}
	selected := func(rules ...spreadRule) pods {
		return pods{deployment(5, "web", cpu("1"), selecting(fits, "yes"), spread(value, 1, rules...))}
	}
	taint := ksNoSchedule("team", "a")
	taintedNodes := []binpack.ExistingNode{
		holding(foreign("a", labelsOf(value, "foo"), taint)), holding(foreign("b", labelsOf(value, "bar"), taint)),
	}
	otherNodes := []binpack.ExistingNode{
		holding(foreign("a", labelsOf(value, "foo", fits, "no"))), holding(foreign("b", labelsOf(value, "bar", fits, "no"))),
	}
	baz := []binpack.Pool{poolOf("default", bearing(value, "baz", fits, "yes"))}
	pools := []binpack.Pool{poolOf("open", allowing(value, "foo")), poolOf("tainted", allowing(value, "bar"), tainted(taint))}
	teams := []binpack.Pool{
		poolOf("a", allowing(value, "foo", "bar"), tainted(ksNoSchedule("team", "a"))),
		poolOf("b", allowing(value, "foo", "baz"), tainted(ksNoSchedule("team", "b"))),
	}
	team := func(n int, name string) binpack.Workload {
		return deployment(n, "web", labelled("role", name), tolerating("team", corev1.TolerationOpEqual, name, corev1.TaintEffectNoSchedule),
			spread(value, 1, taintsPolicy(corev1.NodeInclusionPolicyHonor)))
	}
	return []tale{
		{name: "two nodes with a taint, ignored", karpenter: "1: the empty domains count", pools: baz, nodes: taintedNodes, batches: []batch{
			{racked(taintsPolicy(corev1.NodeInclusionPolicyIgnore)), facts{count("web", value, 1), left("web", 4, binpack.TopologySpread)}},
		}},
		{name: "two nodes with a taint, honored", karpenter: "5", pools: baz, nodes: taintedNodes, batches: []batch{
			{racked(taintsPolicy(corev1.NodeInclusionPolicyHonor)), facts{count("web", value, 5)}},
		}},
		{name: "a pool with a taint, ignored", karpenter: "1, and one left", pools: pools, batches: []batch{
			{pods{deployment(2, "web", spread(value, 1, taintsPolicy(corev1.NodeInclusionPolicyIgnore)))},
				facts{count("web", value, 1), left("web", 1, binpack.TopologySpread, binpack.UntoleratedTaint)}},
		}},
		{name: "a pool with a taint, honored", karpenter: "2", pools: pools, batches: []batch{
			{pods{deployment(2, "web", spread(value, 1, taintsPolicy(corev1.NodeInclusionPolicyHonor)))}, facts{count("web", value, 2)}},
		}},
		{name: "two pools with a taint and a domain each, and one domain of both", karpenter: "1, 2, 3: 2 in the domain of both", pools: teams,
			why: "a node that a pod does not tolerate does not count for it, so each team is even by itself", batches: []batch{
				{pods{team(2, "a"), team(4, "b")}, facts{count("web", value, 1, 2, 3), count("a", value, 1, 1), count("b", value, 2, 2)}},
			}},
		{name: "two nodes that a selector excludes, ignored", karpenter: "1: the empty domains count", pools: baz, nodes: otherNodes, batches: []batch{
			{selected(affinityPolicy(corev1.NodeInclusionPolicyIgnore)), facts{count("web", value, 1), left("web", 4, binpack.TopologySpread)}},
		}},
		{name: "two nodes that a selector excludes, honored", karpenter: "5", pools: baz, nodes: otherNodes, batches: []batch{
			{selected(affinityPolicy(corev1.NodeInclusionPolicyHonor)), facts{count("web", value, 5)}},
		}},
	}
}

func nodeAffinityTales() []tale {
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, spread(keyZone, 1))...)
	}
	market := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, spread(keyMarket, 1))...)
	}
	wish := func(name string) binpack.Workload {
		return deployment(5, "web", selecting(keyMarket, name), spread(keyMarket, 1, anyway))
	}
	return []tale{
		{name: "pods for one zone and pods for another, by selector", karpenter: "5, 10: each sees its own zone only", batches: []batch{
			{pods{web(5, selecting(keyZone, zone1)), web(10, selecting(keyZone, zone2))}, facts{count("web", keyZone, 5, 10)}},
		}},
		{name: "pods for two zones", karpenter: "5, 5", batches: []batch{
			{pods{web(10, requiring(keyZone, zone1, zone2))}, facts{count("web", keyZone, 5, 5)}},
		}},
		{name: "pods for two zones, then one for others, then pods for all", karpenter: "3, 3; then 1, 3, 3; then 4, 4, 4", batches: []batch{
			{pods{web(6, requiring(keyZone, zone1, zone2))}, facts{count("web", keyZone, 3, 3)}},
			{pods{web(1, requiring(keyZone, zone2, zone3))}, facts{count("web", keyZone, 1, 3, 3)}},
			{pods{web(5)}, facts{count("web", keyZone, 4, 4, 4)}},
		}},
		{name: "pods that prefer two zones", karpenter: "2, 2, 2: a preference excludes no zone", batches: []batch{
			{pods{web(6, preferring(keyZone, zone1, zone2))}, facts{count("web", keyZone, 2, 2, 2)}},
		}},
		{name: "pods for spot and pods for on demand, spread as a wish", karpenter: "5, 5", batches: []batch{
			{pods{wish("spot"), wish("on-demand")}, facts{count("web", keyMarket, 5, 5)}},
		}},
		{name: "pods for spot, then one for both, then pods for all", karpenter: "3; then 1, 3; then 4, 5", batches: []batch{
			{pods{market(3, requiring(keyMarket, "spot"))}, facts{count("web", keyMarket, 3)}},
			{pods{market(1, requiring(keyMarket, "on-demand", "spot"))}, facts{count("web", keyMarket, 1, 3)}},
			{pods{market(5)}, facts{count("web", keyMarket, 4, 5)}},
		}},
	}
}

// assorted has a type for each size, zone and market.
func assorted() catalog.Catalog {
	var out catalog.Catalog
	for size := 1; size <= 64; size *= 2 {
		for _, zone := range []string{zone1, zone2, zone3} {
			for _, market := range []catalog.CapacityType{catalog.Spot, catalog.OnDemand} {
				t := ksType(fmt.Sprintf("%d-%s-%s", size, zone, market), "cpu", fmt.Sprint(size), "memory", fmt.Sprintf("%dGi", size))
				out = append(out, ksSold(t, catalog.Offering{Zone: zone, CapacityType: market, Price: ksPrice(t.Capacity)}))
			}
		}
	}
	return out
}
