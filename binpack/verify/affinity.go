package verify

import (
	"context"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// checkAffinity checks that the pods with required affinity can be bound in some
// order in which each finds a pod it must be with, its partner, or may be the
// first.
//
// Two things make this simple. A pod that finds a partner keeps it, whoever else
// is bound before; and a pod that may be the first still may if it is bound
// earlier. So all firsts may come before all others: the question is who they
// are. Kinds that need no other kind still waiting come before those that do,
// and only among kinds that need each other is there a choice to try.
func checkAffinity(ctx context.Context, l *layout, found *report) {
	if l.problem.Rules.Affinities.Len() == 0 {
		return
	}
	bound := newBoundPods(l.problem)
	bound.bindDaemons(l)
	waiting := bound.bindAll(bindFree(l, bound))
	for len(waiting) > 0 {
		group, others := innermost(waiting)
		partnerless := bound.bindWithFirsts(ctx, group, nil)
		if ctx.Err() != nil {
			return
		}
		for i, f := range partnerless {
			bound.bind(f)
			if i > 0 && partnerless[i-1].group == f.group && partnerless[i-1].kind == f.kind {
				continue // the same on the next of alike nodes
			}
			rule := f.affinity().Rule
			found.refused(f.group.where, f.pod, &naive.Refusal{Code: naive.PodAffinity, Path: rule.Path, Rule: rule.Rule + ": none that it can be with"})
		}
		waiting = bound.bindAll(others)
	}
}

// bindFree binds the pods without affinity, and returns the others.
func bindFree(l *layout, bound *boundPods) []*nodePods {
	var waiting []*nodePods
	for _, g := range l.groups {
		for _, load := range g.loads {
			for i := range min(g.nodes, 2) { // further nodes are as the second
				pods := &nodePods{kind: load.Kind, pod: load.Pod, group: g, node: i}
				if len(load.Kind.Rules.Affinities) > 0 {
					waiting = append(waiting, pods)
				} else {
					bound.bind(pods)
				}
			}
		}
	}
	return waiting
}

// innermost splits off the pods of kinds that need each other, or of one kind, and
// that no further waiting kind can help.
func innermost(waiting []*nodePods) (group, others []*nodePods) {
	inner := innermostKinds(waiting)
	for _, f := range waiting {
		if inner[f.kind] {
			group = append(group, f)
		} else {
			others = append(others, f)
		}
	}
	return group, others
}
