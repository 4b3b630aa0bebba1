package binpack

import (
	"github.com/stowage/stowage/binpack/internal/colgen"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// partClasses is about the number of classes that are packed together
	// where there are many.
	partClasses = 60
	// fewestPerClass is the average number of pods in a class from which on
	// classes are packed in parts: each part leaves some nodes that are not
	// full, which must not count for much.
	fewestPerClass = 20
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
}

// partsOf deals the classes of a large problem into parts, round by size, so
// that each has a mix like the whole. One part is the whole: where classes or
// pods are too few, or where caps tie the parts together.
func (r *run) partsOf() []part {
	m := r.model
	pods := int64(0)
	for _, c := range m.Classes {
		pods += c.Count
	}
	n := (len(m.Classes) + partClasses - 1) / partClasses
	if n < 3 || pods < int64(fewestPerClass*len(m.Classes)) || len(m.Caps) > 0 || !r.uses(partition) {
		n = 1
	}
	parts := make([]part, n)
	for c := range m.Classes {
		p := &parts[c%n]
		p.classes = append(p.classes, c)
		p.values = append(p.values, r.values[c])
	}
	for i := range parts {
		p := &parts[i]
		p.Model, p.bins = m, r.bins
		if n > 1 {
			p.Model = m.Part(p.classes)
			p.bins = p.Prune()
		}
	}
	return parts
}
