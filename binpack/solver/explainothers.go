package solver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
)

// The hurdles of what other pods ask for: it is not for this pod to change.

// repelledBy is the hurdle of the anti-affinity of pods on nodes that are up.
func (x *explainer) repelledBy(k int) hurdle {
	find := func(o int) *repulsion {
		for i := range x.repelled {
			r := &x.repelled[i]
			if r.kinds[k] && x.node(o).Labels[r.key] == r.value {
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
				if also := find(o); also.path == r.path && also.key == r.key {
					values = append(values, also.value)
				}
			}
			return stop{binpack.PodAntiAffinity, binpack.Detail{Path: r.path, Rule: fmt.Sprintf("no %s in its %s%s", r.whom, r.key, inBrackets(values))}}
		},
	}
}

// othersRules is the hurdle of the rules of one sort that pods of the plan state:
// the pod may not join them where it is one too many for them.
func (x *explainer) othersRules(k int, sort model.RuleKind) hurdle {
	find := func(o int) (rule, owner int) {
		for r := range x.kindRules {
			rule, d := &x.kindRules[r], x.domain(r, o)
			if rule.Kind != sort || !rule.member[k] || d < 0 || sort == model.Spread && x.skew(r, d, true) <= rule.Most {
				continue
			}
			if owner := x.ownerIn(k, r, d); owner >= 0 {
				return r, owner
			}
		}
		return -1, -1
	}
	return hurdle{
		passes: func(o int) bool {
			if x.isExcluded(o) { // its domains are not known
				return !slices.ContainsFunc(x.kindRules, func(r domainRule) bool { return r.Kind == sort && r.member[k] })
			}
			_, owner := find(o)
			return owner < 0
		},
		blames: func(offers []int) stop {
			r, owner := find(offers[0])
			stated := x.kindRules[r].stated[owner]
			var values []string
			for _, o := range offers {
				if also, _ := find(o); also == r {
					values = append(values, x.kindRules[r].domains[x.domain(r, o)])
				}
			}
			d := binpack.Detail{Path: x.kinds[owner].path + "." + stated.Path, Rule: x.ruleString(r, &stated) + inBrackets(values)}
			return stop{reasonOfRule[sort], d}
		},
	}
}

// inBrackets lists values that may be there several times.
func inBrackets(values []string) string {
	slices.Sort(values)
	return " (" + strings.Join(slices.Compact(values), ", ") + ")"
}

// ownerIn returns another kind that states rule r, may not give it up and is
// placed in the domain; -1: there is none.
func (x *explainer) ownerIn(k, r, d int) int {
	for o := range x.kinds {
		stated, owns := x.kindRules[r].stated[o]
		if class := x.classOf[o]; owns && o != k && !stated.Preferred && class >= 0 && x.tally(r).owners[d][class] {
			return o
		}
	}
	return -1
}
