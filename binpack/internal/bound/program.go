package bound

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/cover"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/ilp"
	"github.com/stowage/stowage/binpack/internal/packing"
)

// A Program asks for the least price of nodes that cover the pods, whatever
// these are worth: each set of values gives a cut,
//
//	Σ_b K_b y_b ≥ V,
//
// and with several of them the y must meet all at once. What one set of values
// does not see another does: that a node is full by memory though not by cpu.
type Program struct {
	p    *Instance // prepared
	kind int       // kinds as given
	node int       // nodes as given
	cuts []cut     // where there are no sections

	sections []*Program // what it divides into; nil: it does not
	of       int        // how many sections it is one of, or 1

	Steps   int  // taken, in searches of nodes and linear programs
	Resumes bool // Solve goes on from what it did before, where there are no floors: with one more cut most leaves are as they were

	effort          int             // of one refutation, in ticks; 0: there are none
	packing         *packing.Search // what is refuted; nil: nothing
	plain, refuting *ilp.Branching  // the last ones, without refutations and with them; nil: none

	// thorough: the bound is no lower than that of any program with some of these cuts,
	// whichever nodes it has searched, and no values are asked for that would do instead.
	thorough bool
}

// elementsPerStep is the number of elements of a tableau that a pivot computes in one step.
const elementsPerStep = 32

// A cut is what one set of values asks of the nodes.
type cut struct {
	values []int64 // per kind as given
	value  int64
	gains  []int64 // per node of the prepared instance

	valued *Instance     // the prepared instance with these values
	alone  LowerBound    // what it proves alone
	known  []*fill.Known // of several branches: per node, what is known of it
}

// NewProgram returns the program of an instance without cuts. The values of its
// kinds do not count.
func NewProgram(in *Instance) (*Program, error) {
	unvalued := *in
	unvalued.Kinds = slices.Clone(in.Kinds)
	for k := range unvalued.Kinds {
		unvalued.Kinds[k].value = 0
	}
	if err := unvalued.check(); err != nil {
		return nil, err
	}
	p := &Program{p: prepare(&unvalued), kind: len(in.Kinds), node: len(in.Nodes), of: 1}
	p.sections = p.sectioned()
	if len(in.Spreads) > 0 && p.sections == nil && p.p.memo == nil {
		p.p.memo = fill.Memo{} // each of many cuts is about a few nodes
	}
	return p, nil
}

// Add adds the cut of these values, per kind, and returns the bound that follows
// from it alone. The error is ctx's, or says what is wrong with the values: then
// nothing is added.
func (p *Program) Add(ctx context.Context, values []int64) (LowerBound, error) {
	valued, err := p.valued(values)
	if err != nil {
		return LowerBound{}, err
	}
	if p.sections != nil {
		return p.addApart(ctx, values)
	}
	all, known, err := p.fillings(ctx, valued)
	if err != nil {
		return LowerBound{}, err
	}
	gains := make([]int64, len(valued.Nodes))
	for _, h := range all {
		p.Steps += h.of.Most.Steps
		for _, b := range h.index {
			gains[b] = h.of.Most.Bound
		}
	}
	value := valueToCover(valued)
	p.cuts = append(p.cuts, cut{values: values, value: value, gains: gains, valued: valued, known: known})
	var price LowerBound
	cut := coverBy(valued, all, value)
	cut.OneOf(p.of)
	if known != nil { // there are many branches, and all cuts together count: the linear program over it, whose nodes are searched
		one := p.Only([]int{len(p.cuts) - 1})
		price = one.Solve(ctx, nil, 1, math.MaxInt64).or(LowerBound(cut.Quick()))
		p.Steps, err = one.Steps, ctx.Err()
	} else {
		var p cover.Bound
		p, err = cut.Bound(ctx)
		price = LowerBound(p)
	}
	if err != nil {
		p.cuts = p.cuts[:len(p.cuts)-1]
	} else {
		p.cuts[len(p.cuts)-1].alone = price
	}
	return price, err
}

// fillings fills the nodes.
func (p *Program) fillings(ctx context.Context, valued *Instance) ([]*nodeFill, []*fill.Known, error) {
	if p.p.memo != nil {
		return remembered(ctx, p.p.memo, valued)
	}
	all, err := fillings(ctx, valued, full)
	return all, nil, err
}

