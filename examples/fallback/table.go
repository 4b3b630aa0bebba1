package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// writeTable prints an outcome for people: what was tried, what was launched
// instead, and what it comes to.
func writeTable(w io.Writer, r result, o launch.Outcome) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s: %d pods, %d placed, %d left over\n", r.Name, r.Pods, r.Placed, r.Unplaced)
	if len(o.Attempts) > 0 {
		fmt.Fprintln(t, "\nROUND\tTYPE\tZONE\tMARKET\tUSD/H EACH\tASKED\tCAME\tANSWER")
	}
	for _, a := range o.Attempts {
		l := a.Request.Launches[0]
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", a.Round, l.Offering.InstanceType, l.Offering.Zone, l.Offering.CapacityType,
			l.Price, a.Request.Nodes(), len(a.Instances), answer(a))
	}
	if len(o.Steps) > 0 {
		fmt.Fprintln(t, "\nROUND\tFAILED\tINSTEAD\tUSD/H MORE")
	}
	for _, s := range o.Steps {
		var failed []binpack.Launch
		for _, f := range s.Failed {
			failed = append(failed, f.Launch)
		}
		from, to := folded(failed), folded(s.Instead)
		for i := range max(len(from), len(to), 1) {
			round, more := "", ""
			if i == 0 {
				round, more = fmt.Sprint(s.Round), signed(s.Extra)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", round, at(from, i), at(to, i), more)
		}
	}
	writeLeftovers(t, o)
	fmt.Fprintf(t, "\nplanned\t%s USD/h\n", o.Planned)
	fmt.Fprintf(t, "cost\t%s USD/h", o.Cost)
	if o.Planned > 0 {
		fmt.Fprintf(t, " (%+.2f%%)", 100*float64(o.Cost-o.Planned)/float64(o.Planned))
	}
	fmt.Fprintf(t, "\nrounds\t%d\nrequests\t%d\nended\t%s\n", o.Rounds, len(o.Attempts), o.Ended)
	if o.RetryAfter > 0 {
		fmt.Fprintf(t, "try again in\t%s\n", o.RetryAfter)
	}
	return t.Flush()
}

// answer names the failures of a request.
func answer(a launch.Attempt) string {
	var codes []string
	for _, f := range a.Failures {
		codes = append(codes, f.Code)
	}
	if len(codes) == 0 {
		return "-"
	}
	return strings.Join(codes, ", ")
}

// folded lists what is launched, each offering once.
func folded(launches []binpack.Launch) []string {
	var order []catalog.Key
	count := map[catalog.Key]int{}
	for _, l := range launches {
		if count[l.Offering] == 0 {
			order = append(order, l.Offering)
		}
		count[l.Offering] += l.Nodes()
	}
	var out []string
	for _, k := range order {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d × %s %s %s", count[k], k.InstanceType, k.Zone, k.CapacityType)))
	}
	return out
}

// at returns the i-th of a list, or "-" below its end.
func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "-"
}

func signed(p catalog.Price) string {
	if p < 0 {
		return "-" + (-p).String()
	}
	return "+" + p.String()
}

// writeLeftovers prints the pods that have no place, and why.
func writeLeftovers(w io.Writer, o launch.Outcome) {
	if len(o.Unplaced) == 0 {
		return
	}
	fmt.Fprintln(w, "\nLEFT OVER")
	for _, u := range o.Unplaced {
		fmt.Fprintf(w, "%d × %s\n", u.Count, u.Pod.Name)
		for _, reason := range u.Reasons {
			fmt.Fprintf(w, "  %s\n", reason)
		}
	}
}
