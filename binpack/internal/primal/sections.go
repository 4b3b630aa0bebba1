package primal

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/internal/work"
)

// Where a model has many sections each is searched by itself: its program over columns is
// small, and what makes it better does so whatever the others are.

// A sectionSearch is the search of one section.
type sectionSearch struct {
	section
	primal *Primal
}

// searchApart returns the searches of the sections of p, each with an equal part of the work
// that is left; nil: there are few, or a rule over domains ties them together. One class
// alone is not searched: its first solution is the optimum.
func searchApart(p *Primal) []sectionSearch {
	if p.space.model != p.unsplit || !p.without.Uses(technique.Sections) {
		return nil
	}
	var out []sectionSearch
	for _, part := range p.space.sections() {
		if len(part.classes) > 1 {
			out = append(out, sectionSearch{section: part})
		}
	}
	for i := range out {
		limit := p.meter.Left(-1)
		if limit > 0 {
			limit /= int64(len(out))
		}
		out[i].primal = only(p, out[i].section, work.NewMeter(p.meter.Context(), limit))
	}
	return out
}

// only returns the search of a section alone, from its part of the incumbent of p.
func only(p *Primal, part section, meter *work.Meter) *Primal {
	of := p.space.section(part)
	out := begin(of.model, of.bins, meter, p.without)
	for _, j := range p.incumbent {
		if b := slices.Index(part.bins, j.Bin); b >= 0 {
			counts := slices.Clone(j.Counts)
			for i := range counts {
				counts[i].Class = slices.Index(part.classes, counts[i].Class)
			}
			out.incumbent = append(out.incumbent, model.Column{Bin: b, Times: j.Times, Counts: counts})
		}
	}
	return out
}

// turnApart takes a turn of each section, and puts their incumbents together.
func (p *Primal) turnApart() {
	merged := slices.Clone(p.incumbent)
	duals := slices.Clone(p.worth.Duals)
	for i := range p.apart {
		s := &p.apart[i]
		of, before := s.primal, s.primal.meter.Spent()
		if !of.meter.Done() {
			for _, step := range of.Turn() {
				step.Do()
			}
		}
		if of.fault != nil {
			p.fault = of.fault
			return
		}
		p.meter.Spend(int(of.meter.Spent() - before))
		for n, c := range s.classes {
			if of.columns.duals != nil {
				duals[c] = of.columns.duals[n]
			}
		}
		merged = slices.DeleteFunc(merged, func(j model.Column) bool { return slices.Contains(s.bins, j.Bin) })
		for _, j := range of.incumbent.Whole(s.classes) {
			j.Bin = s.bins[j.Bin]
			merged = append(merged, j)
		}
	}
	p.meter.Spend(idleTicks)
	p.columns.duals = duals
	p.keep(merged)
}
