package solver

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
)

// A worth is what things are worth by a linear program.
type worth struct {
	pods   []float64 // one pod of each class
	duals  []float64 // the same, though some may be worth nothing: what proves most
	caps   []float64 // one unit of each cap
	pivots int       // of the program
}

// worthOf returns what one pod of each class is worth: its share of the price of
// the launches that the pods need together. Pods that only nodes that are free
// hold are worth nothing. bins are those worth launching.
func worthOf(m *model.Model, bins []int) worth {
	w := worth{pods: make([]float64, len(m.Classes)), duals: make([]float64, len(m.Classes)), caps: make([]float64, len(m.Caps))}
	if len(m.Classes) == 1 {
		w.pods[0], w.duals[0] = 1, 1 // alike pods are worth the same
		return w
	}
	var paid, classes []int
	for _, b := range bins {
		if m.Bins[b].Price > 0 {
			paid = append(paid, b)
		}
	}
	for c := range m.Classes {
		if slices.ContainsFunc(paid, func(b int) bool { return m.MostOf(c, b) > 0 }) {
			classes = append(classes, c)
		}
	}
	if len(classes) == 0 {
		return w
	}
	part := m
	if len(classes) < len(m.Classes) {
		part = m.Part(classes)
	}
	relaxed := relax.Solve(part, paid)
	for i, c := range classes {
		w.pods[c], w.duals[c] = relaxed.Values[i], relaxed.Duals[i]
	}
	w.caps, w.pivots = relaxed.Caps, relaxed.Pivots
	return w
}
