package verify

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// heavier returns the pools of higher weight than the pool's, the highest first.
func (j *judge) heavier(than *judgedPool) []*judgedPool {
	var out []*judgedPool
	for i := range j.pools {
		if j.pools[i].Weight > than.Weight {
			out = append(out, &j.pools[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *judgedPool) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// mustLaunch returns the site that a pool must launch for a pod of the kind
// before pools of lower weight do, or nil. Left tells whether a site has
// launches left, within whether one more keeps all limits. A pool that would
// leave too few values to choose from cannot launch for the pod.
func (j *judge) mustLaunch(kind *judgedKind, pool *judgedPool, left, within func(*site) bool) *site {
	alone := []judgedLoad{{kind: kind, count: 1}}
	if _, few := naive.TooFewValues(pool.MinValues, j.choice(pool, alone)); few {
		return nil
	}
	var read *site
	openings := func(yield func(naive.Opening) bool) {
		for _, s := range j.sitesOf(pool) {
			if left(s) && j.holds(s, alone) {
				read = s
				if !yield(naive.Opening{Price: int64(s.price), Within: within(s)}) {
					return
				}
			}
		}
	}
	if !naive.MustLaunch(openings) {
		return nil
	}
	return read
}

// closed reports whether the pool never gets a pod of the kind, whatever is
// launched: a pool of higher weight always must launch first, as one of the
// sites that decide is without any limit.
func (j *judge) closed(kind *judgedKind, pool *judgedPool) bool {
	left := func(s *site) bool { return j.most[s.key] > 0 }
	return slices.ContainsFunc(j.heavier(pool), func(h *judgedPool) bool {
		return j.mustLaunch(kind, h, left, func(s *site) bool { return j.unlimited(h, s) }) != nil
	})
}

// unlimited reports whether neither a number of launches nor a limit of the pool
// nor a quota counts launches of the site.
func (j *judge) unlimited(pool *judgedPool, s *site) bool {
	counted := func(list corev1.ResourceList) bool {
		for name := range list {
			if amount := s.capacity[name]; amount != nil && amount.Sign() > 0 {
				return true
			}
		}
		return false
	}
	return j.most[s.key] == binpack.Unlimited && !counted(pool.Limits) &&
		!slices.ContainsFunc(s.quotas, func(q int) bool { return counted(j.problem.Quotas[q].Left) })
}
