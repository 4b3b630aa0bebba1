package relax

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Worth is what things are worth by the linear program.
type Worth struct {
	Pods   []float64 // one pod of each class
	Duals  []float64 // the same, though some may be worth nothing: what proves most
	Caps   []float64 // one unit of each cap
	Pivots int       // of the program

	Model    *model.Model
	Launches []float64 // per bin of the model, how often the program launches it; nil: it is not of all classes and bins
}

// WorthOf returns what one pod of each class is worth: its share of the price of
// the launches that the pods need together. Pods that only nodes that are free
// hold are worth nothing. bins are those worth launching. When
// ctx ends, what is known is it.
func WorthOf(ctx context.Context, m *model.Model, bins []int) Worth {
	w := Worth{Model: m, Pods: make([]float64, len(m.Classes)), Duals: make([]float64, len(m.Classes)), Caps: make([]float64, len(m.Caps))}
	if len(m.Classes) == 1 {
		w.Pods[0], w.Duals[0] = 1, 1 // alike pods are worth the same
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
	relaxed := Solve(ctx, part, paid)
	for i, c := range classes {
		w.Pods[c], w.Duals[c] = relaxed.Values[i], relaxed.Duals[i]
	}
	w.Caps, w.Pivots = relaxed.Caps, relaxed.Pivots
	if part == m && len(paid) == len(bins) {
		w.Launches = relaxed.Launches
	}
	return w
}
