package bound

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/spread"
)

// A LowerBound is one on the price of plans.
type LowerBound struct {
	Least      int64
	Infeasible bool // no plan leaves as few pods; Least means nothing
}

// StepTicks is what a step of this package counts as, in ticks of package work.
const StepTicks = fill.StepTicks

// MaxLeaves is the most leaves of one branch and bound over all cuts that a solver may
// take. A judge takes twice as many, lest a bound hang on the last of them.
const MaxLeaves = 50_000

// MaxRefutation is the most ticks of one refutation that a solver may take, and a judge twice as many.
const MaxRefutation = 10_000_000

// Evaluate returns a lower bound on the price of launches that place all pods except those that fit on no node and Left
// others of each level. It is the best of what each cut gives alone and, in at most leaves leaves, all give together;
// of one cut alone too, as its own bound counts values in steps; where plans divide into branches, the least over the
// branches. It may stop at a bound of enough. The error is ctx's, or says what is wrong with the instance.
func Evaluate(ctx context.Context, in *Instance, leaves int, enough int64) (LowerBound, error) {
	if err := in.check(); err != nil {
		return LowerBound{}, err
	}
	relaxed, branches := Branches(in, enough)
	e := evaluation{leaves: leaves, of: map[*Instance]allCuts{}}
	out, err := e.evaluate(ctx, Branch{Instance: relaxed}, enough)
	if err != nil || len(branches) == 0 || out.Infeasible || out.Least >= enough {
		return out, err
	}
	least := enough
	for _, c := range branches {
		price, err := e.evaluate(ctx, c, least)
		if err != nil {
			return LowerBound{}, err
		}
		if !price.Infeasible {
			least = min(least, price.Least)
		}
	}
	return LowerBound{Least: max(out.Least, least)}, nil
}

// An evaluation keeps the programs of the branches' instances.
type evaluation struct {
	leaves int
	of     map[*Instance]allCuts
}

// allCuts is a program with all cuts of its kinds, or as many as show that there is no
// plan. The price follows from the best of them alone.
type allCuts struct {
	program *Program
	price   LowerBound
}

// evaluate is Evaluate of one branch.
func (e *evaluation) evaluate(ctx context.Context, c Branch, enough int64) (LowerBound, error) {
	of, known := e.of[c.Instance]
	if !known {
		var err error
		if of, err = evaluate(ctx, c.Instance, enough); err != nil {
			return LowerBound{}, err
		}
		e.of[c.Instance] = of
	}
	if of.price.Least >= enough || of.price.Infeasible {
		return of.price, nil
	}
	price := of.price.or(of.program.Solve(ctx, c.Floors, e.leaves, enough).LowerBound)
	if price.Least < enough && !price.Infeasible && ctx.Err() != nil {
		return LowerBound{}, ctx.Err()
	}
	return price, nil
}

// evaluate adds the cuts of its kinds to the program of an instance, as long as the price is less than enough.
func evaluate(ctx context.Context, in *Instance, enough int64) (allCuts, error) {
	p, err := NewProgram(in)
	if err != nil {
		return allCuts{}, err
	}
	for _, s := range p.parts() {
		s.thorough, s.effort = true, 2*MaxRefutation
	}
	var best LowerBound
	for i := 0; len(in.Kinds) > 0 && i < len(in.Kinds[0].Values) && (i == 0 || best.Least < enough && !best.Infeasible); i++ {
		price, err := p.Add(ctx, valuesOf(in.Kinds, i))
		if err != nil {
			return allCuts{}, err
		}
		best = best.or(price)
	}
	return allCuts{p, best}, nil
}

// or returns what follows from both.
func (p LowerBound) or(o LowerBound) LowerBound {
	return LowerBound{Least: max(p.Least, o.Least), Infeasible: p.Infeasible || o.Infeasible}
}

// and returns what follows for plans of two sections together.
func (p LowerBound) and(o LowerBound) LowerBound {
	return LowerBound{Least: arith.Add(p.Least, o.Least), Infeasible: p.Infeasible || o.Infeasible}
}

func valuesOf(kinds []Kind, cut int) []int64 {
	values := make([]int64, len(kinds))
	for k := range kinds {
		values[k] = kinds[k].Values[cut]
	}
	return values
}

// Quick returns a bound that follows from one cut, with little effort: one that is
// never higher than Evaluate's, in a fraction of the time. It does not add the cut.
func (p *Program) Quick(ctx context.Context, values []int64) (LowerBound, error) {
	var sum LowerBound
	for _, part := range p.parts() {
		valued, err := part.valued(values)
		if err != nil {
			return LowerBound{}, err
		}
		c, err := coverOf(ctx, valued, little, valueToCover(valued))
		if err != nil {
			return LowerBound{}, err
		}
		sum = sum.and(LowerBound(c.Quick()))
	}
	return sum, nil
}

// Placeable reports for each kind whether some launch holds a pod of it. Left counts pods of those kinds only. The
// instance must be such as Evaluate accepts.
func Placeable(in *Instance) []bool {
	out := make([]bool, len(in.Kinds))
	for b := range in.Nodes {
		for k := range out {
			out[k] = out[k] || in.Holds(b, k)
		}
	}
	return out
}

// Holds reports whether node b can be launched and holds a pod of kind k.
func (in *Instance) Holds(b, k int) bool {
	n := &in.Nodes[b]
	return n.Admits[k] && n.Limit > 0 && fill.Fit(in.Kinds[k].Requests, n.Capacity, 1) > 0 &&
		!slices.ContainsFunc(n.Uses, func(u Use) bool { return u.Amount > in.Caps[u.Cap] })
}

// valueToCover returns the value of all pods, without the most that those of each level can be worth that may be left. Kinds are
// sorted by value, the greatest first.
func valueToCover(p *Instance) int64 {
	pods := make([]spread.Pods, len(p.Kinds))
	for i, k := range p.Kinds {
		pods[i] = spread.Pods{Count: k.Count, Value: k.value, Level: k.Level, Spread: k.Spread, Domain: k.Domain}
	}
	return spread.Worth(pods, p.Left, p.Spreads, p.aparts)
}
