package verify

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// withDaemons returns the pods of one node of the group that come with the plan: those
// that it places, and the daemon pods that a launch brings.
func (g *nodeGroup) withDaemons() []reading.Load {
	if g.template.Exists() {
		return g.loads
	}
	return slices.Concat(g.template.Residents, g.loads)
}

// checkRepelling checks that no domain with a daemon pod of a launch has a pod that its
// anti-affinity selects. Those on its own node are checkPods's.
func checkRepelling(ctx context.Context, l *layout, found *report) {
	type inDomain struct {
		rule   int
		domain string
	}
	repelled := map[inDomain]reading.Ref[naive.Term]{}
	for _, g := range l.groups {
		for _, ref := range g.template.Repels() {
			if domain, ok := naive.Domain(g.template.Node, ref.Rule.Key); ok && !ref.Rule.ByNode() {
				repelled[inDomain{ref.Number, domain}] = ref
			}
		}
	}
	if len(repelled) == 0 {
		return
	}
	for _, g := range l.groups {
		if ctx.Err() != nil {
			return
		}
		for _, load := range g.loads {
			for _, number := range load.Kind.Rules.SelectedBy.Repelling {
				key := l.problem.Rules.Repelling.Rule(number).Key
				domain, ok := naive.Domain(g.template.Node, key)
				if ref, is := repelled[inDomain{number, domain}]; ok && is {
					rule := ref.Rule.Rule + ": " + key + "=" + domain + " has a daemon pod that it is to be apart from"
					found.refused(g.where, load.Pod, &naive.Refusal{Code: naive.PodAntiAffinity, Path: ref.Rule.Path, Rule: rule})
				}
			}
		}
	}
}
