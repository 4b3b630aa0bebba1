package reading

import (
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// openOf returns the keys whose values launches of a machine by the pool choose:
// those of the pool, and those of the machine that the pool's labels do not state.
func (p *Pool) openOf(machine *catalog.InstanceType) []naive.OpenKey {
	id := fmt.Sprint(machine.Choices)
	if known, ok := p.open[id]; ok {
		return known
	}
	keys := map[string][]string{}
	maps.Copy(keys, p.Spec.Keys)
	for key, values := range machine.Choices {
		if !p.states(key) {
			keys[key] = values
		}
	}
	p.open[id] = naive.OpenKeys(keys, p.Spec.Requirements)
	return p.open[id]
}

// states reports whether the pool's labels have a key.
func (p *Pool) states(key string) bool {
	for k := range p.Spec.Labels {
		if naive.Current(k) == key {
			return true
		}
	}
	return false
}

// leftOpen returns the keys of a machine's choices that the labels of a launch by the pool
// leave open, sorted.
func (p *Pool) leftOpen(machine *catalog.InstanceType, labels map[string]string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(machine.Choices)) {
		if _, stated := labels[key]; !stated && !p.states(key) {
			out = append(out, key)
		}
	}
	return out
}

// Completions returns the templates that a launch may turn out to be: one, or where it
// leaves choices of its machine open one for each way to make them, whether or not the
// pool allows it, those that it allows first. It is nil where there is no such pool or no
// such offering.
func (s *Supply) Completions(l *binpack.Launch) []*NodeTemplate {
	t := s.find(l, l.Labels)
	if t == nil {
		return nil
	}
	open := t.Pool.leftOpen(t.Machine, l.Labels)
	if len(open) == 0 {
		return []*NodeTemplate{t}
	}
	all := []map[string]string{l.Labels}
	for _, key := range open {
		var more []map[string]string
		for _, labels := range all {
			for _, value := range t.Machine.Choices[key] {
				with := map[string]string{key: value}
				maps.Copy(with, labels)
				more = append(more, with)
			}
		}
		all = more
	}
	var out []*NodeTemplate
	for _, labels := range all {
		out = append(out, s.find(l, labels))
	}
	slices.SortStableFunc(out, func(a, b *NodeTemplate) int {
		switch {
		case a.permitted == b.permitted:
			return 0
		case a.permitted:
			return -1
		}
		return 1
	})
	return out
}

// Discerned returns a key that the launch leaves open and that some rule reads of nodes
// beside those about the pods of one node; "": there is none.
func (s *Supply) Discerned(l *binpack.Launch) string {
	t := s.find(l, l.Labels)
	if t == nil {
		return ""
	}
	for _, key := range t.Pool.leftOpen(t.Machine, l.Labels) {
		if s.vocabulary().discerns[key] {
			return key
		}
	}
	return ""
}

// Alike reports whether a template has the same daemon pods as another.
func (t *NodeTemplate) Alike(o *NodeTemplate) bool {
	return slices.EqualFunc(t.Residents, o.Residents, func(a, b Load) bool { return a.Count == b.Count && a.Pod == b.Pod })
}

// LabelsLike returns the labels with which a node of the template is like the launch: what
// one machine chooses the other may have of itself; false: it has another value.
func (t *NodeTemplate) LabelsLike(launch *NodeTemplate) (labels map[string]string, ok bool) {
	labels = map[string]string{}
	maps.Copy(labels, launch.Chosen)
	for key := range launch.Machine.Choices {
		if _, chooses := t.Machine.Choices[key]; !chooses {
			if t.Node.Labels[key] != launch.Node.Labels[key] {
				return nil, false
			}
			delete(labels, key)
		}
	}
	for key := range t.Machine.Choices {
		if value, chosen := t.Chosen[key]; chosen && labels[key] == "" {
			labels[key] = value
		}
	}
	return labels, true
}
