package binpack_test

// topologyPending names the tales that wait for a rule that the solver does not
// hold yet. One that passes by now should go.
func topologyPending() []string {
	return []string{
		"Spread over zones: a key that no node has",
		"Spread over zones: a pod runs in the zone that the pool lacks",
		"Spread over zones: the fullest zone is the only one, skew 5",
		"Spread over zones: a pod that spreads runs in a zone that is closed now",
		"Spread over zones: a pod without the rule runs in a zone that is closed now",
		"Spread over zones: fewer zones than minDomains",
		"Spread over capacity types and architectures: spot is closed, a pod runs there",
		"Spread over capacity types and architectures: a pool that may only launch spot",
		"Spread over capacity types and architectures: a pool that may only launch arm64",
		"Several spreads at once: the third zone is that of a pool without room, nodes are a wish",
		"Several spreads at once: capacity types and zones by 1, 8 pods",
		"Several spreads at once: capacity types and zones by 1, 19 pods",
		"Which nodes a spread counts: two nodes with a taint, ignored",
		"Which nodes a spread counts: a pool with a taint, ignored",
		"Which nodes a spread counts: two nodes that a selector excludes, ignored",
		"Pod affinity: to itself, by node, more than a node holds",
		"Pod affinity: to itself, by node, one runs in a zone that others must not be in",
		"Pod affinity: to themselves, by zone, in different zones",
		"Pod affinity: to a pod that is not there",
		"Pod affinity: in a chain",
		"Pod affinity: a chain without a first",
		"Pod anti-affinity: to pods in every zone",
		"Pod anti-affinity: to pods in every zone that go first",
		"Pod anti-affinity: by pods in every zone, as a wish",
		"Pod anti-affinity: by pods in every zone",
		"Pod anti-affinity: by pods in every zone that go first",
		"Pod anti-affinity: by pods that run in every zone",
		"Pod anti-affinity: to pods that spread over all zones, as a wish",
		"Pod anti-affinity: to themselves, by zone, in batches of three",
		"Namespaces of a term: affinity to a pod of another namespace",
	}
}
