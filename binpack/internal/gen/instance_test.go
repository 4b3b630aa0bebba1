package gen_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/verify"
)

// TestBestPlans: where the least cost is said to be known, the plan of that cost is
// valid.
func TestBestPlans(t *testing.T) {
	for name, drawn := range map[string]*rapid.Generator[gen.Instance]{
		"full bins": gen.FullBins(), "perfect pairs": gen.PerfectPairs(), "half plus": gen.HalfPlus(),
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			in := drawn.Draw(t, "instance")
			require.True(t, in.Known())
			require.NoError(t, verify.Plan(context.Background(), in.Problem, in.Best))
		}))
	}
	for name, in := range map[string]gen.Instance{
		"triplets": gen.Triplets(1, 120), "vector triplets": gen.Vector(1, gen.VectorClasses, 99),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, verify.Plan(context.Background(), in.Problem, in.Best))
			for _, resource := range resources(in) {
				require.Equal(t, int64(len(in.Best.Launches))*capacity(in, resource), sum(in, resource), "the items fill the bins")
			}
		})
	}
}

// TestPublished holds the generators to the ranges of their papers.
func TestPublished(t *testing.T) {
	for name, tt := range map[string]struct {
		in        gen.Instance
		low, high int64 // of an item in both dimensions
		capacity  int64 // of the first bin size
	}{
		"triplets": {gen.Triplets(1, 249), 250, 490, 1000},
		"uniform":  {gen.Uniform(1, 250), 20, 100, 150},
		"class 1":  {gen.Vector(1, 1, 200), 100, 400, 1000},
		"class 2":  {gen.Vector(1, 2, 200), 1, 1000, 1000},
		"class 3":  {gen.Vector(1, 3, 200), 200, 800, 1000},
		"class 4":  {gen.Vector(1, 4, 200), 50, 200, 1000},
		"class 5":  {gen.Vector(1, 5, 200), 25, 100, 1000},
		"class 6":  {gen.Vector(1, 6, 200), 20, 100, 150},
		"class 7":  {gen.Vector(1, 7, 200), 10, 110, 150},
		"class 8":  {gen.Vector(1, 8, 200), 10, 110, 150},
		"class 10": {gen.Vector(1, 10, 201), 0, 50, 100},
		"variable": {gen.VariableSized(1, 200, 50, false, gen.Linear), 50, 100, 100},
		"wide":     {gen.VariableSized(1, 200, 1, true, gen.Convex), 1, 100, 60},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, tt.in.Problem.Validate())
			for _, resource := range resources(tt.in) {
				require.Equal(t, tt.capacity, capacity(tt.in, resource))
				for _, pod := range tt.in.Problem.Pods {
					require.GreaterOrEqual(t, request(pod, resource), tt.low)
					require.LessOrEqual(t, request(pod, resource), tt.high)
				}
			}
		})
	}
	require.Equal(t, gen.Vector(7, 3, 50), gen.Vector(7, 3, 50))
	require.NotEqual(t, gen.Vector(7, 3, 50), gen.Vector(8, 3, 50))
}

// TestCorrelatedClasses: w and v of class 7 are alike, those of class 8 add up to
// about 120, and the bins of class 9 are as small as their number allows.
func TestCorrelatedClasses(t *testing.T) {
	for _, pod := range gen.Vector(1, 7, 200).Problem.Pods {
		require.InDelta(t, request(pod, "cpu"), request(pod, "memory"), 10)
	}
	for _, pod := range gen.Vector(1, 8, 200).Problem.Pods {
		require.InDelta(t, 120, request(pod, "cpu")+request(pod, "memory"), 10)
	}
	in := gen.Vector(1, 9, 200)
	bins := (max(sum(in, "cpu"), sum(in, "memory")) + 999) / 1000
	for _, resource := range resources(in) {
		require.GreaterOrEqual(t, bins*capacity(in, resource), sum(in, resource))
		require.Less(t, bins*(capacity(in, resource)-1), sum(in, resource))
	}
}

func TestCosts(t *testing.T) {
	for cost, want := range map[gen.Cost][]string{
		gen.Linear: {"100", "120", "150"}, gen.Concave: {"100", "109.54", "122.47"}, gen.Convex: {"100", "131.45", "183.71"},
	} {
		var got []string
		for _, it := range gen.VariableSized(1, 1, 1, false, cost).Problem.Catalog {
			got = append(got, it.Offerings[0].Price.String())
		}
		require.Equal(t, want, got)
	}
}

func resources(in gen.Instance) []corev1.ResourceName {
	if in.Problem.Catalog[0].Capacity.Memory().IsZero() {
		return []corev1.ResourceName{corev1.ResourceCPU}
	}
	return []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory}
}

// capacity returns what a bin of the first size holds, in cores or GiB.
func capacity(in gen.Instance, name corev1.ResourceName) int64 {
	return inUnits(in.Problem.Catalog[0].Capacity, name)
}

func request(pod *corev1.Pod, name corev1.ResourceName) int64 {
	return inUnits(pod.Spec.Containers[0].Resources.Requests, name)
}

func inUnits(list corev1.ResourceList, name corev1.ResourceName) int64 {
	q := list[name]
	if name == corev1.ResourceMemory {
		return q.Value() >> 30
	}
	return q.Value()
}

func sum(in gen.Instance, name corev1.ResourceName) int64 {
	total := int64(0)
	for _, pod := range in.Problem.Pods {
		total += request(pod, name)
	}
	return total
}
