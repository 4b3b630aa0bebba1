package bound

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
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
	cuts []cut

	Steps int // taken, in searches of nodes and linear programs

	// thorough: the bound is no lower than that of any program with some of these cuts,
	// whichever nodes it has searched.
	thorough bool
}

// pivotPart: so many elements of a tableau are a step of a pivot.
const pivotPart = 32

// A cut is what one set of values asks of the nodes.
type cut struct {
	value int64
	gains []int64 // per node of the prepared instance

	valued *Instance // the prepared instance with these values
	known  []*held   // of several cases: per node, what is known of it
}

// NewProgram returns the program of an instance without cuts. The values of its
// kinds do not count.
func NewProgram(in *Instance) (*Program, error) {
	plain := *in
	plain.Kinds = slices.Clone(in.Kinds)
	for k := range plain.Kinds {
		plain.Kinds[k].value = 0
	}
	if err := plain.check(); err != nil {
		return nil, err
	}
	return &Program{p: prepare(&plain), kind: len(in.Kinds), node: len(in.Nodes)}, nil
}

// Add adds the cut of these values, per kind, and returns the bound that follows
// from it alone. The error is ctx's, or says what is wrong with the values: then
// nothing is added.
func (p *Program) Add(ctx context.Context, values []int64) (Price, error) {
	valued, err := p.valued(values)
	if err != nil {
		return Price{}, err
	}
	all, known, err := p.fillings(ctx, valued)
	if err != nil {
		return Price{}, err
	}
	gains := make([]int64, len(valued.Nodes))
	for _, h := range all {
		p.Steps += h.steps
		for _, b := range h.index {
			gains[b] = h.bound
		}
	}
	p.cuts = append(p.cuts, cut{mustCover(valued), gains, valued, known})
	var price Price
	if known != nil { // there are many cases, and all cuts together count
		price, err = p.alone(ctx, len(p.cuts)-1)
	} else {
		price, err = coverBy(valued, all).price(ctx)
	}
	if err != nil {
		p.cuts = p.cuts[:len(p.cuts)-1]
	}
	return price, err
}

// alone returns the bound that one cut gives by the linear program over it, and searches
// the nodes that this launches.
func (p *Program) alone(ctx context.Context, cut int) (Price, error) {
	one := p.Only([]int{cut})
	a := one.Solve(ctx, nil, 1, math.MaxInt64)
	p.Steps = one.Steps
	return a.Price, ctx.Err()
}

// fillings fills the nodes.
func (p *Program) fillings(ctx context.Context, valued *Instance) ([]*holding, []*held, error) {
	if p.p.memo != nil {
		return p.p.memo.fillings(ctx, valued)
	}
	all, err := fillings(ctx, valued, full)
	return all, nil, err
}

// Cuts returns how many cuts there are.
func (p *Program) Cuts() int { return len(p.cuts) }

// Only returns the program with these of the cuts alone, in ascending order.
func (p *Program) Only(cuts []int) *Program {
	out := *p
	out.cuts = nil
	for _, c := range cuts {
		out.cuts = append(out.cuts, p.cuts[c])
	}
	return &out
}

// Meets reports whether launches, per node as given, meet the last cut.
func (p *Program) Meets(launches []int64) bool {
	last := p.cuts[len(p.cuts)-1]
	sum := int64(0)
	for b, gain := range last.gains {
		sum = arith.Add(sum, arith.Mul(gain, launches[p.p.Nodes[b].from]))
	}
	return sum >= last.value
}

// valued returns the prepared instance with these values. Nodes are as they were,
// kinds are sorted by value.
func (p *Program) valued(values []int64) (*Instance, error) {
	if len(values) != p.kind {
		return nil, fmt.Errorf("bound: %d values for %d kinds", len(values), p.kind)
	}
	out := *p.p
	out.Kinds = slices.Clone(p.p.Kinds)
	for k := range out.Kinds {
		out.Kinds[k].value = values[out.Kinds[k].from]
	}
	order := make([]int, len(out.Kinds))
	for k := range order {
		order[k] = k
	}
	order, out.Kinds = sortKinds(order, out.Kinds)
	out.Nodes = slices.Clone(p.p.Nodes)
	for b := range out.Nodes {
		admits := make([]bool, len(order))
		for i, k := range order {
			admits[i] = p.p.Nodes[b].Admits[k]
		}
		out.Nodes[b].Admits = admits
	}
	return &out, out.check()
}

