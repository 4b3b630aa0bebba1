package fold_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

var pods = []*corev1.Pod{{}, {}}

// launches draws launches; some neighbours are alike.
func launches() *rapid.Generator[[]binpack.Launch] {
	few := func(t *rapid.T, name string) string { return rapid.SampledFrom([]string{"", "a"}).Draw(t, name) }
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) binpack.Launch {
		l := binpack.Launch{
			Count: rapid.IntRange(0, 3).Draw(t, "count"), Pool: few(t, "pool"),
			Offering: catalog.Key{Zone: few(t, "zone")}, Price: catalog.Price(rapid.IntRange(0, 1).Draw(t, "price")),
		}
		if rapid.Bool().Draw(t, "labels") {
			l.Labels = map[string]string{"k": few(t, "label")}
		}
		for _, pod := range pods[:rapid.IntRange(0, 2).Draw(t, "pods")] {
			l.Pods = append(l.Pods, binpack.Placement{Pod: pod, Count: rapid.IntRange(1, 2).Draw(t, "placed")})
		}
		if rapid.Bool().Draw(t, "alternatives") {
			l.Alternatives = []binpack.Alternative{{Pool: few(t, "other pool"), Labels: map[string]string{"k": few(t, "other label")}}}
		}
		return l
	}))
}

// TestFold: folded or not, launches say the same: the same nodes in the same order,
// what they hold and what they cost. Folded, no two that follow each other are alike.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := launches().Draw(t, "launches")
		unfolded, folded := fold.Unfold(all), fold.Fold(all)
		require.Equal(t, unfolded, fold.Unfold(folded))
		require.Equal(t, folded, fold.Fold(unfolded))
		require.Len(t, unfolded, fold.Nodes(all))
		require.Equal(t, fold.Nodes(all), fold.Nodes(folded))
		cost := func(all []binpack.Launch) (sum catalog.Price) {
			for _, l := range all {
				sum += l.Price * catalog.Price(l.Nodes())
			}
			return sum
		}
		require.Equal(t, cost(all), cost(folded))
		for i, l := range folded {
			require.Positive(t, l.Count)
			require.False(t, i > 0 && fold.Alike(folded[i-1], l))
		}
	})
}

// TestAlike: launches that differ in what any field says are not alike.
func TestAlike(t *testing.T) {
	base := func() binpack.Launch {
		return binpack.Launch{
			Pool: "p", Offering: catalog.Key{Zone: "z"}, Labels: map[string]string{"k": "v"}, Price: 1,
			Pods: []binpack.Placement{{Pod: pods[0], Count: 1}}, Alternatives: []binpack.Alternative{{Pool: "p", Price: 2}},
		}
	}
	require.True(t, fold.Alike(base(), base()))
	for name, change := range map[string]func(l *binpack.Launch){
		"pool":                  func(l *binpack.Launch) { l.Pool = "q" },
		"offering":              func(l *binpack.Launch) { l.Offering.ReservationID = "r" },
		"label":                 func(l *binpack.Launch) { l.Labels["k"] = "w" },
		"price":                 func(l *binpack.Launch) { l.Price = 2 },
		"pod":                   func(l *binpack.Launch) { l.Pods[0].Pod = pods[1] },
		"count of a pod":        func(l *binpack.Launch) { l.Pods[0].Count = 2 },
		"one more pod":          func(l *binpack.Launch) { l.Pods = append(l.Pods, binpack.Placement{Pod: pods[1], Count: 1}) },
		"no alternative":        func(l *binpack.Launch) { l.Alternatives = nil },
		"label of alternatives": func(l *binpack.Launch) { l.Alternatives[0].Labels = map[string]string{"k": "v"} },
	} {
		l := base()
		change(&l)
		require.False(t, fold.Alike(base(), l), name)
	}
}
