package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/examples/internal/cli"
	"github.com/stowage/stowage/pricing"
	ec2pricing "github.com/stowage/stowage/pricing/ec2"
)

// usualRegion is a region with nearly all prices embedded.
const usualRegion = "us-east-1"

// A market makes the catalogs of node classes.
type market struct {
	stock *cli.Stock
	quiet bool // no offering without a price is said, as the embedded tables lack many

	types, priced int // in the last catalog
	notes         []manifest.Note
	said          []string                   // what is left out
	made          map[string]catalog.Catalog // by what decides them
}

// regionOf returns the region that the zones are in, and otherwise the usual one:
// also where its prices are neither given nor embedded.
func regionOf(zones []string, priced bool) string {
	region := ""
	for _, zone := range zones {
		r := cli.RegionOf(zone)
		if region != "" && r != region {
			return usualRegion
		}
		region = r
	}
	if _, err := ec2pricing.OnDemand(region); region == "" || err != nil && !priced {
		return usualRegion
	}
	return region
}

// catalog returns what nodes of a class may be launched as, with prices. It is one
// and the same for classes that do not differ.
func (m *market) catalog(class manifest.NodeClass) (catalog.Catalog, error) {
	var node ec2.Node
	if m.stock.EC2() {
		var notes []manifest.Note
		node, notes = nodeOf(class)
		m.notes = append(m.notes, notes...)
	} else if class.Origin.File != "" {
		m.notes = append(m.notes, manifest.Note{Origin: class.Origin, Why: "is not applied: the machines are not EC2's"})
	}
	auto := class.Origin.Kind == "NodeClass"
	text, err := json.Marshal(node)
	if err != nil {
		return nil, err
	}
	id := fmt.Sprint(auto, string(text))
	if c, ok := m.made[id]; ok {
		return c, nil
	}
	sold, err := m.stock.Market(nil, node)
	if err != nil {
		return nil, asStated(class, err)
	}
	m.types = len(sold.Catalog)
	if m.quiet {
		sold.Catalog, _ = pricing.ApplyKnown(sold.Catalog, sold.Prices)
	} else {
		sold.Catalog = sold.Priced()
	}
	m.priced = len(sold.Catalog)
	for _, text := range sold.Notes {
		if !slices.Contains(m.said, text) {
			m.said = append(m.said, text)
		}
	}
	if auto {
		sold.Catalog = withAutoLabels(sold.Catalog)
	}
	if m.made == nil {
		m.made = map[string]catalog.Catalog{}
	}
	m.made[id] = sold.Catalog
	return sold.Catalog, nil
}

// withAutoLabels returns a catalog with the labels of EKS Auto Mode, which has
// names of its own for Karpenter's.
//
// https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
func withAutoLabels(c catalog.Catalog) catalog.Catalog {
	out := make(catalog.Catalog, len(c))
	for i, t := range c {
		auto := *t
		auto.Labels = maps.Clone(t.Labels)
		for key, value := range t.Labels {
			if name, ok := strings.CutPrefix(key, "karpenter.k8s.aws/"); ok {
				auto.Labels["eks.amazonaws.com/"+name] = value
			}
		}
		auto.Labels["eks.amazonaws.com/compute-type"] = "auto"
		out[i] = &auto
	}
	return out
}

// String says what the prices are.
func (m *market) String() string {
	text := m.stock.String()
	if m.priced < m.types {
		text += fmt.Sprintf(", known of %s instance types of %s", thousands(m.priced), thousands(m.types))
	}
	return text
}

func thousands(n int) string {
	text := strconv.Itoa(n)
	if len(text) > 3 {
		text = text[:len(text)-3] + "," + text[len(text)-3:]
	}
	return text
}

// unsold notes pools for which the catalog has nothing of the market that they
// want.
func unsold(r *manifest.Result) []manifest.Note {
	var notes []manifest.Note
	for i, pool := range r.Problem.Pools {
		all := pool.Catalog
		if all == nil {
			all = r.Problem.Catalog
		}
		for j, req := range pool.Requirements {
			if req.Key != catalog.CapacityTypeLabel {
				continue
			}
			if some, err := all.Select([]corev1.NodeSelectorRequirement{req}...); err == nil && len(some) == 0 && len(all) > 0 {
				in, path := r.Path(nil, fmt.Sprintf("Pools[%d].requirements[%d]", i, j))
				why := fmt.Sprintf("%s: no such prices are known, so nothing can be launched", cmp.Or(strings.Join(req.Values, ", "), string(req.Operator)))
				notes = append(notes, manifest.Note{Origin: in, Path: path, Why: why})
			}
		}
	}
	return notes
}
