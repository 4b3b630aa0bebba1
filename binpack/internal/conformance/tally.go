package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
)

// several is the row of clusters with rules of any families.
const several = "several at once"

// A Tally counts pairs of a pod and a place, by the family of the cluster.
type Tally map[string]Count

// A Count says how pairs came out.
type Count struct {
	Pairs   int
	Allowed int // by all plugins
	Refused int // by a plugin of the family, or by any where there are several
}

// Rows of pairs that are counted among others, too.
const (
	onJoining  = "of these: joining nodes"
	withDaemon = "of these: nodes with daemons to come"
	spared     = "of these: allowed, but not to Solve"
)

// AddKinds counts what an answer is about beside the families.
func (t Tally) AddKinds(a Answer, joining bool) {
	for row, is := range map[string]bool{onJoining: joining, withDaemon: len(a.Crew) > 0, spared: a.Spared()} {
		n := t[row]
		if !is {
			continue
		}
		n.Pairs++
		if a.Allowed() {
			n.Allowed++
		} else {
			n.Refused++
		}
		t[row] = n
	}
}

// among reports whether the pairs of a row are counted in others.
func among(row string) bool { return strings.HasPrefix(row, "of these: ") }

// Add counts an answer.
func (t Tally) Add(row string, a Answer) {
	n := t[row]
	n.Pairs++
	if a.Allowed() {
		n.Allowed++
	}
	own := pluginsOf()[row]
	if slices.ContainsFunc(a.Refusals, func(name string) bool { return row == several || slices.Contains(own, name) }) {
		n.Refused++
	}
	t[row] = n
}

// Merge adds what another tally counted.
func (t Tally) Merge(o Tally) {
	for row, m := range o {
		n := t[row]
		t[row] = Count{n.Pairs + m.Pairs, n.Allowed + m.Allowed, n.Refused + m.Refused}
	}
}

// Pairs returns how many were counted.
func (t Tally) Pairs() int {
	sum := 0
	for row, n := range t {
		if !among(row) {
			sum += n.Pairs
		}
	}
	return sum
}

// String returns the tally as a table.
func (t Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-37s %8s %8s %8s\n", "rules", "pairs", "allowed", "refused")
	for _, row := range slices.Sorted(maps.Keys(t)) {
		n := t[row]
		fmt.Fprintf(&b, "%-37s %8d %8d %8d\n", row, n.Pairs, n.Allowed, n.Refused)
	}
	fmt.Fprintf(&b, "%-37s %8d\n", "all", t.Pairs())
	return b.String()
}

// pluginsOf returns the plugins that a family's rules are for.
func pluginsOf() map[string][]string {
	return map[string][]string{
		Resources.String():        {names.NodeResourcesFit},
		NodeAffinity.String():     {names.NodeAffinity},
		Taints.String():           {names.TaintToleration, names.NodeUnschedulable},
		HostPorts.String():        {names.NodePorts},
		HostSpread.String():       {names.PodTopologySpread},
		Spread.String():           {names.PodTopologySpread},
		HostAntiAffinity.String(): {names.InterPodAffinity},
		AntiAffinity.String():     {names.InterPodAffinity},
		Affinity.String():         {names.InterPodAffinity},
		Volumes.String():          {names.VolumeBinding},
		Attachments.String():      {names.NodeVolumeLimits},
		VolumesThere.String():     {names.VolumeBinding},
		OncePod.String():          {names.VolumeRestrictions},
	}
}
