package explain

import (
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	corev1 "k8s.io/api/core/v1"
)

// volumes is the hurdle of what reaches the pod's volumes. Where those are is not
// for the pod to change.
func (q *question) volumes() hurdle {
	unreached := func(o int) []kube.Miss {
		return q.c.Reading.Sets[q.c.Kinds[q.k].Rules].Node.OutOfReach(q.offers.node(o))
	}
	h := hurdle{passes: func(o int) bool { return len(unreached(o)) == 0 }}
	h.blames = func(offers []int) stop {
		var far []kube.Node
		seen := map[int]bool{}
		for _, o := range offers {
			if profile := q.offers.list[o].Profile; !seen[profile] {
				seen[profile] = true
				far = append(far, q.offers.node(o))
			}
		}
		q.x.far[[2]int{q.k, q.pool}] = far
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

// outOfReach names the volumes of a pod of the kind that keep it out of a pool: those that
// none of its nodes reach, or where there is no such one all that some do not.
func (x *Explainer) outOfReach(k, pool int, pod *corev1.Pod) binpack.Detail {
	volumes := x.c.Reading.Storage.Rules(pod)
	if v := volumes.Unbound; v != nil {
		return binpack.Detail{Path: v.Path, Rule: v.Volume, Lasting: volumes.Lost}
	}
	rules := kube.NodeRulesOf(pod).With(volumes)
	far := x.far[[2]int{k, pool}]
	missedBy := map[[2]string]int{}
	var misses []kube.Miss
	for _, node := range far {
		for _, m := range rules.OutOfReach(node) {
			if missedBy[[2]string{m.Path, m.Rule}]++; missedBy[[2]string{m.Path, m.Rule}] == 1 {
				misses = append(misses, m)
			}
		}
	}
	slices.SortStableFunc(misses, func(a, b kube.Miss) int { return strings.Compare(a.Path, b.Path) })
	if byAll := slices.DeleteFunc(slices.Clone(misses), func(m kube.Miss) bool { return missedBy[[2]string{m.Path, m.Rule}] < len(far) }); len(byAll) > 0 {
		misses = byAll
	}
	var parts []string
	for _, m := range misses {
		parts = append(parts, m.Rule)
	}
	up := slices.ContainsFunc(x.c.Reading.Problem.Existing, func(n binpack.ExistingNode) bool { return len(rules.OutOfReach(kube.ExistingNode(n.Node))) == 0 })
	return binpack.Detail{Path: misses[0].Path, Rule: strings.Join(parts, "; "), Lasting: !up}
}
