package verify

import (
	"context"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
	"github.com/stowage/stowage/catalog"
)

// Alternatives returns, for each launch of a plan that keeps all rules, the other
// offerings that one of its nodes could be launched as with the same pods, the
// cheapest first; most is how many at most. Each keeps all rules of p with the rest
// of the plan as it is, limits and rules over domains among them. An offering comes
// once, in the first pool by name and with the first labels that will do. An invalid
// p is an error. When ctx ends the error is its own, and launches that were not
// reached have none.
func Alternatives(ctx context.Context, p binpack.Problem, plan binpack.Plan, most int) ([][]binpack.Alternative, error) {
	return Conditions{Most: most}.Alternatives(ctx, p, plan)
}

// eachLaunch does something once for each group of launches of a plan that keeps all
// rules, and returns what came of it for each launch.
func eachLaunch[T any](ctx context.Context, p binpack.Problem, plan binpack.Plan, do func(*layout, *nodeGroup, []*reading.NodeTemplate) (T, error)) ([]T, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out := make([]T, len(plan.Launches))
	problem, err := reading.Of(ctx, &p)
	if err != nil {
		return out, err
	}
	read, err := readLayout(ctx, problem, &plan)
	if err != nil {
		return out, err
	}
	found := &report{}
	checkLaunches(ctx, read, found)
	checkNominations(ctx, read, found)
	if len(found.violations) > 0 || ctx.Err() != nil {
		return out, ctx.Err()
	}
	known := map[*nodeGroup]T{}
	for i, group := range read.ofLaunch {
		if _, again := known[group]; !again {
			if known[group], err = do(read, group, problem.Supply.Launchable(reading.KindsOf(group.loads)...)); err != nil {
				return out, err
			}
		}
		out[i] = known[group]
	}
	return out, nil
}

// couldBe reports whether one node of the group could be the candidate instead.
func (l *layout) couldBe(ctx context.Context, g *nodeGroup, t *reading.NodeTemplate) bool {
	return l.launched[t] < l.problem.Supply.Most[t.Key] && t.Holds(g.loads) && l.keepsRulesWith(ctx, g, t)
}

// alternatives returns the candidates that one node of the group could be instead.
func (c Conditions) alternatives(ctx context.Context, l *layout, g *nodeGroup, candidates []*reading.NodeTemplate) ([]binpack.Alternative, error) {
	var out []binpack.Alternative
	seen := map[catalog.Key]bool{g.template.Key: true}
	short := c.shortOf(g.template)
	for _, t := range candidates {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(out) >= c.Most && short.done() {
			break
		}
		if seen[t.Key] || !c.alike(g.template, t) || len(out) >= c.Most && !short.wants(t) {
			continue
		}
		if t = c.labelled(l, g.template, t); t != nil && l.couldBe(ctx, g, t) {
			seen[t.Key] = true
			short.take(t)
			out = append(out, binpack.Alternative{
				Pool: t.Pool.Spec.Name, Offering: t.Key, Labels: stated(l.problem, t, g.loads),
				Price: t.Price, Extra: t.Price - g.template.Price,
			})
		}
	}
	return out, ctx.Err()
}

// keepsRulesWith reports whether the plan keeps all rules with the pods of one
// node of the group on a template instead.
func (l *layout) keepsRulesWith(ctx context.Context, g *nodeGroup, t *reading.NodeTemplate) bool {
	found := &report{}
	instead := &nodeGroup{where: "instead", template: t, loads: g.loads, nodes: 1}
	alone := &layout{problem: l.problem, plan: l.plan, groups: []*nodeGroup{instead}}
	checkNode(l.problem, instead.where, t, g.loads, found)
	checkMinValues(ctx, alone, found)
	if len(found.violations) > 0 {
		return false
	}
	if l.problem.Supply.Most[t.Key] == binpack.Unlimited && l.apart() {
		return true
	}
	swapped := l.swapped(g, instead)
	for _, check := range []check{checkSpreads, checkAntiAffinity, checkRepelling, checkAffinity, checkClaims, checkSupply, checkPoolWeights} {
		check(ctx, swapped, found)
	}
	return len(found.violations) == 0
}

// apart reports whether no rule or limit ties one launch to others.
func (l *layout) apart() bool {
	rules := l.problem.Rules
	if rules.Spreads.Len()+rules.AntiAffinities.Len()+rules.Affinities.Len()+rules.Repelling.Len()+len(l.problem.Given.Quotas) > 0 {
		return false
	}
	for _, g := range l.groups {
		if slices.ContainsFunc(g.loads, func(load reading.Load) bool { return len(load.Kind.Volumes.Picks) > 0 }) {
			return false
		}
	}
	first := l.problem.Supply.Pools[0].Spec.Weight
	return !slices.ContainsFunc(l.problem.Supply.Pools, func(p *reading.Pool) bool {
		return p.Spec.Weight != first || len(p.Spec.Limits) > 0
	})
}

// swapped returns the layout with one node in place of one of the group.
func (l *layout) swapped(g, instead *nodeGroup) *layout {
	out := &layout{problem: l.problem, plan: l.plan, groups: []*nodeGroup{instead}, launched: maps.Clone(l.launched)}
	for _, other := range l.groups {
		if other == g {
			less := *g
			less.nodes--
			other = &less
		}
		if other.nodes > 0 {
			out.groups = append(out.groups, other)
		}
	}
	out.holders = holdersOf(out.groups)
	out.launched[g.template]--
	out.launched[instead.template]++
	return out
}
