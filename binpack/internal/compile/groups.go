package compile

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A podGroup is a rule about the pods of one node, over kinds: a node with a pod of an
// owner has at most a number of pods of members.
type podGroup struct {
	membership
	most  int64
	there map[int]model.Resident // by number of the existing node; Group does not matter
	crew  map[int]bool           // daemons that are members
	own   bool                   // about the node itself, whatever its hostname
}

// groupsOf returns the groups of the kinds, which request this much, and of pods on
// existing nodes. Rules with the same members and number are one group with several
// owners; those that bind nothing are left out. The order is by content.
func groupsOf(r *ruleReader, requests [][]int64) []podGroup {
	var groups []podGroup
	index := map[string]int{}
	find := func(rule *kube.PodGroup) *podGroup {
		g := podGroup{membership: r.membership(rule.Selects, rule.Preferred), most: rule.Most, there: r.membersThere(rule), crew: r.supply.SelectedDaemons(rule.Selects), own: rule.Own}
		key := g.key()
		if _, ok := index[key]; !ok {
			index[key] = len(groups)
			groups = append(groups, g)
		}
		return &groups[index[key]]
	}
	for i := range r.kinds {
		if r.kinds[i].Blocked != nil {
			continue
		}
		if r.ctx.Err() != nil {
			return nil
		}
		for _, rule := range kube.PodGroups(r.kinds[i].Pod, r.namespaces) {
			if r.counts(i, rule.Preferred) && !(rule.Spread && !rule.Preferred && r.kinds[i].noNode) {
				find(&rule).owner[i] = true
			}
		}
	}
	r.ownersThere(find)
	groups = slices.DeleteFunc(groups, func(g podGroup) bool { return !g.binds(r.kinds) })
	order := byName(groups, func(g podGroup) string { return g.content(r.kinds, requests) })
	sorted := make([]podGroup, len(groups))
	for i, g := range order {
		sorted[i] = groups[g]
	}
	return sorted
}

// binds reports whether there are more members than may be on one node.
func (g *podGroup) binds(kinds []Kind) bool {
	pods := int64(0)
	for k, in := range g.member {
		if in {
			pods += kinds[k].Count
		}
	}
	there := int64(0)
	for _, t := range g.there {
		there = max(there, t.Members)
	}
	return pods+max(there, int64(len(g.crew))) > g.most
}

// membersThere counts the members on the existing nodes.
func (r *ruleReader) membersThere(rule *kube.PodGroup) map[int]model.Resident {
	out := map[int]model.Resident{}
	for _, there := range r.supply.Residents {
		if rule.Selects(there.Pod) {
			for node, n := range there.On {
				for _, twin := range r.countedOn(node, rule) {
					out[twin] = model.Resident{Members: out[twin].Members + n}
				}
			}
		}
	}
	return out
}

// ownersThere notes the pods on existing nodes whose anti-affinity binds the others of
// the node. What they claim and how they are spread binds no others.
func (r *ruleReader) ownersThere(find func(*kube.PodGroup) *podGroup) {
	for _, there := range r.supply.Residents {
		if r.ctx.Err() != nil {
			return
		}
		for _, rule := range kube.Repelled(there.Pod, r.namespaces) {
			selected := slices.ContainsFunc(r.kinds, func(k Kind) bool { return k.Blocked == nil && rule.Selects(k.Pod) })
			if rule.Preferred || !selected {
				continue
			}
			g := find(&rule)
			for node, n := range there.On {
				for _, twin := range r.countedOn(node, &rule) {
					t := g.there[twin]
					t.Owners += n
					g.there[twin] = t
				}
			}
		}
	}
}

// countedOn returns the nodes on which a pod of one counts: those of its hostname.
func (r *ruleReader) countedOn(node int, rule *kube.PodGroup) []int {
	if rule.Own {
		return []int{node}
	}
	return r.twins.Of(node)
}

// byHostname returns which kinds rules by hostname are about.
func byHostname(groups []podGroup, kinds int) []bool {
	ruled := make([]bool, kinds)
	for _, g := range groups {
		for k := range ruled {
			ruled[k] = ruled[k] || !g.own && (g.owner[k] || g.member[k])
		}
	}
	return ruled
}

