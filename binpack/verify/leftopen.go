package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// checkLeftOpen checks a launch that leaves choices of its machine open: whatever the
// launcher chooses, the pool allows it, the node holds the pods, and no rule and no daemon
// tells it from another choice.
func checkLeftOpen(p *reading.Problem, where string, l *binpack.Launch, loads []reading.Load, found *report) {
	all := p.Supply.Completions(l)
	if len(all) == 0 {
		return
	}
	if key := p.Supply.Discerned(l); key != "" {
		found.add(where, nil, IllegalLaunch, binpack.Detail{Rule: "no value of " + key + " is chosen, and a rule about the pods of many nodes reads it"})
		return
	}
	for _, t := range all[1:] {
		switch {
		case t.Barred != "":
			found.add(where, nil, IllegalLaunch, binpack.Detail{Rule: fmt.Sprintf("it may be launched with %v: %s", t.Chosen, t.Barred)})
		case !t.Alike(all[0]):
			found.add(where, nil, IllegalLaunch, binpack.Detail{Rule: fmt.Sprintf("it may be launched with %v or %v, and runs other daemon pods then", all[0].Chosen, t.Chosen)})
		default:
			checkNode(p, where, t, loads, found)
		}
	}
}

// stated returns the labels that a launch as the template has to state for these pods: not
// the choices of its machine that may be left open.
func stated(p *reading.Problem, t *reading.NodeTemplate, loads []reading.Load) map[string]string {
	labels := maps.Clone(t.Chosen)
	for _, key := range slices.Sorted(maps.Keys(t.Machine.Choices)) {
		value, chosen := labels[key]
		if !chosen {
			continue
		}
		delete(labels, key)
		found := &report{}
		checkLeftOpen(p, "", &binpack.Launch{Pool: t.Pool.Spec.Name, Offering: t.Key, Labels: labels}, loads, found)
		if len(found.violations) > 0 {
			labels[key] = value
		}
	}
	if len(labels) == 0 {
		return nil
	}
	return labels
}
