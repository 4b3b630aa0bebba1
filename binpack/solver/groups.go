package solver

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// A podGroup is a rule about the pods of one node, over kinds: where there is
// one of an owner, there are at most so many of members.
type podGroup struct {
	parties
	most  int64
	there map[int]model.There // by number of the node that is up; Group does not matter
}

// groupsOf returns the groups of the kinds, which ask for so much, and of pods on
// nodes that are up. Rules with the same members and number are one group with
// several owners; those that bind nothing are left out. The order is by content.
func (c *compiled) groupsOf(requests [][]int64, namespaces kube.Namespaces) []podGroup {
	var groups []podGroup
	index := map[string]int{}
	find := func(rule *kube.PodGroup) *podGroup {
		g := podGroup{parties: c.parties(rule.Selects, rule.Preferred), most: rule.Most, there: c.membersThere(rule)}
		key := g.key()
		if _, ok := index[key]; !ok {
			index[key] = len(groups)
			groups = append(groups, g)
		}
		return &groups[index[key]]
	}
	for i := range c.kinds {
		if c.kinds[i].blocked != nil {
			continue
		}
		for _, rule := range kube.PodGroups(c.kinds[i].pod, namespaces) {
			if !rule.Preferred || c.scope.held == allPreferences && !c.kinds[i].relaxed {
				find(&rule).owner[i] = true
			}
		}
	}
	c.ownersThere(find, namespaces)
	groups = slices.DeleteFunc(groups, func(g podGroup) bool { return !g.binds(c.kinds) })
	order := byName(groups, func(g podGroup) string { return g.content(c.kinds, requests) })
	sorted := make([]podGroup, len(groups))
	for i, g := range order {
		sorted[i] = groups[g]
	}
	return sorted
}

// binds reports whether there are more members than may be on one node.
func (g *podGroup) binds(kinds []kind) bool {
	pods := int64(0)
	for k, in := range g.member {
		if in {
			pods += kinds[k].count
		}
	}
	there := int64(0)
	for _, t := range g.there {
		there = max(there, t.Members)
	}
	return pods+there > g.most
}

// membersThere counts the members on the nodes that are up.
func (c *compiled) membersThere(rule *kube.PodGroup) map[int]model.There {
	out := map[int]model.There{}
	for _, there := range c.supply.there {
		if rule.Selects(there.pod) {
			for node, n := range there.on {
				out[node] = model.There{Members: out[node].Members + n}
			}
		}
	}
	return out
}

// ownersThere notes the pods on nodes that are up whose anti-affinity binds the
// others of the node. What they claim and how they are spread binds no others.
func (c *compiled) ownersThere(find func(*kube.PodGroup) *podGroup, namespaces kube.Namespaces) {
	for _, there := range c.supply.there {
		for _, rule := range kube.Repelled(there.pod, namespaces) {
			selected := slices.ContainsFunc(c.kinds, func(k kind) bool { return k.blocked == nil && rule.Selects(k.pod) })
			if rule.Preferred || !selected {
				continue
			}
			g := find(&rule)
			for node, n := range there.on {
				t := g.there[node]
				t.Owners += n
				g.there[node] = t
			}
		}
	}
}

// there returns what is on the offer's node of the groups.
func (c *compiled) there(o *offer, groups []podGroup) []model.There {
	if o.node == nil {
		return nil
	}
	var out []model.There
	for g := range groups {
		if t, ok := groups[g].there[o.node.number]; ok {
			out = append(out, model.There{Group: g, Owners: t.Owners, Members: t.Members})
		}
	}
	return out
}

// maxGroupResources bounds the resources that groups become: each is looked at
// wherever a pod is placed.
const maxGroupResources = 24

// groupsAsResources turns groups that hold on every node into resources: a pod
// of a member takes one, and each node has as many as there may be. So the
// values of pods and the bound know of them. It returns the other groups.
func (c *compiled) groupsAsResources(groups []podGroup, requests, capacities [][]int64) []podGroup {
	var rest []podGroup
	added := 0
	for _, g := range groups {
		if added == maxGroupResources || !g.everywhere(groups) {
			rest = append(rest, g)
			continue
		}
		added++
		for k := range requests {
			var one int64
			if g.member[k] {
				one = 1
			}
			requests[k] = append(requests[k], one)
		}
		for i := range capacities {
			most := g.most
			if n := c.supply.offers[i].node; n != nil {
				most = max(0, most-g.there[n.number].Members)
			}
			capacities[i] = append(capacities[i], most)
		}
	}
	c.model.Resources += added
	return rest
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
	return true
}

// covers reports whether a has all that b has.
func covers(a, b []bool) bool {
	for i := range b {
		if b[i] && !a[i] {
			return false
		}
	}
	return true
}

// key tells groups apart by number and members, new ones and those there.
func (g *podGroup) key() string {
	key := binary.AppendVarint(nil, g.most)
	for k, in := range g.member {
		if in {
			key = binary.AppendUvarint(key, uint64(k))
		}
	}
	key = append(key, 0xff)
	for _, n := range slices.Sorted(maps.Keys(g.there)) {
		key = binary.AppendVarint(binary.AppendUvarint(key, uint64(n)), g.there[n].Members)
	}
	return string(key)
}

// content describes the group without the order of kinds in the Problem.
func (g *podGroup) content(kinds []kind, requests [][]int64) string {
	var parts []string
	for k := range kinds {
		if g.owner[k] || g.member[k] {
			parts = append(parts, fmt.Sprint(g.owner[k], g.member[k], requests[k], kinds[k].count))
		}
	}
	slices.Sort(parts)
	return fmt.Sprintf("%020d%s", g.most, strings.Join(parts, ";"))
}
