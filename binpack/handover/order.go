package handover

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
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
	var waiting []*item
	for _, it := range v.items {
		if r.waitsOn(v, it) {
			waiting = append(waiting, it)
		}
	}
	o := orderer{now: r.world(v)}
	o.end = o.now.Clone()
	for _, it := range waiting {
		o.end.Add(it.kind, o.end.At(it.target.Name), 1, false)
	}
	o.left = waiting
	o.carry(func(*occupancy.Kind) bool { return true })
	for {
		wave := o.company()
		if len(wave) == 0 {
			wave = o.admitted()
		}
		if len(wave) == 0 {
			break
		}
		for _, a := range wave {
			o.now.Settle(a.item.kind, o.now.At(a.node))
			o.end.Settle(a.item.kind, o.end.At(a.node))
		}
		out.waves = append(out.waves, wave)
		o.carry(func(k *occupancy.Kind) bool { return !k.Spreads() })
	}
	for _, it := range o.left {
		at := o.end.At(it.target.Name)
		if it.kind.Never != "" && it.held() && !o.end.KeepsDomains(it.kind, at) {
			out.slow[it.target.Name] = "domain " + domainOf(o.end.Tallies[it.kind], at)
		}
	}
	return out
}

// An orderer looks for an order.
type orderer struct {
	now     *occupancy.World // what is bound so far
	end     *occupancy.World // and all that wait may be there, too
	left    []*item
	carried []*item // by nominations
}

// carry leaves those kinds to nominations that they carry now. Kinds that spread are
// not asked again: nominations carry the last of each domain, but as soon as one of
// them is placed elsewhere the others are stuck.
func (o *orderer) carry(asked func(*occupancy.Kind) bool) {
	carries := map[*occupancy.Kind]bool{}
	for _, it := range o.left {
		if _, known := carries[it.kind]; !known {
			carries[it.kind] = asked(it.kind)
		}
		carries[it.kind] = carries[it.kind] && (!it.kind.Ordered() || o.end.KeepsDomains(it.kind, o.end.At(it.target.Name)))
	}
	var left []*item
	for _, it := range o.left {
		if carries[it.kind] {
			o.carried = append(o.carried, it)
		} else {
			left = append(left, it)
		}
	}
	o.left = left
}

// admitted takes those of the pods that are left whose rules hold.
func (o *orderer) admitted() []assignment {
	var wave []assignment
	o.left = slices.DeleteFunc(o.left, func(it *item) bool { return o.take(it, &wave) })
	return wave
}

// take takes a pod if its rules hold, and reports whether they do.
func (o *orderer) take(it *item, wave *[]assignment) bool {
	if it.kind.Never != "" || !o.now.Enter(it.kind, o.now.At(it.target.Name)) {
		return false
	}
	*wave = append(*wave, assignment{it, it.target.Name, ForRules})
	return true
}

// company takes one of the pods that an affinity waits for: of those that have required rules
// between pods themselves, as nominations carry the others. The first of pods that want to
// be together is taken, too: where kube-scheduler puts it by itself, all the others must go.
func (o *orderer) company() []assignment {
	type group struct {
		tally  *occupancy.Tally
		domain string
	}
	seen := map[group]bool{}
	for _, it := range slices.Concat(o.left, o.carried) {
		for _, t := range o.now.Tallies[it.kind] {
			domain, has := t.Domain(o.now.At(it.target.Name))
			if t.Rule.Kind != kube.Together || !has || t.Has(domain) || seen[group{t, domain}] {
				continue
			}
			seen[group{t, domain}] = true
			if wave := o.companion(t, domain); len(wave) > 0 {
				return wave
			}
		}
	}
	return nil
}

// companion takes one of the pods in the domain that the rule selects.
func (o *orderer) companion(t *occupancy.Tally, domain string) []assignment {
	var wave []assignment
	for i, it := range o.carried {
		in, _ := t.Domain(o.now.At(it.target.Name))
		if in == domain && it.kind.Minds() && t.Rule.Selects(it.kind.Pod) && o.take(it, &wave) {
			o.carried = slices.Delete(o.carried, i, i+1)
			return wave
		}
	}
	return nil
}

// domainOf returns the node's domain by the first rule that does not hold.
func domainOf(tallies []*occupancy.Tally, at *occupancy.Place) string {
	for _, t := range tallies {
		if t.Rule.Kind != kube.Apart && !t.Keeps(at) {
			domain, _ := t.Domain(at)
			return domain
		}
	}
	return ""
}
