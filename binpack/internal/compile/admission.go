package compile

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// An admitter says which bins admit which kinds.
type admitter struct {
	kinds      []Kind
	supply     *supply.Supply
	choice     choice
	bins       bins
	rules      []DomainRule
	repulsions []Repulsion
	options    Options
	ruled      []bool // per kind: a rule by hostname is about it
	twins      supply.Twins
	ctx        context.Context // its end ends the classes early
	admits     []int           // what admittedBy returned last
}

// first returns the first offer of a bin.
func (a *admitter) first(bin int) *supply.Offer { return &a.choice.offers[a.bins.offers[bin][0]] }

// admittedBy returns which bins, in ascending order, admit a kind and hold at least one of
// it: of those that its rules and the weights of pools allow, the ones that meet its
// preferences best; and what is ahead of pools of less weight. The bins are valid until the
// next call.
func (a *admitter) admittedBy(kind int, requests []int64) ([]int, []model.PreferredPool) {
	alone := a.admits[:0]
	if len(a.bins.taking) > 0 { // else there are no bins
		for _, b := range a.bins.taking[a.kinds[kind].Rules] {
			if a.holdsAlone(kind, b, requests) {
				alone = append(alone, b)
			}
		}
	}
	a.admits = alone
	preferred := a.preferred(alone)
	last := a.lastRank(preferred)
	if a.withoutChoice() {
		preferred = nil
	}
	mayBar := a.mayBar(kind)
	admits := slices.DeleteFunc(alone, func(b int) bool {
		return a.bins.list[b].Rank > last || mayBar && a.barred(kind, a.bins.offers[b][0])
	})
	if a.options.Held != NoPreferences && !a.kinds[kind].Relaxed && len(admits) > 0 && a.bins.graded[a.kinds[kind].Rules] {
		admits = a.preferBest(kind, admits)
	}
	return admits, preferred
}

// holdsAlone reports whether an empty node of a bin that takes a kind holds a pod of it, and
// so do those of the other offers that it stands for.
func (a *admitter) holdsAlone(kind, bin int, requests []int64) bool {
	o, k := a.bins.offers[bin][0], &a.kinds[kind]
	if !fits(a.bins.list[bin].Capacity, requests) || a.choice.only[o] != nil && !a.choice.only[o][kind] {
		return false
	}
	taken := func(offer int) bool { return takenFor(k, &a.choice.offers[offer], a.supply) }
	return k.repelled == nil && len(k.Ports) == 0 || !taken(o) && !slices.ContainsFunc(a.bins.others[bin], taken)
}

// mayBar reports whether some rule may bar a kind from some offer.
func (a *admitter) mayBar(kind int) bool {
	return len(a.kinds[kind].keys) > 0 || len(a.twins) > 0 ||
		slices.ContainsFunc(a.rules, func(r DomainRule) bool { return r.owner[kind] }) ||
		slices.ContainsFunc(a.repulsions, func(r Repulsion) bool { return r.Kinds[kind] })
}

// barred reports whether the rules bar a kind from an offer, whatever else is
// placed: a node without a topology key that a rule of it needs, in a domain with a
// pod that it must be apart from, or with one that must be apart from it. Pods of an
// existing node are there before.
func (a *admitter) barred(kind, offer int) bool {
	if n := a.choice.offers[offer].Existing; n != nil && !a.options.OwnHostnames && a.ruled[kind] && a.twins.Second(n.Number) {
		return true // such pods are put on the first node of a hostname only
	}
	labels := a.supply.ProfileOf(&a.choice.offers[offer]).Node.Labels
	for _, key := range a.kinds[kind].keys {
		if _, ok := labels[key]; !ok && key != corev1.LabelHostname {
			return true
		}
	}
	for i := range a.rules {
		r := &a.rules[i]
		if r.Kind == model.Spread && r.owner[kind] && r.DomainOf[offer] == model.NoDomain && a.choice.offers[offer].Closed {
			return true
		}
		if d := r.DomainOf[offer]; r.Kind == model.Apart && r.owner[kind] && d >= 0 && r.certain[d] {
			return true
		}
	}
	return slices.ContainsFunc(a.repulsions, func(r Repulsion) bool { return r.Repels(kind, labels) })
}

// preferBest takes out the bins that meet a kind's preferences less well than others.
// Where pools of several weights admit the pods, bins of each are kept: weight is not up
// to the pods.
func (a *admitter) preferBest(kind int, admits []int) []int {
	least, ofRank := kube.Never, slices.Repeat([]kube.Admission{kube.Never}, a.bins.ranks)
	level := func(b int) kube.Admission { return a.supply.ProfileOf(a.first(b)).Admits[a.kinds[kind].Rules] }
	lower := func(to *kube.Admission, b int) {
		if *to == kube.Never || level(b) < *to {
			*to = level(b)
		}
	}
	for _, b := range admits {
		lower(&least, b)
		if a.first(b).Existing == nil {
			lower(&ofRank[a.bins.list[b].Rank], b)
		}
	}
	ranks := 0
	for _, best := range ofRank {
		if best != kube.Never {
			ranks++
		}
	}
	return slices.DeleteFunc(admits, func(b int) bool {
		best := least
		if ranks > 1 && a.first(b).Existing == nil {
			best = ofRank[a.bins.list[b].Rank]
		}
		return level(b) != best
	})
}
