package supply

import (
	"context"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// A Supply is all nodes that pods of a Problem may be put on.
type Supply struct {
	Pools     []binpack.Pool
	Offers    []Offer     // those that the pools' labels and requirements allow, by name, then the existing nodes
	Refused   [][]Refused // per pool, offers that one of its rules refuses, by name
	Profiles  []Profile
	Daemons   []kube.Daemon
	Residents []Resident            // pods on existing nodes
	Limits    map[catalog.Key]int   // most launches of each offering, over all pools
	Values    []map[string][]string // per pool and open key, the values that somebody names and that a launch may choose
	Partial   bool                  // there are more choices of values of open keys than Offers has

	common   map[string]string // labels of every launched node, by their current names
	asked    map[string]bool   // labels that a launch may not leave open, whatever its pods ask
	loosened *Supply           // what Loosened returns; nil: the supply itself
}

// A Reading is what the supply depends on besides the pools and catalogs.
type Reading struct {
	Sets      []kube.RuleSet  // distinct rule sets of the pods
	Topology  []string        // label keys of rules about the pods of a domain, by their current names
	Nodes     []*ExistingNode // existing nodes
	Residents []Resident      // pods on them
}

// Of asks the pools and the Availability what may be launched, and adds the existing
// nodes. When ctx ends it returns what it has.
func Of(ctx context.Context, p *binpack.Problem, r Reading) *Supply {
	s := &Supply{Pools: p.EffectivePools(), Daemons: daemonsOf(p.DaemonPods), Residents: r.Residents, Limits: limitsOf(p), common: canonical(p.NodeLabels)}
	profiles := newProfiler(s, r.Sets, r.Topology)
	s.Refused, s.Values = make([][]Refused, len(s.Pools)), make([]map[string][]string, len(s.Pools))
	var loose []Offer
	for i := range s.Pools {
		if ctx.Err() != nil {
			return s
		}
		loose = append(loose, s.offersOfPool(ctx, p, i, profiles)...)
	}
	slices.SortStableFunc(s.Offers, func(a, b Offer) int { return Compare(s.Pools, &a, &b) })
	for _, n := range r.Nodes {
		s.Offers = append(s.Offers, Offer{Pool: ExistingPool, Existing: n, Profile: profiles.ofNode(n), Limit: n.limit()})
	}
	s.asked = askedOfAll(p, s, r.Topology)
	s.seal(p)
	s.loosen(p, loose)
	return s
}

// seal closes the offers that cannot be launched, and those without room for daemons.
func (s *Supply) seal(p *binpack.Problem) {
	s.close(p)
	type node struct {
		of      *catalog.InstanceType
		own     *catalog.Offering // where it states what is allocatable, which may differ from its type
		daemons int
	}
	fit, crews := map[node]bool{}, s.Crews()
	for i := range s.Offers {
		o := &s.Offers[i]
		if o.Existing != nil {
			continue
		}
		n := node{of: o.Type, daemons: crews[o.Profile]}
		if len(o.Offering.Allocatable) > 0 {
			n.own = o.Offering
		}
		fits, known := fit[n]
		if !known {
			fits = s.DaemonsFit(o)
			fit[n] = fits
		}
		if !fits {
			o.Limit = 0
		}
	}
}

// offersOfPool adds what a pool allows to the offers, and what one of its rules refuses
// to the refused. It returns loose offers in place of those of types that have too many
// choices of values. When ctx ends it adds no more.
func (s *Supply) offersOfPool(ctx context.Context, p *binpack.Problem, pool int, profiles *profiler) []Offer {
	labels := canonical(s.Pools[pool].Labels)
	ways := newWays(profiles, p, pool)
	base := func(t *catalog.InstanceType, j int) string {
		own := offeringLabelsAt(t, j)
		contradicted, several := contradiction(labels, t, own)
		return fmt.Sprint(contradicted, several, labelsKey(project(profiles.keys, own, labels, nil, s.common)), t.Choices)
	}
	var replaced map[catalog.Key]bool
	if len(ways.of(nil).choices) > 1 {
		replaced = s.replaced(p, pool, base)
	}
	known := map[string][]int{} // by what rules see of an offering, the profile of each choice
	loosely := map[string]int{} // and the loose one
	var loose []Offer
	s.Offers = slices.Grow(s.Offers, s.mostOffers(p, pool, ways, replaced))
	for _, t := range p.CatalogOf(&s.Pools[pool]) {
		if ctx.Err() != nil {
			return loose
		}
		way := ways.of(t.Choices)
		for j := range t.Offerings {
			if replaced[t.Key(j)] {
				continue
			}
			k := t.Key(j)
			own := offeringLabelsAt(t, j)
			contradicted, several := contradiction(labels, t, own)
			if several {
				continue
			}
			at := base(t, j)
			if known[at] == nil {
				for _, chosen := range way.choices {
					known[at] = append(known[at], profiles.ofPool(pool, project(profiles.keys, own, labels, chosen, s.common)))
				}
				if way.bySet != nil {
					loosely[at] = profiles.loosen(known[at][0], way.bySet, openKeys(&s.Pools[pool], t.Choices))
				}
			}
			if way.bySet != nil && contradicted == "" && len(s.Profiles[known[at][0]].Unmet) == 0 {
				loose = append(loose, Offer{Pool: pool, Key: k, Type: t, Offering: &t.Offerings[j], Profile: loosely[at], Limit: s.Limits[k]})
			}
			for n, chosen := range way.choices {
				v := known[at][n]
				unmet := s.Profiles[v].Unmet
				switch {
				case contradicted == "" && len(unmet) == 0:
					s.Offers = append(s.Offers, Offer{Pool: pool, Key: k, Type: t, Offering: &t.Offerings[j], Chosen: chosen, Profile: v, Limit: s.Limits[k]})
				case contradicted == "" && len(unmet) == 1:
					s.Refused[pool] = append(s.Refused[pool], Refused{t, j, chosen, v, "", unmet[0]})
				case len(unmet) == 0:
					s.Refused[pool] = append(s.Refused[pool], Refused{t, j, chosen, v, contradicted, -1})
				}
			}
		}
	}
	slices.SortStableFunc(s.Refused[pool], func(a, b Refused) int { return CompareKeys(a.Key(), b.Key()) })
	return loose
}

// mostOffers returns how many offers a pool may have.
func (s *Supply) mostOffers(p *binpack.Problem, pool int, ways *ways, replaced map[catalog.Key]bool) int {
	n := 0
	for _, t := range p.CatalogOf(&s.Pools[pool]) {
		for j := range t.Offerings {
			if !replaced[t.Key(j)] {
				n += len(ways.of(t.Choices).choices)
			}
		}
	}
	return n
}

// contradiction returns the key of the pool's label that contradicts what the node has
// of its own, or may choose, "" where there is none, and whether there are several. Such a
// pool cannot launch it.
func contradiction(labels map[string]string, t *catalog.InstanceType, own func(string) (string, bool)) (key string, several bool) {
	for k, v := range labels {
		o, ok := own(k)
		if of := t.Choices[k]; len(of) > 0 && !slices.Contains(of, v) {
			o, ok = of[0], true
		}
		if ok && o != v {
			if key != "" {
				return key, true
			}
			key = k
		}
	}
	return key, false
}

// limitsOf returns the most launches of each offering: what catalog and
// Availability allow, whichever is less. Pools share them.
func limitsOf(p *binpack.Problem) map[catalog.Key]int {
	limits := map[catalog.Key]int{}
	for _, pool := range p.EffectivePools() {
		for k, o := range p.CatalogOf(&pool).Offerings() {
			most, seen := limits[k]
			if !seen {
				most = binpack.Unlimited
				if p.Availability != nil {
					most = max(0, p.Availability.Available(k))
				}
			}
			switch {
			case o.Unavailable:
				most = 0
			case o.Limit > 0:
				most = min(most, o.Limit)
			}
			limits[k] = most
		}
	}
	return limits
}

// OffersOf returns the offers of a pool, or those of existing nodes.
func (s *Supply) OffersOf(pool int) []int {
	var out []int
	for i := range s.Offers {
		if s.Offers[i].Pool == pool {
			out = append(out, i)
		}
	}
	return out
}

// ProfileOf returns what rules see of an offer's node.
func (s *Supply) ProfileOf(o *Offer) *Profile { return &s.Profiles[o.Profile] }

// LabelOf returns the label of a new node of the offer, whether or not a rule reads it.
func (s *Supply) LabelOf(o *Offer, key string) (string, bool) {
	key = nodelabel.Canonical(key)
	v, ok := project([]string{key}, offeringLabels(o.Type, o.Key), canonical(s.Pools[o.Pool].Labels), o.Chosen, s.common)[key]
	return v, ok
}
