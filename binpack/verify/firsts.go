package verify

import (
	"context"
	"maps"
	"slices"
)

// maxTries bounds the firsts that are tried for all kinds. Where there are more
// orders to think of, none is taken to exist.
const maxTries = 10_000

// bindWithFirsts binds the group, given the firsts that were bound already, and
// returns the pods that no choice of further firsts lets it bind: the fewest that
// it found. It ends early when ctx does.
func (b *boundPods) bindWithFirsts(ctx context.Context, group, firsts []*nodePods) []*nodePods {
	rest := b.bindAll(group)
	least, best := rest, *b
	tried := map[string]bool{}
	for i, p := range rest {
		if *b.tries == maxTries || ctx.Err() != nil {
			break
		}
		if !b.mayBeFirst(p, firsts) || tried[b.name(p)] {
			continue
		}
		*b.tries++
		tried[b.name(p)] = true
		next := *b
		next.partners = maps.Clone(b.partners)
		next.bind(p)
		left := next.bindWithFirsts(ctx, slices.Delete(slices.Clone(rest), i, i+1), append(slices.Clip(firsts), p))
		if len(left) < len(least) {
			least, best = left, next
		}
		if len(left) == 0 {
			break
		}
	}
	*b = best
	return least
}

// mayBeFirst reports whether a pod of these may be bound as the first that its
// affinity selects, beside the other firsts, in some order.
func (b *boundPods) mayBeFirst(p *nodePods, firsts []*nodePods) bool {
	rule := p.affinity().Number
	if !wants(p.kind, p.kind) || b.residents[rule] || !b.inReach(rule, p) {
		return false
	}
	rest := append(slices.Clip(firsts), p)
	for len(rest) > 0 {
		last := slices.IndexFunc(rest, func(l *nodePods) bool { // comes after none that would miss it
			return !slices.ContainsFunc(rest, func(o *nodePods) bool {
				return o != l && wants(l.kind, o.kind) && b.inReach(l.affinity().Number, o)
			})
		})
		if last < 0 {
			return false
		}
		rest = slices.Delete(slices.Clone(rest), last, last+1)
	}
	return true
}
