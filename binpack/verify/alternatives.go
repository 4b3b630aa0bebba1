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
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out := make([][]binpack.Alternative, len(plan.Launches))
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
	candidates := problem.Supply.Launchable()
	known := map[*nodeGroup][]binpack.Alternative{}
	for i, group := range read.ofLaunch {
		if _, again := known[group]; !again {
			if known[group], err = read.alternatives(ctx, group, candidates, most); err != nil {
				return out, err
			}
		}
		out[i] = slices.Clone(known[group])
	}
	return out, nil
}

// alternatives returns the candidates that one node of the group could be instead.
func (l *layout) alternatives(ctx context.Context, g *nodeGroup, candidates []*reading.NodeTemplate, most int) ([]binpack.Alternative, error) {
	var out []binpack.Alternative
	seen := map[catalog.Key]bool{g.template.Key: true}
	for _, t := range candidates {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(out) == most {
			break
		}
		if !seen[t.Key] && l.launched[t] < l.problem.Supply.Most[t.Key] && t.Holds(g.loads) && l.keepsRulesWith(ctx, g, t) {
			seen[t.Key] = true
			out = append(out, binpack.Alternative{
				Pool: t.Pool.Spec.Name, Offering: t.Key, Labels: maps.Clone(t.Chosen),
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
	swapped := l.swapped(g, instead)
	for _, check := range []check{checkSpreads, checkAntiAffinity, checkRepelling, checkAffinity, checkClaims, checkSupply, checkPoolWeights} {
		check(ctx, swapped, found)
	}
	return len(found.violations) == 0
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