// Cuts returns how many cuts there are.
func (p *Program) Cuts() int { return len(p.parts()[0].cuts) }

// Gains returns, of each cut, what one launch of each node as given holds at most, and what all must hold together; nil: there are sections.
func (p *Program) Gains() (most [][]int64, least []int64) {
	for _, c := range p.cuts {
		gains := slices.Repeat([]int64{c.value}, p.node) // those that were left out are others' equals
		for n, gain := range c.gains {
			gains[p.p.Nodes[n].from] = gain
		}
		most, least = append(most, gains), append(least, c.value)
	}
	return most, least
}

// Only returns the program with these of the cuts alone, in ascending order.
func (p *Program) Only(cuts []int) *Program {
	out := *p
	out.cuts, out.sections, out.packing, out.plain, out.refuting = nil, nil, nil, nil, nil
	for _, s := range p.sections {
		out.sections = append(out.sections, s.Only(cuts))
	}
	if p.sections == nil {
		for _, c := range cuts {
			out.cuts = append(out.cuts, p.cuts[c])
		}
	}
	return &out
}

// Meets reports whether launches, per node as given, meet the last cut.
func (p *Program) Meets(launches []int64) bool {
	return !slices.ContainsFunc(p.parts(), func(s *Program) bool {
		last := s.cuts[len(s.cuts)-1]
		sum := int64(0)
		for b, gain := range last.gains {
			sum = arith.Add(sum, arith.Mul(gain, launches[s.p.Nodes[b].from]))
		}
		return sum < last.value
	})
}

// valued returns the prepared instance with these values. Nodes are as they were,
// kinds are sorted by value.
func (p *Program) valued(values []int64) (*Instance, error) {
	if len(values) != p.kind {
		return nil, fmt.Errorf("bound: %d values for %d kinds", len(values), p.kind)
	}
	kinds, order := slices.Clone(p.p.Kinds), make([]int, len(p.p.Kinds))
	for k := range kinds {
		kinds[k].value = values[kinds[k].from]
		order[k] = k
	}
	slices.SortStableFunc(order, func(i, j int) int { return compareKinds(kinds[i], kinds[j]) })
	out := *p.p
	out.Kinds, out.Nodes = picked(kinds, order), slices.Clone(p.p.Nodes)
	for b := range out.Nodes {
		out.Nodes[b].Admits = picked(out.Nodes[b].Admits, order)
	}
	return &out, out.check()
}

// An Answer is what is known of the least price.
type Answer struct {
	LowerBound
	Nodes    []int64  // per node as given, launches at the least price known, rounded up
	Integral bool     // no launches that meet all cuts cost less than Nodes
	Carried  []int    // the cuts that counted
	Leaves   int      // linear programs solved
	Resumed  bool     // Solve went on from what it did before
	Values   []int64  // per kind as given: by these Nodes hold too little; nil: none are known, or asked for
	Packing  []Packed // of all pods that must be placed, on launches that cost less than enough; nil: none is known
}

// A Packed is alike launches with the same pods.
type Packed = packing.Packed

// Solve returns a lower bound on the price of launches that meet all cuts, limits, caps
// and floors. It opens at most leaves leaves of a branch and bound, and stops when the
// bound is enough or ctx ends. With one cut, Add's bound may be higher.
func (p *Program) Solve(ctx context.Context, floors []int64, leaves int, enough int64) Answer {
	if p.sections != nil {
		return p.solveApart(ctx, leaves, enough)
	}
	out := p.tightened(ctx, floors, 1, enough)
	if leaves == 1 || out.done(enough) {
		return out
	}
	opened := out.Leaves
	if p.thorough {
		out = p.tightened(ctx, floors, leaves, enough)
	} else {
		out = p.solve(ctx, floors, leaves, enough)
	}
	if out.Leaves += opened; out.Integral && !out.done(enough) && p.effort > 0 && len(p.p.Precedences) == 0 {
		out = p.refute(ctx, floors, leaves, enough, out)
	}
	return out
}

// done reports whether more leaves give nothing.
func (a Answer) done(enough int64) bool { return a.Infeasible || a.Leaves == 0 || a.Least >= enough }