// crewOn returns how many members of the group are among the daemons of a node.
func (g *podGroup) crewOn(daemons []int) int64 {
	n := int64(0)
	for _, d := range daemons {
		if g.crew[d] {
			n++
		}
	}
	return n
}

// thereOn returns what is on the offer's node of the groups, where these are its daemons.
func thereOn(o *supply.Offer, groups []podGroup, daemons []int) []model.Resident {
	var out []model.Resident
	if o.Existing == nil {
		for g := range groups {
			if n := groups[g].crewOn(daemons); n > 0 {
				out = append(out, model.Resident{Group: g, Members: n})
			}
		}
		return out
	}
	for g := range groups {
		if t, ok := groups[g].there[o.Existing.Number]; ok {
			out = append(out, model.Resident{Group: g, Owners: t.Owners, Members: t.Members})
		}
	}
	return out
}

// maxGroupResources bounds the resources that groups become: each is looked at
// wherever a pod is placed.
const maxGroupResources = 24

// asResources turns groups that hold on every node into resources: a pod of a member
// takes one, and each node has as many as there may be. So the values of pods and the
// bound know of them. It returns the amounts with them, and the other groups.
func asResources(groups []podGroup, a amounts, s *supply.Supply) (amounts, []podGroup) {
	a.requests, a.capacities = slices.Clone(a.requests), slices.Clone(a.capacities)
	var rest []podGroup
	added := 0
	for _, g := range groups {
		if added == maxGroupResources || !g.everywhere(groups) {
			rest = append(rest, g)
			continue
		}
		added++
		for k := range a.requests {
			var one int64
			if g.member[k] {
				one = 1
			}
			a.requests[k] = append(a.requests[k], one)
		}
		for i := range a.capacities {
			most := g.most
			there := g.crewOn(s.ProfileOf(&s.Offers[i]).Daemons)
			if n := s.Offers[i].Existing; n != nil {
				there = g.there[n.Number].Members
			}
			most = max(0, most-there)
			a.capacities[i] = append(a.capacities[i], most)
		}
	}
	return a, rest
}

// everywhere reports whether the group holds on every node, as each member owns
// a group that is as strict or stricter.
func (g *podGroup) everywhere(groups []podGroup) bool {
	for k, in := range g.member {
		if g.owner[k] && !in {
			return false // such an owner takes none of the resource
		}
		strict := func(o podGroup) bool {
			return o.owner[k] && o.most <= g.most && covers(o.member, g.member) && o.coversThere(g)
		}
		if in && !slices.ContainsFunc(groups, strict) {
			return false
		}
	}
	return true
}

// coversThere reports whether as many pods that are there are members of g as of o.
func (g *podGroup) coversThere(o *podGroup) bool {
	for node, t := range o.there {
		if g.there[node].Members < t.Members {
			return false
		}
	}
	for d := range o.crew {
		if !g.crew[d] {
			return false
		}
	}
	return true
}

// key tells groups apart by number and members, new ones and those there.
func (g *podGroup) key() string {
	key := binary.AppendVarint(nil, g.most)
	key = append(key, map[bool]byte{true: 1, false: 0}[g.own])
	for k, in := range g.member {
		if in {
			key = binary.AppendUvarint(key, uint64(k))
		}
	}
	key = append(key, 0xff)
	for _, n := range slices.Sorted(maps.Keys(g.there)) {
		key = binary.AppendVarint(binary.AppendUvarint(key, uint64(n)), g.there[n].Members)
	}
	for _, d := range slices.Sorted(maps.Keys(g.crew)) {
		key = binary.AppendUvarint(append(key, 0xfe), uint64(d))
	}
	return string(key)
}

// content describes the group without the order of kinds in the Problem.
func (g *podGroup) content(kinds []Kind, requests [][]int64) string {
	var parts []string
	for k := range kinds {
		if g.owner[k] || g.member[k] {
			parts = append(parts, fmt.Sprint(g.owner[k], g.member[k], requests[k], kinds[k].Count))
		}
	}
	slices.Sort(parts)
	return fmt.Sprintf("%020d%s", g.most, strings.Join(parts, ";"))
}
