package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/ties"
)

// Sections are kinds and nodes that have nothing to do with the others of an instance: no
// node of theirs holds another kind, and no cap, no spread and no pods that may be left are
// about another section too. A plan is one of each, and what each must cost at least all
// together must. That is more than a cut over all of them proves: each has whole nodes.

// sectioned returns the programs of the sections of a prepared instance; nil: it has one, or several branches.
func (p *Program) sectioned() []*Program {
	of := p.p.sections()
	if len(of) < 2 || p.p.memo != nil || len(p.p.Precedences) > 0 {
		return nil
	}
	out := make([]*Program, len(of))
	for i, s := range of {
		prepared := prepare(s)
		for k := range prepared.Kinds {
			prepared.Kinds[k].from = s.Kinds[prepared.Kinds[k].from].from
		}
		for b := range prepared.Nodes {
			prepared.Nodes[b].from = s.Nodes[prepared.Nodes[b].from].from
		}
		out[i] = &Program{p: prepared, kind: p.kind, node: p.node, of: len(of)}
	}
	return out
}

// parts returns the programs of the sections, or the program itself where there are none.
func (p *Program) parts() []*Program {
	if p.sections == nil {
		return []*Program{p}
	}
	return p.sections
}

// sections returns the sections of a prepared instance, in the order of their first kinds.
func (in *Instance) sections() []*Instance {
	// What is tied: kinds, then caps, spreads, and levels whose pods may be left.
	caps := len(in.Kinds)
	spreads := caps + len(in.Caps)
	levels := spreads + len(in.Spreads)
	f := ties.Of(levels + len(in.Left))
	for k := range in.Kinds {
		if s := in.Kinds[k].Spread; s > 0 {
			f.Tie(k, spreads+s-1)
		}
		if l := in.Kinds[k].Level; l < len(in.Left) && in.Left[l] > 0 {
			f.Tie(k, levels+l)
		}
	}
	for _, a := range in.Aparts {
		for _, s := range a.Spreads {
			f.Tie(spreads+a.Spreads[0], spreads+s)
		}
	}
	first := make([]int, len(in.Nodes)) // kind of each node
	for b := range in.Nodes {
		first[b] = slices.Index(in.Nodes[b].Admits, true)
		for k := first[b] + 1; k < len(in.Kinds); k++ {
			if in.Nodes[b].Admits[k] {
				f.Tie(first[b], k)
			}
		}
		for _, u := range in.Nodes[b].Uses {
			f.Tie(first[b], caps+u.Cap)
		}
	}
	at := map[int]int{}
	var kinds, nodes [][]int
	for k := range in.Kinds {
		n, known := at[f.Root(k)]
		if !known {
			n = len(kinds)
			at[f.Root(k)] = n
			kinds, nodes = append(kinds, nil), append(nodes, nil)
		}
		kinds[n] = append(kinds[n], k)
	}
	for b, k := range first {
		nodes[at[f.Root(k)]] = append(nodes[at[f.Root(k)]], b)
	}
	out := make([]*Instance, len(kinds))
	for i := range out {
		out[i] = in.only(kinds[i], nodes[i])
	}
	return out
}

// only returns the instance with these kinds and nodes alone.
func (in *Instance) only(kinds, nodes []int) *Instance {
	out := &Instance{Kinds: picked(in.Kinds, kinds), Nodes: picked(in.Nodes, nodes), Caps: in.Caps, Left: in.Left, Spreads: in.Spreads, Aparts: in.Aparts}
	for b := range out.Nodes {
		out.Nodes[b].Admits, out.Nodes[b].Uses = picked(out.Nodes[b].Admits, kinds), slices.Clone(out.Nodes[b].Uses)
	}
	return out
}

// picked returns the elements at some places.
func picked[E any](list []E, places []int) []E {
	out := make([]E, len(places))
	for i, at := range places {
		out[i] = list[at]
	}
	return out
}

// OneKindEach reports whether the instance divides into sections of one kind each: then
// any values prove what can be proven.
func (p *Program) OneKindEach() bool {
	return len(p.sections) > 0 && !slices.ContainsFunc(p.sections, func(s *Program) bool { return len(s.p.Kinds) > 1 })
}

// addApart is Add where there are sections.
func (p *Program) addApart(ctx context.Context, values []int64) (LowerBound, error) {
	var sum LowerBound
	for i, s := range p.sections {
		before := s.Steps
		price, err := s.Add(ctx, values)
		p.Steps += s.Steps - before
		if err != nil {
			for _, s := range p.sections[:i] {
				s.cuts = s.cuts[:len(s.cuts)-1]
			}
			return LowerBound{}, err
		}
		sum = sum.and(price)
	}
	return sum, nil
}

// solveApart is Solve where there are sections: each has its part of the leaves. What the
// best cut gives alone counts too.
func (p *Program) solveApart(ctx context.Context, leaves int, enough int64) Answer {
	out, counts := Answer{Nodes: make([]int64, p.node), Integral: true}, make([]bool, p.Cuts())
	for _, s := range p.sections {
		price, _ := s.bestAlone()
		out.LowerBound = out.LowerBound.and(price)
	}
	for _, s := range p.sections {
		alone, best := s.bestAlone()
		if best >= 0 {
			counts[best] = true
		}
		if out.Infeasible || out.Least >= enough || ctx.Err() != nil {
			out.Integral = false
			continue
		}
		before := s.Steps
		a := s.Solve(ctx, nil, max(leaves/len(p.sections), 1), arith.Add(enough-out.Least, alone.Least))
		p.Steps += s.Steps - before
		out.Leaves, out.Resumed = out.Leaves+a.Leaves, out.Resumed || a.Resumed
		out.Integral = out.Integral && a.Integral
		out.Infeasible = out.Infeasible || a.Infeasible
		for b, n := range a.Nodes {
			out.Nodes[b] += n
		}
		if a.Values != nil {
			out.Values = a.Values // of one section: the other pods count nothing
		}
		if !a.Infeasible && a.Least <= alone.Least {
			continue
		}
		if best >= 0 {
			counts[best] = false
		}
		out.Least += max(a.Least-alone.Least, 0)
		for _, i := range a.Carried {
			counts[i] = true
		}
	}
	for i, is := range counts {
		if is {
			out.Carried = append(out.Carried, i)
		}
	}
	out.Leaves = max(out.Leaves, 1)
	return out
}

// bestAlone returns what the best cut of a section proves alone, and which it is; -1: there
// is none that proves anything.
func (p *Program) bestAlone() (best LowerBound, cut int) {
	cut = -1
	for i := range p.cuts {
		if of := p.cuts[i].alone; of.Infeasible || of.Least > best.Least && !best.Infeasible {
			best, cut = of, i
		}
	}
	return best, cut
}

// loweredApart is Lowered where there are sections: each is lowered by itself.
func (p *Program) loweredApart() []int64 {
	out, changed := make([]int64, p.kind), false
	for _, s := range p.sections {
		before, last := s.Steps, s.cuts[len(s.cuts)-1]
		lowered := s.Lowered(last.alone.Least)
		p.Steps += s.Steps - before
		changed = changed || lowered != nil
		for _, k := range last.valued.Kinds {
			if out[k.from] = k.value; lowered != nil {
				out[k.from] = lowered[k.from]
			}
		}
	}
	if !changed {
		return nil
	}
	return out
}