// tightened solves the program until all nodes launched are searched.
func (p *Program) tightened(ctx context.Context, floors []int64, leaves int, enough int64) Answer {
	for opened := 0; ; {
		out := p.solve(ctx, floors, leaves, enough)
		opened += out.Leaves
		out.Leaves = opened
		if out.done(enough) || !p.tighten(ctx, out) {
			return out
		}
	}
}

// solve solves the program with what the cuts know of the nodes.
func (p *Program) solve(ctx context.Context, floors []int64, leaves int, enough int64) Answer {
	b, cuts := p.rows(floors)
	all := slices.Clone(b.Options)
	b.Options = ilp.Undominated(slices.DeleteFunc(b.Options, func(o ilp.Option) bool { return o.Most == 0 }))
	if len(b.Values) == 0 || len(b.Options) == 0 || len(b.Values)+len(b.Caps) > ilp.MaxSides {
		return Answer{}
	}
	p.group(b)
	return p.answer(p.goOn(&p.plain, b, all, cuts).Solve(ctx, leaves, enough), b, cuts)
}

// goOn has a branch and bound go on from the last one of its kind, and be the last one.
func (p *Program) goOn(last **ilp.Branching, b *ilp.Branching, all []ilp.Option, cuts []int) *ilp.Branching {
	if p.Resumes && len(cuts) == len(b.Values) {
		b.Resume(*last, all)
		*last = b
	}
	return b
}

// answer returns the answer of a branch and bound, whose last rows are these cuts.
func (p *Program) answer(a ilp.Answer, b *ilp.Branching, cuts []int) Answer {
	p.Steps += a.Elements / elementsPerStep
	out := Answer{LowerBound: LowerBound{a.Least, a.Infeasible}, Nodes: make([]int64, p.node), Integral: a.Integral, Leaves: a.Leaves, Resumed: a.Resumed}
	for i, n := range a.Launches {
		out.Nodes[p.p.Nodes[b.Options[i].Number].from] = n
	}
	for _, row := range a.Carried {
		if floors := len(b.Values) - len(cuts); row >= floors {
			out.Carried = append(out.Carried, cuts[row-floors])
		}
	}
	return out
}

// rows returns the branch and bound over the program, whose rows are floors and then cuts, with all options, and
// which cuts these are.
func (p *Program) rows(floors []int64) (b *ilp.Branching, cuts []int) {
	b = &ilp.Branching{Caps: p.p.Caps, Values: slices.DeleteFunc(slices.Clone(floors), func(least int64) bool { return least <= 0 })}
	for i, c := range p.cuts {
		if c.value > 0 {
			b.Values, cuts = append(b.Values, c.value), append(cuts, i)
		}
	}
	for n := range p.p.Nodes {
		b.Options = append(b.Options, p.option(n, floors, cuts, b.Values))
	}
	return b, cuts
}

// group has the sums of families branched on, where no other choices count more.
func (p *Program) group(b *ilp.Branching) {
	selective := func(o ilp.Option) bool { return p.p.Nodes[o.Number].selective }
	if len(p.p.Spreads)+len(p.p.Caps) == 0 && !slices.ContainsFunc(b.Options, selective) {
		b.Groups = ilp.Families(b.Options, ilp.MaxSides-len(b.Values))
	}
}

// option returns a node of the prepared instance as an option of the branch and bound.
func (p *Program) option(n int, floors []int64, cuts []int, values []int64) ilp.Option {
	node := &p.p.Nodes[n]
	o := ilp.Option{Number: n, Price: node.Price, Uses: node.Uses}
	for f, least := range floors {
		if least > 0 {
			o.Gains = append(o.Gains, node.gains[f])
		}
	}
	for _, i := range cuts {
		o.Gains = append(o.Gains, p.cuts[i].gains[n])
	}
	o.Most = o.Needed(values, min(node.Limit, withinCaps(node.Uses, p.p.Caps)))
	o.Limited = node.Limit < Unlimited && node.Limit <= o.Most
	return o
}

func withinCaps(uses []Use, caps []int64) int64 {
	most := int64(Unlimited)
	for _, u := range uses {
		most = min(most, caps[u.Cap]/u.Amount)
	}
	return most
}
