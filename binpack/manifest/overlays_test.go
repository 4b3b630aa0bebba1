package manifest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/manifest"
)

// nodeOverlay returns an overlay of large instances.
func nodeOverlay(name string, weight int, spec string) string {
	return fmt.Sprintf("---\napiVersion: karpenter.sh/v1alpha1\nkind: NodeOverlay\nmetadata: {name: %s}\nspec: {weight: %d, requirements: [{key: size, operator: Gte, values: [\"8\"]}], %s}\n", name, weight, spec)
}

// TestOverlays has what large instances cost and have; their list price is 0.2.
func TestOverlays(t *testing.T) {
	price := func(amount string) string { return fmt.Sprintf("price: %q", amount) }
	adjust := func(amount string) string { return fmt.Sprintf("priceAdjustment: %q", amount) }
	for _, tt := range []struct {
		about, overlays, price, slices string
	}{
		{"none", "", "0.2", "0"},
		{"a price", nodeOverlay("a", 1, price("0.123456789")), "0.123456789", "0"},
		{"more by a share", nodeOverlay("a", 1, adjust("+45%")), "0.29", "0"},
		{"less by a share", nodeOverlay("a", 1, adjust("-12.5%")), "0.175", "0"},
		{"rounded", nodeOverlay("a", 1, adjust("-0.0000004%")), "0.199999999", "0"},
		{"more", nodeOverlay("a", 1, adjust("+.05")), "0.25", "0"},
		{"less", nodeOverlay("a", 1, adjust("-0.05")), "0.15", "0"},
		{"less than nothing", nodeOverlay("a", 1, adjust("-5")), "0", "0"},
		{"for nothing", nodeOverlay("a", 1, adjust("-100%")), "0", "0"},
		{"the heavier one decides, alone", nodeOverlay("a", 5, adjust("+10%")) + nodeOverlay("b", 1, price("7")), "0.22", "0"},
		{"among equals the last by name", nodeOverlay("a", 5, price("6")) + nodeOverlay("b", 5, price("7")), "7", "0"},
		{"capacity", nodeOverlay("a", 1, "capacity: {example.com/slice: 4}"), "0.2", "4"},
		{"capacity by weight, price by another", nodeOverlay("a", 9, "capacity: {example.com/slice: 4}") +
			nodeOverlay("b", 5, "capacity: {example.com/slice: 5}, "+price("3")), "3", "4"},
	} {
		t.Run(tt.about, func(t *testing.T) {
			p := problem(t, manifest.Options{}, small+tt.overlays).Problem
			require.Equal(t, "0.1", p.Catalog[0].Offerings[0].Price.String(), "the small one is left alone")
			large := p.Catalog[1]
			require.Equal(t, tt.price, large.Offerings[0].Price.String())
			slice := large.Capacity["example.com/slice"]
			require.Equal(t, tt.slices, slice.String())
		})
	}
}

// TestOverlayTies applies, of overlays of equal weight that select one offering, the
// one whose name comes last, and the others to nothing.
func TestOverlayTies(t *testing.T) {
	dear := nodeOverlay("a", 1, `price: "6"`)
	all := "---\napiVersion: karpenter.sh/v1alpha1\nkind: NodeOverlay\nmetadata: {name: A}\nspec: {weight: 1, requirements: [], price: \"5\"}\n"
	r := problem(t, manifest.Options{}, small+all+dear)
	require.Equal(t, "0.1", r.Problem.Catalog[0].Offerings[0].Price.String(), "the overlay of all is not applied here either")
	require.Equal(t, "6", r.Problem.Catalog[1].Offerings[0].Price.String())
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.String())
	}
	require.Contains(t, notes, "a.yaml: document 2: NodeOverlay A: spec.weight: is that of NodeOverlay a, which selects the same and comes later by name: this one is not applied")
}

// TestOverlayOfPool selects by the labels of a pool, prices and capacity alike.
func TestOverlayOfPool(t *testing.T) {
	pool := func(name string) string {
		return "---\napiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: " + name + "}\nspec: {template: {spec: {requirements: []}}}\n"
	}
	overlay := "---\napiVersion: karpenter.sh/v1alpha1\nkind: NodeOverlay\nmetadata: {name: o}\nspec: {price: \"3\", capacity: {example.com/slice: 4}, " +
		"requirements: [{key: karpenter.sh/nodepool, operator: In, values: [p]}, {key: size, operator: Gte, values: [\"8\"]}]}\n"
	r := problem(t, manifest.Options{}, pool("p")+pool("q")+overlay)
	for i, want := range []string{"3 4", "0.2 0"} {
		large := r.Problem.CatalogOf(&r.Problem.Pools[i])[1]
		slice := large.Capacity["example.com/slice"]
		require.Equal(t, want, large.Offerings[0].Price.String()+" "+slice.String())
	}
}
