package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// maxNotes is how many notes are worth reading in a table.
const maxNotes = 12

// writeNotes says what the prices are, and what of the manifests does not count:
// workloads that are not read one by one, since their pods are missing; other
// objects by kind; then what was noted of single fields.
func writeNotes(w io.Writer, in *input) {
	fmt.Fprintf(w, "prices\t%s\n", in.prices)
	var missing, single []string
	kinds := map[string]int{}
	for _, n := range in.manifests.Notes {
		switch {
		case n.Workload:
			missing = append(missing, n.String())
		case n.Whole:
			kinds[cmp.Or(n.Kind, "no kind")]++
		default:
			single = append(single, n.String())
		}
	}
	if len(kinds) > 0 {
		var counts []string
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			counts = append(counts, fmt.Sprintf("%d %s", kinds[kind], kind))
		}
		fmt.Fprintf(w, "not read\t%s\n", strings.Join(counts, ", "))
	}
	writeList(w, "\nMISSING IN THE ANSWER", missing, len(missing))
	writeList(w, "\nNOTED", single, maxNotes)
}

// writeList writes lines under a heading, most of them.
func writeList(w io.Writer, heading string, lines []string, most int) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(w, heading)
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(w, "and %d more: -o json has them all\n", len(lines)-i)
			return
		}
		fmt.Fprintln(w, line)
	}
}
