package solver

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/greedy"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/search"
)

// startShare: with a plan to start from the default work is one part in so many.
const startShare = 14

// startFrom makes the plan the incumbent as far as it still fits, with the pods that
// are left over packed on what is launched already and on more, where that is better
// than the first solution. Rules over domains may have dealt pods to other cells than
// the plan has them in: those are packed anew.
func (r *run) startFrom(plan *binpack.Plan) {
	if len(r.model.Classes) < 2 {
		return
	}
	s := r.fitting(plan)
	packer := greedy.NewPacker(r.model, r.bins, r.meter)
	value := packingValues(r.model, r.values, nil)
	left := s.Left(r.model)
	s = packer.TopUp(s, left)
	s = append(s, packer.Pack(left, s.Free(r.model), value, r.prices[0])...)
	s = search.Shrink(r.model, r.bins, s, s.Free(r.model))
	s = r.split.Repair(r.inOrder(s)).Normal()
	if s.Check(r.model) == nil && !s.Jumps(r.model) && better(r.model, s, r.best) {
		r.best = s
	}
}

// fitting returns the launches and nominations of the plan that the model still
// allows, with those of their pods that it still asks for.
func (r *run) fitting(plan *binpack.Plan) model.Solution {
	bins := map[string][]int{}
	for b, offers := range r.offersIn {
		for _, i := range offers {
			name := r.offerName(&r.supply.offers[i])
			bins[name] = append(bins[name], b)
		}
	}
	classes := r.classesOf()
	left, free := model.Solution{}.Left(r.model), model.Solution{}.Free(r.model)
	node := model.NewFilling(r.model)
	var s model.Solution
	add := func(name string, pods []binpack.Placement, nodes int64) {
		for nodes > 0 {
			i := slices.IndexFunc(bins[name], func(b int) bool { return r.model.Launches(b, free, 1) > 0 })
			if i < 0 {
				return
			}
			b := bins[name][i]
			counts := make([]int64, len(r.model.Classes))
			node.Empty(b)
			for _, on := range pods {
				r.put(node, b, on, classes[on.Pod], left, counts)
			}
			j := column(b, counts)
			if len(j.Counts) == 0 {
				return
			}
			j.Times = r.model.Launches(b, free, nodes)
			for _, n := range j.Counts {
				j.Times = min(j.Times, 1+left[n.Class]/n.N)
			}
			for _, n := range j.Counts {
				left[n.Class] -= n.N * (j.Times - 1)
			}
			r.model.Spend(b, free, j.Times)
			nodes -= j.Times
			s = append(s, j)
		}
	}
	for _, n := range plan.Nominations {
		add(nodeName(n.Node), n.Pods, 1)
	}
	for _, l := range plan.Launches {
		add(launchName(l.Pool, fmt.Sprint(l.Offering), l.Labels), l.Pods, int64(l.Nodes()))
	}
	return s
}

// column returns one launch of bin b with these pods, by class.
func column(b int, counts []int64) model.Column {
	j := model.Column{Bin: b, Times: 1}
	for c, n := range counts {
		if n > 0 {
			j.Counts = append(j.Counts, model.Count{Class: c, N: n})
		}
	}
	return j
}

// put adds pods to a node as units of the classes that may hold them, as far as they
// fit and are left.
func (r *run) put(node *model.Filling, b int, on binpack.Placement, classes []int, left, counts []int64) {
	rest := int64(on.Count)
	for _, c := range classes {
		if rest <= 0 || !r.model.Bins[b].Admits[c] {
			continue
		}
		n := node.Fit(c, min(rest, left[c]))
		node.Take(c, n)
		counts[c], left[c], rest = counts[c]+n, left[c]-n, rest-n
	}
}

// classesOf returns, for each pod, the classes of the split model of which it may be
// one unit by itself.
func (r *run) classesOf() map[*corev1.Pod][]int {
	parts := map[int][]int{} // class of the compiled model → of the split
	for i := range r.model.Classes {
		one := r.split.Whole(model.Solution{{Times: 1, Counts: []model.Count{{Class: i, N: 1}}}})
		if counts := one[0].Counts; len(counts) == 1 && counts[0].N == 1 {
			parts[counts[0].Class] = append(parts[counts[0].Class], i)
		}
	}
	out := map[*corev1.Pod][]int{}
	for k, class := range r.classOf {
		if class < 0 {
			continue
		}
		for _, on := range r.kinds[k].pods {
			out[on.Pod] = append(out[on.Pod], parts[class]...)
		}
	}
	return out
}

func (r *run) offerName(o *offer) string {
	if o.node != nil {
		return nodeName(r.problem.Existing[o.node.number].Node)
	}
	return launchName(r.supply.pools[o.pool].Name, fmt.Sprint(o.key), o.chosen)
}

func nodeName(n *corev1.Node) string { return fmt.Sprintf("node %q", n.Name) }

func launchName(pool, offering string, labels map[string]string) string {
	return fmt.Sprintf("launch %q %s %q", pool, offering, fmt.Sprint(labels))
}

// startCuts returns the cuts of a certificate as values of the classes that bounds are
// of: on average over the pods that it names. It names pods by their place in the
// Problem; where there are more or fewer now than it names it says nothing.
func (r *run) startCuts(c binpack.Certificate) [][]int64 {
	var out [][]int64
	for _, cut := range c.Cuts {
		if len(cut.Pods) != len(r.proven.ofPod) || len(cut.Workloads) != len(r.proven.ofWorkload) {
			return nil
		}
		sum, pods := make([]float64, len(r.proven.model.Classes)), make([]float64, len(r.proven.model.Classes))
		note := func(kind int, value, count int64) {
			if class := r.proven.classOf[kind]; class >= 0 {
				sum[class] += float64(value) * float64(count)
				pods[class] += float64(count)
			}
		}
		for i, v := range cut.Pods {
			note(r.proven.ofPod[i], v, 1)
		}
		for i, v := range cut.Workloads {
			note(r.proven.ofWorkload[i], v, int64(r.problem.Workloads[i].Replicas))
		}
		values := make([]int64, len(sum))
		for class := range values {
			values[class] = int64(sum[class]/max(pods[class], 1) + 0.5)
		}
		out = append(out, values)
	}
	return out
}
