package binpack_test

// topologyPending names the tales that wait for a rule that the solver does not
// hold yet. One that passes by now should go.
func topologyPending() []string {
	return []string{
		"Several spreads at once: capacity types and zones by 1, 8 pods",
		"Several spreads at once: capacity types and zones by 1, 19 pods",
		"Pod affinity: in a chain",
		"Pod anti-affinity: by pods in every zone, as a wish",
		"Pod anti-affinity: to pods that spread over all zones, as a wish",
	}
}
