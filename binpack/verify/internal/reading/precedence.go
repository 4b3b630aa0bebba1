package reading

import (
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// MustLaunch returns the template that a pool must launch for a pod of the kind
// before pools of lower weight do, or nil. Left tells whether a template has
// launches left, within whether one more keeps all limits. A template that would leave
// too few values to choose from cannot be launched for the pod.
func (s *Supply) MustLaunch(kind *Kind, p *Pool, left, within func(*NodeTemplate) bool) *NodeTemplate {
	alone := []Load{{Kind: kind, Count: 1}}
	chooses := len(p.Spec.MinValues) > 0
	if chooses && !s.LeavesEnough(p, kind) {
		if p.Spec.MinValuesPolicy != binpack.BestEffort {
			return nil
		}
		chooses = false
	}
	var last *NodeTemplate
	launches := func(yield func(naive.Opening) bool) {
		for _, t := range s.Templates(p, kind) {
			if left(t) && t.Holds(alone) && (!chooses || s.leavesEnough(t, alone)) {
				last = t
				if !yield(naive.Opening{Price: int64(t.Price), Within: within(t)}) {
					return
				}
			}
		}
	}
	if !naive.MustLaunch(launches) {
		return nil
	}
	return last
}

// LeastWeight returns the weight below which no pool ever gets a pod of the kind,
// whatever is launched: that of the heaviest pool that always must launch first, as one of
// the templates that decide is without any limit.
func (s *Supply) LeastWeight(kind *Kind) int32 {
	left := func(t *NodeTemplate) bool { return s.Most[t.Key] > 0 }
	for _, p := range s.ByWeight() {
		if s.MustLaunch(kind, p, left, s.unlimited) != nil {
			return p.Spec.Weight
		}
	}
	return math.MinInt32
}

// unlimited reports whether neither a number of launches nor a limit of the pool
// nor a quota counts launches of the template.
func (s *Supply) unlimited(t *NodeTemplate) bool {
	counted := func(list corev1.ResourceList) bool {
		for name := range list {
			if amount := t.Capacity[name]; amount != nil && amount.Sign() > 0 {
				return true
			}
		}
		return false
	}
	return s.Most[t.Key] == binpack.Unlimited && !counted(t.Pool.Spec.Limits) &&
		!slices.ContainsFunc(t.Quotas, func(q int) bool { return counted(s.quotas[q].Left) })
}
