package main

import (
	"encoding/csv"
	"io"
	"io/fs"
	"slices"
	"strings"
)

const docsPath = "website/content/en/preview/reference/instance-types.md"

// A page is what Karpenter's documentation says of one instance type.
type page struct {
	name      string
	labels    map[string]string
	resources map[string]string // allocatable, as quantities
}

// readDocs returns the pages in their order: families by name, in each the
// smallest type first.
func readDocs(checkout fs.FS) ([]page, error) {
	text, err := fs.ReadFile(checkout, docsPath)
	if err != nil {
		return nil, err
	}
	var pages []page
	var section map[string]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "### `"); ok {
			pages = append(pages, page{
				name:      strings.TrimSuffix(name, "`"),
				labels:    map[string]string{},
				resources: map[string]string{},
			})
			section = nil
			continue
		}
		cells := strings.Split(line, "|") // |key|value| gives "", key, value, ""
		switch {
		case len(pages) == 0:
		case line == "#### Labels":
			section = pages[len(pages)-1].labels
		case line == "#### Resources":
			section = pages[len(pages)-1].resources
		case len(cells) != 4 || section == nil || isHead(strings.TrimSpace(cells[1])):
		default:
			section[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[2])
		}
	}
	return pages, nil
}

// isHead reports whether a key is that of one of the two lines above a table.
func isHead(key string) bool {
	return key == "Label" || key == "Resource" || key == "--"
}

// writeDocumented writes all pages as one table.
func writeDocumented(w io.Writer, checkout fs.FS) error {
	pages, err := readDocs(checkout)
	if err != nil {
		return err
	}
	labels := keys(pages, func(p page) map[string]string { return p.labels })
	resources := keys(pages, func(p page) map[string]string { return p.resources })
	header := []string{"name"}
	for _, key := range labels {
		header = append(header, "label:"+key)
	}
	for _, key := range resources {
		header = append(header, "allocatable:"+key)
	}
	records := [][]string{header}
	for _, p := range pages {
		record := []string{p.name}
		for _, key := range labels {
			record = append(record, p.labels[key])
		}
		for _, key := range resources {
			record = append(record, p.resources[key])
		}
		records = append(records, record)
	}
	return csv.NewWriter(w).WriteAll(records)
}

// keys returns the sorted keys that a section has in any page.
func keys(pages []page, section func(page) map[string]string) []string {
	var all []string
	for _, p := range pages {
		for key := range section(p) {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
