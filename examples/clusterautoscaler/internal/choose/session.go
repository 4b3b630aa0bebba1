package choose

import (
	"context"
	"slices"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// A Session is a Chooser that remembers its last answer. Cluster Autoscaler tells what is
// pending, but not which nodes are there. Where what is pending is what the last answer
// was to leave, the nodes that it made are known, and so is the rest of its sequence.
// It is not for several calls at once.
type Session struct {
	Chooser Chooser

	last *memory
}

// memory is what is expected after an answer.
type memory struct {
	nodes []estimate.Launched
	kinds []estimate.Kind // on the nodes or pending
	left  map[string]int  // key of a kind → pods that are pending
	hint  []string
}

// Ask answers which of the options to take. Options state what Cluster Autoscaler says
// of groups of the setting, and the pods by its kinds.
func (s *Session) Ask(ctx context.Context, set estimate.Setting, options []estimate.Growth) (Decision, error) {
	last := s.last
	s.last = nil
	if last != nil && last.expects(set.Kinds) {
		set.Kinds = last.withGone(set.Kinds)
	} else {
		last = &memory{}
	}
	m, err := estimate.New(set)
	if err != nil {
		return Decision{}, err
	}
	wide := make([]estimate.Growth, len(options))
	for i, o := range options {
		wide[i] = o
		wide[i].Pods = append(slices.Clone(o.Pods), make([]int, len(set.Kinds)-len(o.Pods))...)
	}
	if more := barred(m, m.Resume(last.nodes), wide); len(more) > 0 {
		set.Barred = append(slices.Clip(set.Barred), more...)
		if m, err = estimate.New(set); err != nil {
			return Decision{}, err
		}
	}
	d, l, err := s.Chooser.choose(ctx, m, m.Resume(last.nodes), wide, last.hint)
	if err != nil {
		return Decision{}, err
	}
	s.last = remember(m, l.rootOf(d.Option).state, d.Path[1:])
	return d, nil
}

// barred returns the kinds that an option has no pod of, though the estimate would put
// some on its group: a volume of another zone, a claim, whatever only Cluster Autoscaler
// sees.
func barred(m *estimate.Model, start *estimate.State, options []estimate.Growth) [][2]int {
	var out [][2]int
	for _, o := range options {
		for k, n := range m.Grow(start.Clone(), o.Group).Pods {
			if n > 0 && o.Pods[k] == 0 {
				out = append(out, [2]int{k, o.Group})
			}
		}
	}
	return out
}

// remember states what is expected after a round.
func remember(m *estimate.Model, s *estimate.State, hint []string) *memory {
	mem := &memory{nodes: m.Launched(s), kinds: m.Kinds, left: make(map[string]int), hint: hint}
	for k, n := range s.Left {
		if n > 0 {
			mem.left[m.Kinds[k].Key] = n
		}
	}
	return mem
}

// expects reports whether what is pending is what was to be left, and perhaps new kinds.
func (mem *memory) expects(kinds []estimate.Kind) bool {
	seen := 0
	for k := range kinds {
		if n, ok := mem.left[kinds[k].Key]; ok {
			if n != kinds[k].Count {
				return false
			}
			seen++
		}
	}
	return seen == len(mem.left) && seen > 0
}

// withGone adds the kinds that are no longer pending, whose pods are on nodes.
func (mem *memory) withGone(kinds []estimate.Kind) []estimate.Kind {
	kinds = slices.Clone(kinds)
	for _, old := range mem.kinds {
		if _, ok := mem.left[old.Key]; !ok && !slices.ContainsFunc(kinds, func(k estimate.Kind) bool { return k.Key == old.Key }) {
			old.Count, old.Pods = 0, nil
			kinds = append(kinds, old)
		}
	}
	return kinds
}
