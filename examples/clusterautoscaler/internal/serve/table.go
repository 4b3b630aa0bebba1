package serve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
)

// Table explains an answer: the options, the best first, and what the expanders of
// Cluster Autoscaler would have chosen.
func Table(q *translate.Question, d *choose.Decision) string {
	var b strings.Builder
	rows := make([]int, len(d.Rows))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(i, j int) int {
		return cmp.Or(-compareBool(i == d.Option, j == d.Option), -compareBool(d.Rows[i].Total > 0, d.Rows[j].Total > 0),
			cmp.Compare(d.Rows[i].Left, d.Rows[j].Left), cmp.Compare(d.Rows[i].Total, d.Rows[j].Total))
	})
	name := func(option int) string { return q.Setting.Groups[q.Options[option].Group].ID }
	fmt.Fprintf(&b, "chosen: %s, by %s: %s USD/h after %d rounds, %d pods left\n", name(d.Option), d.Why, d.Total, len(d.Path), d.Left)
	fmt.Fprintf(&b, "rounds: %s\n", strings.Join(d.Path, ", "))
	fmt.Fprintf(&b, "whole plan: %s USD/h, at least %s\n\n", d.Plan.Cost, d.Plan.LowerBound)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "GROUP\tNODES\tPODS\tUSD/H\tVALUE\tALL ROUNDS\tLEFT")
	for _, i := range rows {
		r := &d.Rows[i]
		total, left := "-", "-"
		if r.Total > 0 {
			total, left = r.Total.String(), fmt.Sprint(r.Left)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.4f\t%s\t%s\n", name(i), r.Option.Nodes, r.Option.Count, r.Option.Cost, r.Value.USD(), total, left)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "EXPANDER\tCHOICE\t\t\t\tALL ROUNDS\tLEFT")
	for _, base := range d.Baselines {
		fmt.Fprintf(w, "%s\t%s\t\t\t\t%s\t%d\n", base.Name, name(base.Option), base.Total, base.Left)
	}
	w.Flush()
	for _, n := range slices.Concat(q.Unpriced, q.Faulty) {
		fmt.Fprintf(&b, "set aside: %s\n", n)
	}
	return b.String()
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
