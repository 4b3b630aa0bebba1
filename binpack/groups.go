package binpack

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A podGroup is a rule about the pods of one node, over kinds: where there is
// one of an owner, there are at most so many of members.
type podGroup struct {
	owner  []bool // per kind
	member []bool // per kind
	most   int64
}

// groupsOf returns the groups of the kinds, which ask for so much. Rules with
// the same members and number are one group with several owners; those that
// bind nothing are left out. The order is by content.
func groupsOf(kinds []kind, requests [][]int64, namespaces kube.Namespaces) []podGroup {
	var groups []podGroup
	index := map[string]int{}
	for i := range kinds {
		if kinds[i].blocked != nil {
			continue
		}
		for _, rule := range kube.PodGroups(kinds[i].pod, namespaces) {
			g := podGroup{owner: make([]bool, len(kinds)), member: make([]bool, len(kinds)), most: rule.Most}
			pods := int64(0)
			for k := range kinds {
				if g.member[k] = kinds[k].blocked == nil && rule.Selects(kinds[k].pod); g.member[k] {
					pods += kinds[k].count
				}
			}
			if pods <= rule.Most {
				continue
			}
			key := g.key()
			if _, ok := index[key]; !ok {
				index[key] = len(groups)
				groups = append(groups, g)
			}
			groups[index[key]].owner[i] = true
		}
	}
	order := byName(groups, func(g podGroup) string { return g.content(kinds, requests) })
	sorted := make([]podGroup, len(groups))
	for i, g := range order {
		sorted[i] = groups[g]
	}
	return sorted
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
			capacities[i] = append(capacities[i], g.most)
		}
	}
	c.model.Resources += added
	return rest
}

// everywhere reports whether the group holds on every node, as each member owns
// a group that is as strict or stricter.
func (g *podGroup) everywhere(groups []podGroup) bool {
	for k, in := range g.member {
		strict := func(o podGroup) bool { return o.owner[k] && o.most <= g.most && covers(o.member, g.member) }
		if in && !slices.ContainsFunc(groups, strict) {
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

// key tells groups apart by number and members.
func (g *podGroup) key() string {
	key := binary.AppendVarint(nil, g.most)
	for k, in := range g.member {
		if in {
			key = binary.AppendUvarint(key, uint64(k))
		}
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

// membership returns the groups that a kind owns, and those of which it is a
// member.
func membership(groups []podGroup, kind int) (owns, in []int) {
	for g := range groups {
		if groups[g].owner[kind] {
			owns = append(owns, g)
		}
		if groups[g].member[kind] {
			in = append(in, g)
		}
	}
	return owns, in
}
