package binpack

import (
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A part is some of the classes, to be packed by themselves.
type part struct {
	*model.Model
	classes []int // of the whole, ascending
	bins    []int
	values  []float64
	best    model.Solution // of the part

	generator *colgen.Generator // nil: no columns were generated yet
	relaxed   *colgen.Relaxed   // the last solution of the program over them; nil: none
	dived     bool              // a dive was made
}

// partsOf returns the only part: the whole.
func (r *run) partsOf() []part {
	p := part{Model: r.model, bins: r.bins, values: r.values}
	for c := range r.model.Classes {
		p.classes = append(p.classes, c)
	}
	return []part{p}
}
