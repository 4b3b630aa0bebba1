package handover

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// An order says in which order pods get to their nodes that nominations cannot carry.
type order struct {
	waves [][]assignment    // to bind, one wave after the other: within a wave the order is free
	slow  map[string]string // nodes to be released one domain at a time, and the domain
}

// order finds the pods that kube-scheduler may refuse on their own nodes, depending on
// which of the others it takes first, and an order in which all rules hold at every
// point. Pods are bound until nominations carry the rest: until the rules of each
// hold whichever of the others are there.
func (r *run) order(v *view) order {
	out := order{slow: map[string]string{}}
	now := r.world(v)
	var waiting []*item
	for _, it := range v.items {
		if r.waitsOn(v, it) {
			waiting = append(waiting, it)
		}
	}
	end := now.clone()
	for _, it := range waiting {
		end.add(it.kind, end.byName[it.target.Name], 1, false)
	}
	left := slices.DeleteFunc(slices.Clone(waiting), func(it *item) bool { return !it.kind.ordered() })
	for {
		var wave []assignment
		left = slices.DeleteFunc(left, func(it *item) bool {
			at := now.byName[it.target.Name]
			if it.kind.never != "" || end.keepsDomains(it.kind, end.byName[it.target.Name]) {
				return false
			}
			now.add(it.kind, at, 1, false)
			if now.refusal(it.kind, at) != admitted {
				now.add(it.kind, at, -1, false)
				return false
			}
			wave = append(wave, assignment{it, it.target.Name})
			return true
		})
		if len(wave) == 0 {
			break
		}
		for _, a := range wave {
			now.settle(a.item.kind, now.byName[a.node])
			end.settle(a.item.kind, end.byName[a.node])
		}
		out.waves = append(out.waves, wave)
	}
	for _, it := range left {
		at := end.byName[it.target.Name]
		if it.kind.never != "" && held(it.target) && !end.keepsDomains(it.kind, at) {
			out.slow[it.target.Name] = "domain " + domainOf(end.tallies[it.kind], at)
		}
	}
	return out
}

// domainOf returns the node's domain by the first rule that does not hold.
func domainOf(tallies []*tally, at *place) string {
	for _, t := range tallies {
		if t.rule.Kind != kube.Apart && !t.keeps(at) {
			return t.domains[at]
		}
	}
	return ""
}
