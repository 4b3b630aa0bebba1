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
)

func writeJSON(w io.Writer, types []instanceType) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(types)
}

func writeTable(w io.Writer, types []instanceType) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tARCH\tVCPU\tCPU\tMEMORY\tPODS\tUSD/HOUR\tOTHER")
	for _, t := range types {
		usd := "-"
		if len(t.Prices) > 0 {
			usd = t.Prices[0].USDPerHour.String() // the list price is that of all zones
		}
		fmt.Fprintln(table, strings.Join([]string{
			t.Name,
			t.Labels[corev1.LabelArchStable],
			t.Capacity["cpu"],
			t.Allocatable["cpu"],
			t.Allocatable["memory"],
			t.Allocatable["pods"],
			usd,
			others(t.Allocatable),
		}, "\t"))
	}
	return table.Flush()
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
