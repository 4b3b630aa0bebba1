package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/model"
)

// The hurdles of what other pods ask for: it is not for this pod to change.

// repelledBy is the hurdle of the anti-affinity of pods on existing nodes.
func (q *question) repelledBy() hurdle {
	find := func(o int) *compile.Repulsion {
		for i := range q.c.Repulsions {
			r := &q.c.Repulsions[i]
			if r.Repels(q.k, q.offers.node(o).Labels) {
				return r
			}
		}
		return nil
	}
	return hurdle{
		passes: func(o int) bool { return find(o) == nil },
		blames: func(offers []int) stop {
			r := find(offers[0])
			var values []string
			for _, o := range offers {
				if also := find(o); also.Path == r.Path && also.Key == r.Key {
					values = append(values, also.Value)
				}
			}
			return stop{binpack.PodAntiAffinity, binpack.Detail{Path: r.Path, Rule: fmt.Sprintf("no %s in its %s%s", r.Whom, r.Key, inBrackets(values))}}
		},
	}
}

// othersRules is the hurdle of the rules of one sort that pods of the plan state:
// the pod may not join them where it is one too many for them.
func (q *question) othersRules(sort model.RuleKind) hurdle {
	find := func(o int) (rule, owner int) {
		for r := range q.c.Rules {
			rule, d := &q.c.Rules[r], q.domain(r, o)
			if rule.Volumes != "" || rule.Kind != sort || !rule.Selects(q.k) || d < 0 || sort == model.Spread && q.counts.skew(r, d, true) <= rule.Most {
				continue
			}
			if owner := q.counts.ownerIn(q.k, r, d); owner >= 0 {
				return r, owner
			}
		}
		return -1, -1
	}
	return hurdle{
		passes: func(o int) bool {
			if q.offers.isExcluded(o) { // its domains are not known
				return !slices.ContainsFunc(q.c.Rules, func(r compile.DomainRule) bool {
					return r.Volumes == "" && r.Kind == sort && r.Selects(q.k)
				})
			}
			_, owner := find(o)
			return owner < 0
		},
		blames: func(offers []int) stop {
			r, owner := find(offers[0])
			stated := q.c.Rules[r].Stated[owner]
			var values []string
			for _, o := range offers {
				if also, _ := find(o); also == r {
					values = append(values, q.c.Rules[r].Values[q.domain(r, o)])
				}
			}
			d := binpack.Detail{Path: q.c.Kinds[owner].Path + "." + stated.Path, Rule: q.counts.ruleString(r, &stated) + inBrackets(values)}
			return stop{reasonOfRule(sort), d}
		},
	}
}

// inBrackets lists values that may be there several times.
func inBrackets(values []string) string {
	slices.Sort(values)
	return " (" + strings.Join(slices.Compact(values), ", ") + ")"
}
