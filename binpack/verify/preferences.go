package verify

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// KeepsPreferences reports whether the plan of a valid problem puts every pod on a
// node that it likes as much as any that admits it and could hold it alone.
func KeepsPreferences(p binpack.Problem, plan binpack.Plan) bool {
	in, err := newJudge(&p).instance(binpack.Certificate{})
	return err == nil && in.keepsPreferences(plan)
}

// keepsPreferences reports whether the plan puts every pod on a node that it
// likes as much as any that admits it and could hold it alone.
func (in *judgedInstance) keepsPreferences(plan binpack.Plan) bool {
	best := in.best()
	keeps := func(s *site, on []binpack.Placement) bool {
		return !slices.ContainsFunc(on, func(p binpack.Placement) bool {
			k, known := in.of[p.Pod]
			return s == nil || !known || naive.Penalty(p.Pod, s.node) != best[k]
		})
	}
	for i := range plan.Launches {
		_, s := in.judge.find(&plan.Launches[i])
		if !keeps(s, plan.Launches[i].Pods) {
			return false
		}
	}
	for _, n := range plan.Nominations {
		if !keeps(in.judge.existingOf[n.Node], n.Pods) {
			return false
		}
	}
	return true
}

// preferring returns the instance in which each kind goes only to the nodes that
// it likes best.
func (in *judgedInstance) preferring() *judgedInstance {
	out, liked := *in, *in.Instance
	liked.Nodes = slices.Clone(in.Nodes)
	best := in.best()
	for b := range liked.Nodes {
		admits := slices.Clone(in.Nodes[b].Admits)
		for k := range admits {
			admits[k] = admits[k] && in.penalty(k, b) == best[k]
		}
		liked.Nodes[b].Admits = admits
	}
	out.Instance = &liked
	return &out
}

// best returns the least penalty of each kind among the nodes that may hold it;
// math.MaxInt64: none may.
func (in *judgedInstance) best() []int64 {
	out := slices.Repeat([]int64{math.MaxInt64}, len(in.Kinds))
	for b := range in.Nodes {
		if !in.possible(&in.Nodes[b]) {
			continue
		}
		for k, admits := range in.Nodes[b].Admits {
			if admits {
				out[k] = min(out[k], in.penalty(k, b))
			}
		}
	}
	return out
}

// possible reports whether no cap is too small for one launch of the node.
func (in *judgedInstance) possible(n *bound.Node) bool {
	return !slices.ContainsFunc(n.Uses, func(u bound.Use) bool { return u.Amount > in.Caps[u.Cap] })
}

// penalty returns what node b is worth to kind k. Kinds of one rule set share a
// row.
func (in *judgedInstance) penalty(k, b int) int64 {
	kind := in.kinds[k]
	row := in.penalties[kind.rules]
	if row == nil {
		for _, s := range in.sites {
			row = append(row, naive.Penalty(kind.pod, s.node))
		}
		in.penalties[kind.rules] = row
	}
	return row[b]
}
