package volumes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A Limit is on volumes that run out. A claim that one pod may have: of all pods that ask
// for it, one may be anywhere. Volumes that are there: on the nodes that reach some, there
// are no more claims than volumes that fit.
type Limit struct {
	Single   bool               // a claim that one pod may have; else volumes that are there
	Owners   map[int]kube.Claim // kinds of pods that count, and what they ask for
	DomainOf []int              // per node; -1: there it does not count
	Before   []int64            // per domain, as if this number had been taken before
	Most     int64              // of a domain, those before among them
}

// Limits returns the limits of kinds of pods with these rules, those that may not be
// placed without any, over nodes. Each node is like the first of its profile.
func (s *Storage) Limits(kinds []kube.VolumeRules, profiles []kube.Node, profileOf []int) []Limit {
	return slices.Concat(singles(kinds, len(profileOf)), s.statics(kinds, profiles, profileOf), s.kept(kinds, profiles, profileOf))
}

// plenty is room in a domain that no pods fill.
const plenty = 1 << 40

// kept returns a limit for each set of volumes that claims must take one of though others
// fit: nodes that reach none of it have no room.
func (s *Storage) kept(kinds []kube.VolumeRules, profiles []kube.Node, profileOf []int) []Limit {
	limits := map[string]Limit{}
	for k := range kinds {
		for _, c := range kinds[k].Kept {
			name := fmt.Sprint(c.Volumes)
			if limits[name].Owners == nil {
				l := Limit{Owners: map[int]kube.Claim{}, DomainOf: make([]int, len(profileOf)), Before: []int64{plenty, 0}, Most: plenty}
				reaching := make([]int, len(profiles))
				for p := range profiles {
					if slices.ContainsFunc(c.Volumes, func(v string) bool { return s.reachedFrom(v, profiles[p]) }) {
						reaching[p] = 1
					}
				}
				for i, p := range profileOf {
					l.DomainOf[i] = reaching[p]
				}
				limits[name] = l
			}
			limits[name].Owners[k] = kube.Claim{Path: c.Path, Name: c.Name + " takes one of " + strings.Join(c.Volumes, ", ")}
		}
	}
	return inOrder(limits)
}

// reachedFrom reports whether a node reaches a volume.
func (s *Storage) reachedFrom(volume string, node kube.Node) bool {
	of := s.reaches(volume)
	return of == nil || (&kube.Reach{Nodes: *of}).Match(node)
}

// singles returns a limit for each claim that one pod may have.
func singles(kinds []kube.VolumeRules, nodes int) []Limit {
	limits := map[string]Limit{}
	for k := range kinds {
		for _, c := range kinds[k].Single {
			if limits[c.Name].Owners == nil {
				limits[c.Name] = Limit{Single: true, Owners: map[int]kube.Claim{}, DomainOf: make([]int, nodes), Before: []int64{0}, Most: 1}
			}
			limits[c.Name].Owners[k] = kube.Claim{Path: c.Path, Name: "claim " + c.Name + " is for one pod"}
		}
	}
	return inOrder(limits)
}

// statics returns the limits of volumes that are there. By Hall's theorem as many claims find
// volumes as there are for each union of sets of volumes: of those that different claims
// could take, or that different nodes reach. Where both overlap, a volume that different sets
// of nodes reach counts for those of most nodes alone.
//
// https://en.wikipedia.org/wiki/Hall%27s_marriage_theorem
func (s *Storage) statics(kinds []kube.VolumeRules, profiles []kube.Node, profileOf []int) []Limit {
	sets := map[string][]string{}
	for k := range kinds {
		for _, c := range kinds[k].Static {
			sets[fmt.Sprint(c.Volumes)] = c.Volumes
		}
	}
	if len(sets) == 0 {
		return nil
	}
	limits := map[string]Limit{}
	domainOf, reached, size := s.reached(sets, profiles, profileOf)
	unions, counted := closure(sets)
	if claimsApart, nodesApart := apart(slices.Collect(maps.Values(sets))), apart(reached); claimsApart && !nodesApart {
		if limits, ok := s.overlapping(kinds, sets, domainOf, reached); ok {
			return inOrder(limits)
		}
	}
	reached = disjoint(reached, size)
	for name, set := range unions {
		l := Limit{DomainOf: domainOf, Before: make([]int64, len(reached))}
		for d, there := range reached {
			for _, v := range there {
				if counted && slices.Contains(set, v) { // where they cannot be counted none is taken
					l.Before[d]++
				}
			}
			l.Most = max(l.Most, l.Before[d])
		}
		for d := range l.Before {
			l.Before[d] = l.Most - l.Before[d]
		}
		l.own(kinds, set)
		limits[name] = l
	}
	return inOrder(limits)
}

