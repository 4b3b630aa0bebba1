package explain

import (
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// volumes is the hurdle of what reaches the pod's volumes. Where those are is not
// for the pod to change.
func (q *question) volumes() hurdle {
	unreached := func(o int) []kube.Miss {
		return q.c.Reading.Sets[q.c.Kinds[q.k].Rules].Node.OutOfReach(q.offers.node(o))
	}
	h := hurdle{passes: func(o int) bool { return len(unreached(o)) == 0 }}
	h.blames = func(offers []int) stop {
		nearest := slices.MinFunc(offers, func(a, b int) int { return len(unreached(a)) - len(unreached(b)) })
		q.x.far[[2]int{q.k, q.pool}] = q.offers.node(nearest)
		return stop{binpack.VolumeZone, q.x.outOfReach(q.k, q.pool, q.c.Kinds[q.k].Pod)}
	}
	return h
}

// volumesLeft is the hurdle of a rule about volumes that run out.
func (q *question) volumesLeft(r int) hurdle {
	stated := q.c.Rules[r].Stated[q.k]
	return hurdle{
		passes: func(o int) bool {
			d := q.domain(r, o)
			return d != model.NoDomain && !q.counts.closes(q.k, r, d)
		},
		blames: func([]int) stop {
			return stop{q.c.Rules[r].Volumes, binpack.Detail{Path: stated.Path, Rule: stated.Whom + ": others have what there is"}}
		},
	}
}
