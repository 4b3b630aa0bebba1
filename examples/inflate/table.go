package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/examples/internal/cli"
)

// writeTable prints a plan for people, alike nodes once.
func writeTable(w io.Writer, p binpack.Problem, plan binpack.Plan, all *binpack.Plan) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range plan.Launches {
		writeNodes(t, l.Nodes(), newNode(p, l))
	}
	for _, u := range plan.Unschedulable {
		fmt.Fprintf(t, "no place for %d × %s\n", u.Count, u.Pod.Name)
		for _, reason := range u.Reasons {
			fmt.Fprintf(t, "  %s\n", reason)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "nodes\t%d\n", cli.Nodes(plan.Launches))
	fmt.Fprintf(t, "cost\t%s USD/h\n", plan.Cost)
	if all != nil && all.Cost > 0 && len(plan.Unschedulable) == 0 {
		fmt.Fprintf(t, "with all types\t%s USD/h: this is %+.2f%%\n", all.Cost, 100*float64(plan.Cost-all.Cost)/float64(all.Cost))
	}
	fmt.Fprintf(t, "lower bound\t%s USD/h\n", plan.LowerBound)
	if plan.Status == binpack.Optimal {
		fmt.Fprint(t, "status\toptimal: it is proven that no other nodes cost less\n")
	} else {
		fmt.Fprintf(t, "status\t%s: at most %.2f%% too dear\n", plan.Status, 100*plan.Gap())
	}
	return t.Flush()
}

// writeNodes prints a number of alike nodes.
func writeNodes(w io.Writer, count int, n node) {
	fmt.Fprintf(w, "%d × %s\n", count, n.InstanceType)
	fmt.Fprintf(w, "  pool\t%s\n", n.Pool)
	fmt.Fprintf(w, "  zone\t%s\n", n.Zone)
	fmt.Fprintf(w, "  capacity type\t%s\n", n.CapacityType)
	fmt.Fprintf(w, "  price\t%s USD/h\n", n.Price)
	fmt.Fprintln(w, "  allocatable")
	for _, name := range slices.Sorted(maps.Keys(n.Allocatable)) {
		q := n.Allocatable[name]
		fmt.Fprintf(w, "    %s\t%s\n", name, q.String())
	}
	fmt.Fprintln(w, "  labels")
	for _, key := range slices.Sorted(maps.Keys(n.Labels)) {
		fmt.Fprintf(w, "    %s\t%s\n", key, n.Labels[key])
	}
	fmt.Fprintln(w, "  pods")
	for _, p := range n.Pods {
		fmt.Fprintf(w, "    %s\t%d\n", p.Name, p.Count)
	}
	fmt.Fprintln(w)
}