// An Answer is what is known of the least price.
type Answer struct {
	Price
	Nodes   []int64 // per node as given, launches at the least price known, rounded up
	Whole   bool    // no launches that meet all cuts cost less than Nodes
	Carried []int   // the cuts that counted
	Leaves  int     // linear programs solved
}

// Solve returns a lower bound on the price of launches that meet all cuts, limits,
// caps and floors, found in so many leaves of a branch and bound at most; it is content
// where it is enough, and when ctx ends. With one cut Add's bound may be higher.
func (p *Program) Solve(ctx context.Context, floors []int64, leaves int, enough int64) Answer {
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
	out.Leaves += opened
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
	b := p.branching(floors)
	if b == nil {
		return Answer{}
	}
	out := b.solve(ctx, leaves, enough)
	p.Steps += b.root.pivots * len(b.sides) * len(b.options) / pivotPart
	nodes := make([]int64, p.node)
	for i, n := range out.Nodes {
		nodes[p.p.Nodes[b.options[i].node].from] = n
	}
	out.Nodes = nodes
	return out
}

// branching returns the branch and bound over the program, or nil where that has
// no cuts or too many rows.
func (p *Program) branching(floors []int64) *branching {
	b := &branching{caps: p.p.Caps}
	for _, least := range floors {
		if least > 0 {
			b.rows, b.values = append(b.rows, noCut), append(b.values, least)
		}
	}
	first := len(b.rows)
	for i, c := range p.cuts {
		if c.value > 0 {
			b.rows, b.values = append(b.rows, i), append(b.values, c.value)
		}
	}
	for n := range p.p.Nodes {
		node := &p.p.Nodes[n]
		o := launch{node: n, price: node.Price, uses: node.Uses}
		for f, least := range floors {
			if least > 0 {
				o.gains = append(o.gains, node.gains[f])
			}
		}
		for _, i := range b.rows[first:] {
			o.gains = append(o.gains, p.cuts[i].gains[n])
		}
		o.most = o.needed(b.values, min(node.Limit, withinCaps(node.Uses, p.p.Caps)))
		o.limited = node.Limit < Unlimited && node.Limit <= o.most
		if o.most > 0 {
			b.options = append(b.options, o)
		}
	}
	slices.SortStableFunc(b.options, compareLaunches)
	b.options = slices.DeleteFunc(slices.Clone(b.options), func(o launch) bool {
		return slices.ContainsFunc(b.options, func(q launch) bool { return q.node != o.node && q.replaces(&o) })
	})
	if len(b.rows) == 0 || len(b.options) == 0 || len(b.rows)+len(b.caps) > maxSides {
		return nil
	}
	return b
}

// noCut is the number of a row that is a floor.
const noCut = -1

func withinCaps(uses []Use, caps []int64) int64 {
	most := int64(Unlimited)
	for _, u := range uses {
		most = min(most, caps[u.Cap]/u.Amount)
	}
	return most
}

// needed returns how many launches some plan of least price has at most, at most
// limit: more than cover each value alone are of no use.
func (o *launch) needed(values []int64, limit int64) int64 {
	most := int64(0)
	for i, v := range values {
		if o.gains[i] > 0 {
			most = max(most, arith.CeilDiv(v, o.gains[i]))
		}
	}
	return min(most, limit)
}

// compareLaunches orders options by all that counts, so that the order of the
// input does not.
func compareLaunches(a, b launch) int {
	return cmp.Or(cmp.Compare(a.price, b.price), -slices.Compare(a.gains, b.gains), cmp.Compare(b.most, a.most),
		slices.CompareFunc(a.uses, b.uses, func(x, y Use) int { return cmp.Or(cmp.Compare(x.Cap, y.Cap), cmp.Compare(x.Amount, y.Amount)) }))
}

// replaces reports whether a may be launched wherever o is: it comes first in
// order, where they are equal.
func (a *launch) replaces(o *launch) bool {
	if a.limited || a.price > o.price || !dominance.NoLess(a.gains, o.gains) || !dominance.UsesNoMore(a.uses, o.uses) {
		return false
	}
	equal := a.price == o.price && slices.Equal(a.gains, o.gains) && dominance.UsesNoMore(o.uses, a.uses) && !o.limited
	return !equal || a.node < o.node
}
