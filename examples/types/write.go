package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
)

func writeJSON(w io.Writer, l listing) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(l.types)
}

func writeTable(w io.Writer, l listing) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	spot := ""
	if l.spot {
		spot = "SPOT\t"
	}
	fmt.Fprintf(table, "NAME\tARCH\tVCPU\tCPU\tMEMORY\tPODS\t%s/HOUR\t%sOTHER\n", l.currency, spot)
	for _, t := range l.types {
		cells := []string{
			t.Name,
			t.Labels[corev1.LabelArchStable],
			t.Capacity["cpu"],
			t.Allocatable["cpu"],
			t.Allocatable["memory"],
			t.Allocatable["pods"],
			lowest(t.Prices, func(c catalog.CapacityType) bool { return c != catalog.Spot }),
		}
		if l.spot {
			cells = append(cells, lowest(t.Prices, func(c catalog.CapacityType) bool { return c == catalog.Spot }))
		}
		fmt.Fprintln(table, strings.Join(append(cells, others(t.Allocatable)), "\t"))
	}
	return table.Flush()
}

// writeExplained writes where each price is from.
func writeExplained(w io.Writer, l listing) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tZONE\tMARKET\tPRICE PER HOUR")
	for _, q := range l.quotes {
		fmt.Fprintln(table, strings.Join([]string{q.key.InstanceType, q.key.Zone, string(q.key.CapacityType), q.why}, "\t"))
	}
	return table.Flush()
}

// lowest returns the lowest price of all zones, reservations aside; "-": none is
// known.
func lowest(prices []price, of func(catalog.CapacityType) bool) string {
	text, least := "-", catalog.Price(0)
	for _, p := range prices {
		if !p.reserved && of(p.CapacityType) && (text == "-" || p.amount < least) {
			text, least = p.amount.String(), p.amount
		}
	}
	return text
}

// others lists the resources that have no column of their own; "-": none.
func others(allocatable map[string]string) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(allocatable)) {
		switch name {
		case "cpu", "memory", "pods", "ephemeral-storage":
		default:
			texts = append(texts, name+"="+allocatable[name])
		}
	}
	if texts == nil {
		return "-"
	}
	return strings.Join(texts, " ")
}