// own makes the kinds owners that have a claim for some of the volumes and no others.
func (l *Limit) own(kinds []kube.VolumeRules, set []string) {
	l.Owners = map[int]kube.Claim{}
	for k := range kinds {
		for _, c := range kinds[k].Static {
			if within(c.Volumes, set) {
				l.Owners[k] = kube.Claim{Path: c.Path, Name: c.Name + " takes one of " + strings.Join(c.Volumes, ", ")}
			}
		}
	}
}

// within reports whether the set has all that are in some.
func within(some, set []string) bool {
	return !slices.ContainsFunc(some, func(v string) bool { return !slices.Contains(set, v) })
}

// overlapping returns the limits for sets that have no volume in common, on nodes that may
// reach the same ones: for each set, and each union of what nodes reach of it, the nodes
// that reach nothing else of it are one domain, and all others of the set another, which
// has room for all. ok is false where these are too many.
func (s *Storage) overlapping(kinds []kube.VolumeRules, sets map[string][]string, domainOf []int, reached [][]string) (limits map[string]Limit, ok bool) {
	limits = map[string]Limit{}
	for name, set := range sets {
		of, parts, all := make([][]string, len(reached)), map[string][]string{}, map[string]bool{}
		for d, there := range reached {
			for _, v := range there {
				if slices.Contains(set, v) {
					of[d], all[v] = append(of[d], v), true
				}
			}
			if len(of[d]) > 0 {
				parts[fmt.Sprint(of[d])] = of[d]
			}
		}
		unions, counted := closure(parts)
		if !counted {
			return nil, false
		}
		for union, volumes := range unions {
			most := int64(len(all))
			l := Limit{DomainOf: make([]int, len(domainOf)), Before: []int64{most - int64(len(volumes)), 0}, Most: most}
			for i, d := range domainOf {
				switch {
				case d < 0 || len(of[d]) == 0:
					l.DomainOf[i] = -1
				case !within(of[d], volumes):
					l.DomainOf[i] = 1
				}
			}
			l.own(kinds, set)
			limits[name+" "+union] = l
		}
	}
	return limits, true
}

// apart reports whether no volume is in two of the sets.
func apart(sets [][]string) bool {
	seen := map[string]bool{}
	for _, set := range sets {
		for _, v := range set {
			if seen[v] {
				return false
			}
			seen[v] = true
		}
	}
	return true
}

// reached returns the domains of nodes, those that reach the same of the volumes, the
// volumes of each, and how many nodes it has.
func (s *Storage) reached(sets map[string][]string, profiles []kube.Node, profileOf []int) (domainOf []int, volumes [][]string, size []int) {
	all := slices.Concat(slices.Collect(maps.Values(sets))...)
	slices.Sort(all)
	all = slices.Compact(all)
	there := make([][]string, len(profiles))
	for p := range profiles {
		for _, v := range all {
			if s.reachedFrom(v, profiles[p]) {
				there[p] = append(there[p], v)
			}
		}
	}
	domains := map[string]int{}
	domainOf = make([]int, len(profileOf))
	for i, p := range profileOf {
		domainOf[i] = -1
		if len(there[p]) == 0 {
			continue
		}
		d, known := domains[fmt.Sprint(there[p])]
		if !known {
			d = len(volumes)
			domains[fmt.Sprint(there[p])] = d
			volumes, size = append(volumes, there[p]), append(size, 0)
		}
		domainOf[i] = d
		size[d]++
	}
	return domainOf, volumes, size
}

// closure returns the sets, by name, and with them the unions of those that overlap
// without one holding the other; false: there are more than maxUnions.
func closure(sets map[string][]string) (unions map[string][]string, ok bool) {
	unions = maps.Clone(sets)
	list := slices.Collect(maps.Values(sets))
	slices.SortFunc(list, slices.Compare)
	for i := 0; i < len(list); i++ {
		for j := range i {
			union := slices.Concat(list[i], list[j])
			slices.Sort(union)
			union = slices.Compact(union)
			apart := len(union) == len(list[i])+len(list[j])
			if name := fmt.Sprint(union); !apart && unions[name] == nil {
				unions[name] = union
				list = append(list, union)
			}
		}
		if len(unions) > len(sets)+maxUnions {
			return unions, false
		}
	}
	return unions, true
}

// maxUnions bounds the unions of sets of volumes.
const maxUnions = 256

// disjoint returns the sets with each volume in one alone: in that of the greatest size.
func disjoint(sets [][]string, size []int) [][]string {
	best := map[string]int{}
	for i, set := range sets {
		for _, v := range set {
			if at, known := best[v]; !known || size[i] > size[at] {
				best[v] = i
			}
		}
	}
	out := make([][]string, len(sets))
	for i, set := range sets {
		for _, v := range set {
			if best[v] == i {
				out[i] = append(out[i], v)
			}
		}
	}
	return out
}

func inOrder(limits map[string]Limit) []Limit {
	var out []Limit
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		out = append(out, limits[name])
	}
	return out
}
