package solver_test

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/fold"
)

// asMuchLiked returns which cells put each kind of pods that the plan places on
// nodes that it likes just as much as those of the plan. A bound that holds among
// plans that keep their preferences holds among plans of such cells, if the plan
// keeps its own.
func (o *oracle) asMuchLiked(plan binpack.Plan) func(cell) bool {
	seen := make([]map[int]bool, len(o.kinds))
	o.eachPlacement(plan, func(kind int, dislike, _ int) {
		if seen[kind] == nil {
			seen[kind] = map[int]bool{}
		}
		seen[kind][dislike] = true
	})
	return func(c cell) bool {
		for k, n := range c.fill {
			if n > 0 && seen[k] != nil && !seen[k][dislike(o.kinds[k][0], o.nodeOf(c))] {
				return false
			}
		}
		return true
	}
}

// couldBeLiked reports whether pods like their nodes better in some other plan
// that leaves as few as the best does.
func (o *oracle) couldBeLiked(plan binpack.Plan) bool {
	respecting := *o
	respecting.respects = true
	best, _, err := respecting.best()
	return err == nil && o.dislikeOf(best) < o.dislikeOf(plan)
}

// dislikeOf returns how much the pods of a plan dislike their nodes.
func (o *oracle) dislikeOf(plan binpack.Plan) int {
	sum := 0
	o.eachPlacement(plan, func(_ int, dislike, count int) { sum += dislike * count })
	return sum
}

// dislikes returns how much the pods of a cell dislike their node.
func (o *oracle) dislikes(c cell) int {
	sum := 0
	for k, n := range c.fill {
		sum += n * dislike(o.kinds[k][0], o.nodeOf(c))
	}
	return sum
}

// eachPlacement visits the placements of a plan: the kind of the pods, how much
// one of them dislikes the node, and how many there are.
func (o *oracle) eachPlacement(plan binpack.Plan, visit func(kind, dislike, count int)) {
	see := func(node *corev1.Node, pods []binpack.Placement) {
		for _, on := range pods {
			kind := slices.IndexFunc(o.kinds, func(pods []*corev1.Pod) bool { return slices.Contains(pods, on.Pod) })
			visit(kind, dislike(on.Pod, node), on.Count)
		}
	}
	for _, l := range fold.Unfold(plan.Launches) {
		see(o.problem.Node(l), l.Pods)
	}
	for _, n := range plan.Nominations {
		see(n.Node, n.Pods)
	}
}

func (o *oracle) nodeOf(c cell) *corev1.Node {
	if c.node >= 0 {
		return o.problem.Existing[c.node].Node
	}
	return o.problem.Node(c.launch)
}

// dislike is how far the node is from what the pod would like of one: the weight
// of the preferred terms that do not match, and one for each PreferNoSchedule
// taint that it does not tolerate.
func dislike(pod *corev1.Pod, node *corev1.Node) int {
	sum := 0
	node = withAliases(node)
	if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil {
		for _, term := range a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			terms, err := nodeaffinity.NewPreferredSchedulingTerms([]corev1.PreferredSchedulingTerm{term})
			if err != nil {
				panic(err) // the problem is valid
			}
			sum += int(term.Weight) - int(terms.Score(node))
		}
	}
	for _, taint := range node.Spec.Taints {
		if taint.Effect == corev1.TaintEffectPreferNoSchedule && !slices.ContainsFunc(pod.Spec.Tolerations, func(t corev1.Toleration) bool {
			return (t.Effect == "" || t.Effect == taint.Effect) && (t.Key == "" || t.Key == taint.Key) &&
				(t.Operator == corev1.TolerationOpExists || t.Value == taint.Value)
		}) {
			sum++
		}
	}
	return sum
}

// withAliases returns a copy of the node with the old names of its labels beside
// the new, and the new beside the old.
func withAliases(node *corev1.Node) *corev1.Node {
	out := node.DeepCopy()
	for _, names := range [][2]string{
		{corev1.LabelFailureDomainBetaZone, corev1.LabelTopologyZone}, {"beta.kubernetes.io/arch", corev1.LabelArchStable},
	} {
		for i, name := range names {
			if value, ok := node.Labels[name]; ok {
				maps.Copy(out.Labels, map[string]string{names[1-i]: value})
			}
		}
	}
	return out
}
