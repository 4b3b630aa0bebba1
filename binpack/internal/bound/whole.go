package bound

import (
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/packing"
)

// A cut knows of a node what it is worth at most. So launches may meet all of them and not hold the
// pods: then there is no plan with these launches, nor with fewer, and what costs less than enough must have
// more of some node.

// refutations bounds the refutations of one Solve together, by as many of the longest. Where more are wanted, a cut is
// worth more.
const refutations = 4

// Refute has Solve refute whole launches that meet all cuts, with at most about ticks ticks for each.
func (p *Program) Refute(ticks int) {
	for _, s := range p.parts() {
		s.effort = ticks
	}
}

// refute solves the program without launches that do not hold the pods, where known is the answer with them. The
// bound is at most enough.
func (p *Program) refute(ctx context.Context, floors []int64, leaves int, enough int64, known Answer) Answer {
	b, cuts := p.rows(floors)
	pods := p.p.pods()
	for i := range b.Options { // others that gain as much may hold less: none stands for another, or is too much
		o := &b.Options[i]
		if o.Most = min(p.p.Nodes[o.Number].Limit, pods); o.Price > 0 {
			o.Most = min(o.Most, (enough-1)/o.Price)
		}
	}
	all := slices.Clone(b.Options)
	b.Options = slices.DeleteFunc(b.Options, func(o ilp.Option) bool { return o.Most == 0 })
	p.group(b)
	var values []int64
	var packed []Packed
	left := refutations * p.effort
	b.Refutes = func(launches []int64) bool {
		all := make([]int64, len(p.p.Nodes))
		for i, n := range launches {
			all[b.Options[i].Number] = n
		}
		a := p.whole().Ask(ctx, all, min(p.effort, left))
		left -= a.Ticks
		if a.Found != nil {
			packed = p.given(a.Found)
		}
		p.Steps += a.Ticks / StepTicks
		if !p.thorough && a.Values != nil {
			values = make([]int64, p.kind)
			for k, v := range a.Values {
				values[p.p.Kinds[k].from] = v
			}
			return false
		}
		return a.Refuted
	}
	out := p.answer(p.goOn(&p.refuting, b, all, cuts).Solve(ctx, leaves, enough), b, cuts)
	out.Values, out.Packing = values, packed
	out.Leaves += known.Leaves
	if enough < math.MaxInt64 && (out.Infeasible || out.Least > enough) { // dearer launches were not looked at
		out.Infeasible, out.Least = false, enough
	}
	switch {
	case out.Infeasible || out.Least > known.Least:
		return out
	case out.Integral: // it is as dear as what was refuted
		known.Nodes = out.Nodes
	}
	known.Leaves, known.Values, known.Packing = out.Leaves, values, packed
	return known
}

// whole returns the pods and nodes of the program.
func (p *Program) whole() *packing.Search {
	if p.packing == nil {
		p.packing = &packing.Search{Left: p.p.Left, Caps: p.p.Caps, Spreads: p.p.Spreads, Aparts: p.p.Aparts}
		for _, k := range p.p.Kinds {
			p.packing.Kinds = append(p.packing.Kinds, packing.Kind{Count: k.Count, PerNode: k.most(), Requests: k.Requests, Level: k.Level, Spread: k.Spread, Domain: k.Domain})
		}
		for _, n := range p.p.Nodes {
			p.packing.Nodes = append(p.packing.Nodes, packing.Node{Capacity: n.Capacity, Admits: n.Admits, Price: n.Price, Limit: n.Limit, Uses: n.Uses})
		}
	}
	for _, c := range p.cuts[len(p.packing.Cuts):] {
		of := packing.Cut{Most: c.gains, Least: c.value}
		for _, k := range p.p.Kinds {
			of.Values = append(of.Values, c.values[k.from])
		}
		p.packing.Cuts = append(p.packing.Cuts, of)
	}
	return p.packing
}

// given returns a packing of nodes and kinds as given.
func (p *Program) given(packed []Packed) []Packed {
	for i, of := range packed {
		packed[i] = Packed{Node: p.p.Nodes[of.Node].from, Times: of.Times, Counts: make([]int64, p.kind)}
		for k, n := range of.Counts {
			packed[i].Counts[p.p.Kinds[k].from] = n
		}
	}
	return packed
}

// Near looks for a packing on launches like these nodes, per node as given, that cost less than enough, in about ticks
// ticks; nil: it found none.
func (p *Program) Near(ctx context.Context, nodes []int64, enough int64, ticks int) []Packed {
	if len(p.sections) > 0 || len(p.p.Precedences) > 0 {
		return nil
	}
	launches := make([]int64, len(p.p.Nodes))
	for n := range launches {
		launches[n] = nodes[p.p.Nodes[n].from]
	}
	a := p.whole().Near(ctx, launches, enough, ticks)
	p.Steps += a.Ticks / StepTicks
	return p.given(a.Found)
}
