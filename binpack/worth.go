package binpack

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
)

// worthOf returns what one pod of each class is worth: its share of the price of
// the launches that the pods need together. Pods that only nodes that are free
// hold are worth nothing. It also returns the pivots of the linear program.
func worthOf(m *model.Model) (worth []float64, pivots int) {
	if len(m.Classes) == 1 {
		return []float64{1}, 0 // alike pods are worth the same
	}
	var paid, classes []int
	for _, b := range m.Prune() {
		if m.Bins[b].Price > 0 {
			paid = append(paid, b)
		}
	}
	for c := range m.Classes {
		if slices.ContainsFunc(paid, func(b int) bool { return m.MostOf(c, b) > 0 }) {
			classes = append(classes, c)
		}
	}
	worth = make([]float64, len(m.Classes))
	if len(classes) == 0 {
		return worth, 0
	}
	part := m
	if len(classes) < len(m.Classes) {
		part = m.Part(classes)
	}
	relaxed := relax.Solve(part, paid)
	for i, c := range classes {
		worth[c] = relaxed.Values[i]
	}
	return worth, relaxed.Pivots
}
