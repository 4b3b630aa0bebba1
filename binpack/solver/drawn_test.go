package solver_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// A drawnClass is problems of one kind, a new one for each seed.
type drawnClass struct {
	name string
	draw func(seed uint64) binpack.Problem
}

// problemOf returns the problem of a class of gen.Classes.
func problemOf(t *testing.T, class string, seed uint64) binpack.Problem {
	for _, c := range gen.Classes() {
		if c.Name == class {
			return c.Draw(seed)
		}
	}
	require.FailNow(t, "no such class", class)
	return binpack.Problem{}
}

// drawnClasses returns the classes of problems that TestAblation draws, those of gen.Classes
// with their names in brackets.
func drawnClasses(t *testing.T) []drawnClass {
	families := pricedEC2(t, "c5", "m5", "r5", "g4dn", "g5", "p4d")
	all := pricedEC2(t)
	out := []drawnClass{
		{"one shape", func(seed uint64) binpack.Problem { return gen.Mix(seed, 300, 1) }},
		{"rules", func(seed uint64) binpack.Problem { return gen.MixRules(seed, 600, 30) }},
		{"few rules", func(seed uint64) binpack.Problem { return gen.MixRules(seed, 200, 6) }},
		{"GPUs", func(seed uint64) binpack.Problem { return withGPUs(seed, gen.Mix(seed, 400, 30), families) }},
		{"hundreds of shapes", func(seed uint64) binpack.Problem { return gen.Mix(seed, 4_000, 400) }},
		{"1,000 shapes", func(seed uint64) binpack.Problem { return gen.Mix(seed, 20_000, 1_000) }},
		{"2,000 shapes", func(seed uint64) binpack.Problem { return gen.Mix(seed, 1_000_000, 2_000) }},
		{"all types", func(seed uint64) binpack.Problem { return withGPUs(seed, gen.Mix(seed, 1_000, 50), all) }},
	}
	for _, c := range gen.Classes() {
		out = append(out, drawnClass{"(" + c.Name + ")", c.Draw})
	}
	return out
}

// pricedEC2 returns the types of EC2 of some families, or all, at list prices.
func pricedEC2(t *testing.T, families ...string) catalog.Catalog {
	machines, err := ec2.Options{Region: "us-west-2", Families: families}.Catalog()
	require.NoError(t, err)
	onDemand, err := prices.OnDemand("us-west-2")
	require.NoError(t, err)
	priced, _ := pricing.ApplyKnown(machines, onDemand)
	return priced
}

// withGPUs returns the problem with another catalog, where a third of the shapes ask for
// one to eight GPUs.
func withGPUs(seed uint64, p binpack.Problem, c catalog.Catalog) binpack.Problem {
	random := rand.New(rand.NewPCG(seed, 2))
	p.Catalog = c
	for _, w := range p.Workloads {
		if random.IntN(3) == 0 {
			gpus := int64(1) << random.IntN(4)
			w.Pod.Spec.Containers[0].Resources.Requests["nvidia.com/gpu"] = *resource.NewQuantity(gpus, resource.DecimalSI)
			w.Pod.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = *resource.NewQuantity(gpus*int64(1+random.IntN(4)), resource.DecimalSI)
		}
	}
	return p
}
