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
// point. Nominations carry a kind if the rules of each of its pods hold, whichever of
// the others are there.
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
	carried := map[*kind]bool{}
	for _, it := range waiting {
		if _, known := carried[it.kind]; !known {
			carried[it.kind] = true
		}
		carried[it.kind] = carried[it.kind] && (!it.kind.ordered() || end.keepsDomains(it.kind, end.byName[it.target.Name]))
	}
	left := slices.DeleteFunc(waiting, func(it *item) bool { return carried[it.kind] })
	for {
		var wave []assignment
		left = slices.DeleteFunc(left, func(it *item) bool {
			at := now.byName[it.target.Name]
			if it.kind.never != "" {
				return false
			}
			now.add(it.kind, at, 1, false)
			if now.refusal(it.kind, at) != admitted {
				now.add(it.kind, at, -1, false)
				return false
			}
			wave = append(wave, assignment{it, it.target.Name, ForRules})
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
		if it.kind.never != "" && it.held() && !end.keepsDomains(it.kind, at) {
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
