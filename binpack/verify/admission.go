package verify

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// admissions says, for each template, which kinds it may hold: by all rules that
// do not depend on what else is launched or placed.
func admissions(ctx context.Context, p *reading.Problem, kinds []valuedKind, templates []*reading.NodeTemplate, amounts []amount) ([][]bool, error) {
	out := make([][]bool, len(templates))
	for b := range out {
		out[b] = make([]bool, len(kinds))
	}
	for k, valued := range kinds {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		kind := valued.kind
		if kind.Withheld != nil || valued.lost {
			continue
		}
		least := p.Supply.LeastWeight(kind)
		for b, t := range templates {
			out[b][k] = (t.Exists() || t.Pool.Spec.Weight >= least) && hasRoom(amounts, b, k) && admits(p, kind, t)
		}
	}
	return out, nil
}

// admits reports whether the rules, and the volumes that it shares with other pods, allow
// a pod of the kind on the node beside its residents.
func admits(p *reading.Problem, kind *reading.Kind, t *reading.NodeTemplate) bool {
	if len(kind.Volumes.Shared) > 0 && naive.Lacks(t.Allocatable, t.Asked([]reading.Load{{Kind: kind, Pod: kind.Pod, Count: 1}})) != "" {
		return false
	}
	if _, clash := naive.Clash(t.Ports, kind.Rules.Ports); clash || !t.Takes(kind) || len(p.Existing.Refusals(kind, t)) > 0 {
		return false
	}
	for _, limit := range kind.Rules.Limits {
		n := t.ResidentsIn(limit.Number)
		if slices.Contains(kind.Rules.SelectedBy.Limits, limit.Number) {
			n++
		}
		if n > limit.Rule.Most {
			return false
		}
	}
	return true
}

// hasRoom reports whether node b holds one pod of kind k.
func hasRoom(amounts []amount, b, k int) bool {
	return !slices.ContainsFunc(amounts, func(a amount) bool { return a.requests[k] > a.capacity[b] })
}
