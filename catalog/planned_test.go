package catalog_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

// A catalog with labels of offerings, and keys of its own, is planned on like one
// that says the same in labels of types: with a type for each offering.
func TestLabelsOfOfferingsArePlannedOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own := drawCatalog(t)
		plain := typePerOffering(own)
		require.NoError(t, own.Validate())
		require.NoError(t, plain.Validate())
		p := drawProblem(t)
		cost := func(c catalog.Catalog) (catalog.Price, int) {
			p.Catalog = c
			for i := range p.Pools {
				p.Pools[i].Keys = p.OwnKeys(&p.Pools[i]) // where no offering has the key
			}
			plan, err := solver.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			if plan.Status != binpack.Optimal {
				t.Skip("not proven optimal")
			}
			left := 0
			for _, u := range plan.Unschedulable {
				left += u.Count
			}
			return plan.Cost, left
		}
		wantCost, wantLeft := cost(plain)
		gotCost, gotLeft := cost(own)
		require.Equal(t, wantLeft, gotLeft)
		require.Equal(t, wantCost, gotCost)
	})
}

func keysAndValues() map[string][]string {
	return map[string][]string{
		"cloud/market": {"spot", "on-demand", "regular"}, catalog.CapacityTypeLabel: {"spot", "on-demand"},
		"zone-id": {"1", "2"}, "rack": {"7", "8"}, corev1.LabelInstanceTypeStable: {"m", "n"}, corev1.LabelTopologyZone: {"a", "b"},
		"family": {"x", "y"},
	}
}

func drawLabels(t *rapid.T, keys ...string) map[string]string {
	labels := map[string]string{}
	for _, key := range keys {
		if rapid.Bool().Draw(t, key) {
			labels[key] = rapid.SampledFrom(keysAndValues()[key]).Draw(t, key+" value")
		}
	}
	return labels
}

func drawCatalog(t *rapid.T) catalog.Catalog {
	var c catalog.Catalog
	for i := range rapid.IntRange(1, 3).Draw(t, "types") {
		it := &catalog.InstanceType{
			Name:            fmt.Sprint("t", i),
			TypeLabel:       rapid.SampledFrom([]string{"", "m", "n"}).Draw(t, "type label"),
			CapacityTypeKey: rapid.SampledFrom([]string{"", "cloud/market"}).Draw(t, "key"),
			Labels:          drawLabels(t, "family", "rack"),
			Capacity:        cpus(rapid.IntRange(1, 4).Draw(t, "cpus")),
		}
		for _, zone := range []string{"a", "b"} {
			for _, market := range []catalog.CapacityType{catalog.OnDemand, catalog.Spot} {
				if rapid.Bool().Draw(t, "sold") {
					it.Offerings = append(it.Offerings, catalog.Offering{
						Zone: zone, CapacityType: market, Price: catalog.Price(rapid.IntRange(1, 9).Draw(t, "price")),
						Labels: drawLabels(t, "zone-id", "rack", "cloud/market"),
					})
				}
			}
		}
		if len(it.Offerings) > 0 { // else its labels are known, though no node has them
			c = append(c, it)
		}
	}
	return c
}

// typePerOffering says each offering as a type whose labels are all its labels; the
// key of its own capacity type is one that nothing reads.
func typePerOffering(c catalog.Catalog) catalog.Catalog {
	var plain catalog.Catalog
	for key, o := range c.Offerings() {
		for _, t := range c {
			for i := range t.Offerings {
				if &t.Offerings[i] != o {
					continue
				}
				labels := maps.Clone(t.OfferingLabels(i))
				label := labels[corev1.LabelInstanceTypeStable]
				delete(labels, corev1.LabelInstanceType)
				plain = append(plain, &catalog.InstanceType{
					Name: fmt.Sprintf("%s %s %s", key.InstanceType, key.Zone, key.CapacityType), TypeLabel: label,
					CapacityTypeKey: "nobody/reads", Labels: labels, Capacity: t.Capacity,
					Offerings: []catalog.Offering{{Zone: o.Zone, CapacityType: o.CapacityType, Price: o.Price}},
				})
			}
		}
	}
	return plain
}

func cpus(n int) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(int64(n), resource.DecimalSI), corev1.ResourcePods: *resource.NewQuantity(9, resource.DecimalSI)}
}

func drawProblem(t *rapid.T) binpack.Problem {
	var p binpack.Problem
	keys := []string{"cloud/market", catalog.CapacityTypeLabel, "zone-id", "rack", corev1.LabelInstanceTypeStable, "family", corev1.LabelTopologyZone}
	for i := range rapid.IntRange(1, 3).Draw(t, "workloads") {
		pod := &corev1.Pod{}
		pod.Name = fmt.Sprint("w", i)
		pod.Spec.NodeSelector = map[string]string{}
		if rapid.Bool().Draw(t, "selects") {
			key := rapid.SampledFrom(keys).Draw(t, "selected")
			pod.Spec.NodeSelector[key] = rapid.SampledFrom(keysAndValues()[key]).Draw(t, "value")
		}
		pod.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}}}}
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: pod, Replicas: rapid.IntRange(1, 4).Draw(t, "replicas")})
	}
	if rapid.Bool().Draw(t, "pools") {
		key := rapid.SampledFrom(keys).Draw(t, "required")
		op := rapid.SampledFrom([]corev1.NodeSelectorOperator{corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist}).Draw(t, "operator")
		r := corev1.NodeSelectorRequirement{Key: key, Operator: op}
		if op == corev1.NodeSelectorOpIn || op == corev1.NodeSelectorOpNotIn {
			r.Values = keysAndValues()[key][:1]
		}
		p.Pools = []binpack.Pool{{Name: "p", Requirements: []corev1.NodeSelectorRequirement{r}}}
		key = rapid.SampledFrom(keys).Draw(t, "quota")
		p.Quotas = []binpack.Quota{{
			Name: "q", Requirements: []corev1.NodeSelectorRequirement{in(key, keysAndValues()[key][0])},
			Left: corev1.ResourceList{"nodes": *resource.NewQuantity(int64(rapid.IntRange(0, 2).Draw(t, "left")), resource.DecimalSI)},
		}}
	}
	return p
}
