package verify

import (
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// KeepsPreferences reports whether the plan of a valid problem puts every pod on a
// node that it likes as much as any that admits it and could hold it alone. Of pools with
// more choices of labels than can be looked at it is not known: false.
func KeepsPreferences(p binpack.Problem, plan binpack.Plan) bool {
	problem, err := reading.Of(context.Background(), &p)
	if err != nil {
		return false
	}
	in, err := newInstance(context.Background(), problem, binpack.Certificate{}, 0)
	return err == nil && in.keepsPreferences(plan)
}

// keepsPreferences reports whether the plan puts every pod on a node that it
// likes as much as any that admits it and could hold it alone.
func (in *instance) keepsPreferences(plan binpack.Plan) bool {
	if in.loose {
		return false // it may, but no bound may go by it
	}
	best := in.leastPenalties()
	keeps := func(t *reading.NodeTemplate, on []binpack.Placement) bool {
		return !slices.ContainsFunc(on, func(p binpack.Placement) bool {
			k, known := in.kindOf[p.Pod]
			return t == nil || !known || naive.Penalty(p.Pod, t.Node) != best[k]
		})
	}
	for i := range plan.Launches {
		if !keeps(in.problem.Supply.Find(&plan.Launches[i]), plan.Launches[i].Pods) {
			return false
		}
	}
	for _, n := range plan.Nominations {
		if !keeps(in.problem.Existing.Of[n.Node], n.Pods) {
			return false
		}
	}
	return true
}

// preferring returns the instance in which each kind goes only to the nodes that
// it likes best.
func (in *instance) preferring() *instance {
	out := *in
	out.bound.Nodes = slices.Clone(in.bound.Nodes)
	best := in.leastPenalties()
	for b := range out.bound.Nodes {
		admits := slices.Clone(in.bound.Nodes[b].Admits)
		for k := range admits {
			admits[k] = admits[k] && in.penalties.of(in.kinds[k].kind, b) == best[k]
		}
		out.bound.Nodes[b].Admits = admits
	}
	return &out
}

// leastPenalties returns the least penalty of each kind among the nodes that may
// hold it; math.MaxInt64: none may.
func (in *instance) leastPenalties() []int64 {
	out := slices.Repeat([]int64{math.MaxInt64}, len(in.kinds))
	for b := range in.bound.Nodes {
		if !in.possible(&in.bound.Nodes[b]) {
			continue
		}
		for k, admits := range in.bound.Nodes[b].Admits {
			if admits {
				out[k] = min(out[k], in.penalties.of(in.kinds[k].kind, b))
			}
		}
	}
	return out
}

// possible reports whether no cap is too small for one launch of the node.
func (in *instance) possible(n *bound.Node) bool {
	return !slices.ContainsFunc(n.Uses, func(u bound.Use) bool { return u.Amount > in.bound.Caps[u.Cap] })
}

// penalties are how little kinds like nodes.
type penalties struct {
	templates []*reading.NodeTemplate
	rows      map[int][]int64 // by rule set, as far as asked: kinds of one rule set share a row
}

// of returns the penalty of template b for a kind.
func (p penalties) of(kind *reading.Kind, b int) int64 {
	row := p.rows[kind.RuleSet]
	if row == nil {
		for _, t := range p.templates {
			row = append(row, naive.Penalty(kind.Pod, t.Node))
		}
		p.rows[kind.RuleSet] = row
	}
	return row[b]
}
