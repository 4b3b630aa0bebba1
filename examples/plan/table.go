package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// writeTable prints a plan for people.
func writeTable(w io.Writer, in *input, plan binpack.Plan, r result) error {
	p := in.problem
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s: %d pods, %d nodes to launch, ", r.Name, r.Pods, r.Nodes)
	if len(p.Existing) > 0 {
		fmt.Fprintf(t, "%d pods on existing nodes, ", r.OnExisting)
	}
	fmt.Fprintf(t, "%d pods left over\n", r.Unscheduled)
	if len(plan.Launches) > 0 {
		writeNodes(t, in, plan.Launches)
	}
	if slices.ContainsFunc(plan.Launches, func(l binpack.Launch) bool { return len(l.Alternatives) > 0 }) {
		writeAlternatives(t, plan.Launches)
	}
	if len(plan.Nominations) > 0 {
		writeNominations(t, plan.Nominations)
	}
	if len(plan.Unschedulable) > 0 {
		writeLeftovers(t, in, plan.Unschedulable)
	}
	for i, n := range r.Notes {
		if i == 0 {
			fmt.Fprintln(t)
		}
		fmt.Fprintf(t, "note: %s\n", n)
	}
	fmt.Fprintf(t, "\ncost\t%s %s/h\n", plan.Cost, in.unit())
	if plan.Charge != 0 {
		fmt.Fprintf(t, "charge\t%s %s/h\n", plan.Charge, in.unit())
	}
	fmt.Fprintf(t, "lower bound\t%s %s/h\n", plan.LowerBound, in.unit())
	fmt.Fprintf(t, "gap\t%.2f%%\n", 100*plan.Gap())
	if plan.PreferenceCost != nil {
		fmt.Fprintf(t, "preferences\t%s %s/h more than without\n", *plan.PreferenceCost, in.unit())
	}
	fmt.Fprintf(t, "status\t%s\n", plan.Status)
	if r.Verified != nil {
		fmt.Fprintf(t, "verified\t%t\n", *r.Verified)
	}
	if r.Risk != "" {
		fmt.Fprintf(t, "risk\t%s\n", r.Risk)
	}
	if in.manifests != nil {
		writeNotes(t, in)
	}
	return t.Flush()
}

// A group is the launches of one kind, and how full they are together.
type group struct {
	kind
	price catalog.Price
	nodes int
	pods  int
	usage
}

type kind struct {
	pool   string
	key    catalog.Key
	labels string // those chosen
}

// writeNodes prints the launches, folded by kind; of each pool the dearest
// first.
func writeNodes(w io.Writer, in *input, launches []binpack.Launch) {
	p := in.problem
	groups := fold(p, launches)
	resources := usedResources(groups)
	header := []string{"NODES", "TYPE", "ZONE", "MARKET", in.unit() + "/H EACH", "PODS"}
	for _, name := range resources {
		header = append(header, string(name))
	}
	rows := [][]string{header}
	for _, g := range groups {
		row := []string{
			strconv.Itoa(g.nodes), g.key.InstanceType, g.key.Zone, string(g.key.CapacityType), g.price.String(), strconv.Itoa(g.pods),
		}
		for _, name := range resources {
			row = append(row, g.share(name))
		}
		rows = append(rows, row)
	}
	if len(p.Pools) > 0 { // else there are no names to show
		rows[0] = slices.Insert(rows[0], 1, "POOL")
		for i, g := range groups {
			rows[i+1] = slices.Insert(rows[i+1], 1, g.pool)
		}
	}
	if slices.ContainsFunc(groups, func(g *group) bool { return g.labels != "" }) {
		rows[0] = append(rows[0], "LABELS")
		for i, g := range groups {
			rows[i+1] = append(rows[i+1], cmp.Or(g.labels, "-"))
		}
	}
	fmt.Fprintln(w)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
}

// fold gathers launches of the same pool, offering and chosen labels.
func fold(p binpack.Problem, launches []binpack.Launch) []*group {
	var groups []*group
	byKind := map[kind]*group{}
	requests := map[*corev1.Pod]corev1.ResourceList{}
	for _, l := range launches {
		k := kind{l.Pool, l.Offering, labels.Set(l.Labels).String()}
		g, ok := byKind[k]
		if !ok {
			g = &group{kind: k, price: l.Price, usage: newUsage()}
			g.node = p.Node(l).Status.Allocatable
			byKind[k] = g
			groups = append(groups, g)
		}
		g.nodes += l.Nodes()
		g.addNodes(l.Nodes())
		for _, pl := range l.Pods {
			if _, ok := requests[pl.Pod]; !ok {
				requests[pl.Pod] = requestsOf(pl.Pod)
			}
			g.pods += pl.Count * l.Nodes()
			g.addPods(requests[pl.Pod], pl.Count*l.Nodes())
		}
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(
			cmp.Compare(a.pool, b.pool),
			cmp.Compare(b.price, a.price),
			cmp.Compare(a.key.InstanceType, b.key.InstanceType),
			cmp.Compare(a.key.Zone, b.key.Zone),
			cmp.Compare(a.key.CapacityType, b.key.CapacityType),
			cmp.Compare(a.key.ReservationID, b.key.ReservationID),
			cmp.Compare(a.labels, b.labels),
		)
	})
	return groups
}

// usedResources returns the resources that some pod uses: cpu and memory
// first, then the others by name.
func usedResources(groups []*group) []corev1.ResourceName {
	used := map[corev1.ResourceName]bool{}
	for _, g := range groups {
		for name := range g.used {
			used[name] = true
		}
	}
	rank := func(name corev1.ResourceName) int {
		switch name {
		case corev1.ResourceCPU:
			return 0
		case corev1.ResourceMemory:
			return 1
		}
		return 2
	}
	var names []corev1.ResourceName
	for name := range used {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b corev1.ResourceName) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	return names
}

// writeNominations prints how many pods are meant for which existing node.
func writeNominations(w io.Writer, nominations []binpack.Nomination) {
	fmt.Fprintln(w, "\nEXISTING NODE\tPODS")
	for _, n := range nominations {
		fmt.Fprintf(w, "%s\t%d\n", n.Node.Name, podsOf(n.Pods))
	}
}

// writeLeftovers prints the pods that have no place, and why.
func writeLeftovers(w io.Writer, in *input, left []binpack.Unschedulable) {
	fmt.Fprintln(w, "\nLEFT OVER")
	for _, u := range left {
		fmt.Fprintf(w, "%d × %s\n", u.Count, in.podName(u.Pod))
		for _, line := range why(in.reasons(u)) {
			fmt.Fprintf(w, "  %s\n", line)
		}
		if u.Existing != nil {
			fmt.Fprintf(w, "  %s\n", u.Existing)
		}
	}
}

// why says why no pool takes a pod: once where all have the same reason, else for
// each.
func why(reasons []binpack.PoolReason) []string {
	var lines []string
	same := len(reasons) > 1
	for _, r := range reasons {
		lines = append(lines, reasonLines(r)...)
		r.Pool = reasons[0].Pool
		same = same && r.String() == reasons[0].String()
	}
	if same {
		r := reasons[0]
		r.Pool = "every pool"
		return reasonLines(r)
	}
	return lines
}

// reasonLines returns a reason, and in a line of its own what would help.
func reasonLines(r binpack.PoolReason) []string {
	change := r.Detail.Change
	r.Detail.Change = nil
	lines := []string{r.String()}
	if change != nil {
		lines = append(lines, "  "+change.String())
	}
	return lines
}
