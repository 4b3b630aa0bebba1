package compile

import (
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// volumesRunOut reports whether there may be fewer volumes than pods of the kind, and of
// others, ask for.
func volumesRunOut(k Kind) bool {
	return len(k.Volumes.Single)+len(k.Volumes.Static)+len(k.Volumes.Kept) > 0
}

// volumeRulesOf returns the limits on volumes that run out as rules over domains, in an
// order that depends on content.
func volumeRulesOf(r *ruleReader, storage *volumes.Storage, offers []supply.Offer, requests [][]int64) []DomainRule {
	if !slices.ContainsFunc(r.kinds, volumesRunOut) {
		return nil
	}
	rules, profiles, profileOf := make([]kube.VolumeRules, len(r.kinds)), make([]kube.Node, len(r.supply.Profiles)), make([]int, len(offers))
	for k := range r.kinds {
		if r.kinds[k].Blocked == nil {
			rules[k] = r.kinds[k].Volumes
		}
	}
	for p := range profiles {
		profiles[p] = r.supply.Profiles[p].Node
	}
	for i := range offers {
		profileOf[i] = offers[i].Profile
	}
	var out []DomainRule
	for _, l := range storage.Limits(rules, profiles, profileOf) {
		d := DomainRule{
			membership: membership{owner: make([]bool, len(r.kinds)), member: make([]bool, len(r.kinds))},
			Kind:       model.Spread, Most: l.Most, Sparse: true, Volumes: binpack.VolumesTaken,
			DomainOf: l.DomainOf, Before: l.Before, Values: make([]string, len(l.Before)), Stated: map[int]kube.DomainRule{},
		}
		if l.Single {
			d.Kind, d.Sparse, d.Volumes = model.Apart, false, binpack.ClaimInUse
		}
		for k, c := range l.Owners {
			d.owner[k], d.member[k], d.Stated[k] = true, true, kube.DomainRule{Path: c.Path, Whom: c.Name}
		}
		for _, n := range d.Before {
			d.certain = append(d.certain, n > 0)
		}
		d.name = d.content(r.kinds, requests)
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b DomainRule) int { return strings.Compare(a.name, b.name) })
	return out
}
