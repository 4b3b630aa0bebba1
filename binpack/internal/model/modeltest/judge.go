package modeltest

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Node is one launch and how many pods of each class are on it.
type Node struct {
	Bin int
	On  []int64
}

// NodesOf returns the launches of a solution one by one.
func NodesOf(m *model.Model, s model.Solution) []Node {
	var nodes []Node
	for _, j := range s {
		on := make([]int64, len(m.Classes))
		for _, n := range j.Counts {
			on[n.Class] += n.N
		}
		for range j.Times {
			nodes = append(nodes, Node{j.Bin, on})
		}
	}
	return nodes
}

// groupsAllow says whether the groups allow these pods beside those there. That
// those there are together is no fault.
func groupsAllow(m *model.Model, there []model.Resident, on []int64) bool {
	for g, group := range m.Groups {
		owners, members := int64(0), int64(0)
		for c, n := range on {
			for _, o := range m.Classes[c].In {
				if o == g {
					members += n
				}
			}
			if slices.Contains(m.Classes[c].Owns, g) {
				owners += n
			}
		}
		came := owners > 0
		joined := members > 0
		for _, t := range there {
			if t.Group == g {
				owners += t.Owners
				members += t.Members
			}
		}
		if (came || joined && owners > 0) && members > group.Most {
			return false
		}
	}
	return true
}

// Stands says whether one node holds what is on it.
func (n Node) Stands(m *model.Model) bool {
	bin := &m.Bins[n.Bin]
	for r, room := range bin.Capacity {
		asked := int64(0)
		for c, k := range n.On {
			asked += k * m.Classes[c].Requests[r]
		}
		asked += n.shared(m, r)
		if room != model.Unlimited && asked > room {
			return false
		}
	}
	for c, k := range n.On {
		if k > 0 && !bin.Admits.Has(c) {
			return false
		}
	}
	return groupsAllow(m, bin.Residents, n.On)
}

// shared says how much of a resource the shares take of the pods on the node that
// were not taken before.
func (n Node) shared(m *model.Model, resource int) int64 {
	sum := int64(0)
	for s, share := range m.Shares {
		some := false
		for c, k := range n.On {
			some = some || k > 0 && slices.Contains(m.Classes[c].Shares, s)
		}
		if some && share.Resource == resource && !slices.Contains(m.Bins[n.Bin].Held, s) {
			sum += share.Amount
		}
	}
	return sum
}

// Breaks returns a rule over domains that the nodes together break, or -1. Of
// Together it asks whether some order exists in which the pods can come.
func Breaks(m *model.Model, nodes []Node) int {
	for r := range m.Rules {
		if m.Rules[r].Kind != model.Together && len(BrokenIn(m, nodes, r)) > 0 {
			return r
		}
	}
	for r := range m.Rules {
		if m.Rules[r].Kind == model.Together && !comeInSomeOrder(m, nodes) {
			return r
		}
	}
	return -1
}

// BrokenIn returns the domains in which the nodes break rule r, a Spread or Apart.
func BrokenIn(m *model.Model, nodes []Node, r int) []int {
	rule := &m.Rules[r]
	members := tally(m, nodes, r)
	least := int64(0)
	if rule.Kind == model.Spread && !rule.Sparse {
		least = members[domain{0, 0}]
		for d := range rule.Before {
			least = min(least, members[domain{d, 0}])
		}
	}
	var broken []int
	for i, n := range nodes {
		if d, is := domainOf(rule, nodes, i); is && n.owns(m, r) && members[d]-least > rule.Most {
			broken = append(broken, d.of)
		}
	}
	return broken
}

// A domain is one of a rule's, or a launch by itself.
type domain struct{ of, launch int }

func domainOf(rule *model.Rule, nodes []Node, i int) (domain, bool) {
	switch d := rule.Domain[nodes[i].Bin]; d {
	case model.NoDomain:
		return domain{}, false
	case model.EachNode:
		return domain{model.EachNode, i}, true
	default:
		return domain{d, 0}, true
	}
}

func tally(m *model.Model, nodes []Node, r int) map[domain]int64 {
	out := map[domain]int64{}
	for d, n := range m.Rules[r].Before {
		out[domain{d, 0}] = n
	}
	for i, n := range nodes {
		if d, is := domainOf(&m.Rules[r], nodes, i); is {
			for c, k := range n.On {
				if slices.Contains(m.Classes[c].InRules, r) {
					out[d] += k
				}
			}
		}
	}
	return out
}

func (n Node) owns(m *model.Model, r int) bool {
	for c, k := range n.On {
		if k > 0 && slices.Contains(m.Classes[c].OwnsRules, r) {
			return true
		}
	}
	return false
}

// A place is the pods of a class on one node: they come one after the other.
type place struct{ node, class int }

// comeInSomeOrder tries every order.
func comeInSomeOrder(m *model.Model, nodes []Node) bool {
	var places []place
	for i, n := range nodes {
		for c, k := range n.On {
			if k > 0 {
				places = append(places, place{i, c})
			}
		}
	}
	failed := map[int]bool{} // sets of places that came already
	var come func(set int) bool
	come = func(set int) bool {
		if set == 1<<len(places)-1 {
			return true
		}
		if failed[set] {
			return false
		}
		var there []place
		for i := range places {
			if set&(1<<i) != 0 {
				there = append(there, places[i])
			}
		}
		for i, s := range places {
			if set&(1<<i) == 0 && mayCome(m, nodes, s, there) && come(set|1<<i) {
				return true
			}
		}
		failed[set] = true
		return false
	}
	return come(0)
}

// mayCome reports whether each Together of the place's pods finds company among
// those there, or lets them be the first.
func mayCome(m *model.Model, nodes []Node, s place, there []place) bool {
	for _, r := range m.Classes[s.class].OwnsRules {
		rule := &m.Rules[r]
		own, is := domainOf(rule, nodes, s.node)
		if rule.Kind != model.Together || !is {
			continue
		}
		here, anywhere := false, false
		for d, n := range rule.Before {
			anywhere = anywhere || n > 0
			here = here || n > 0 && own == domain{d, 0}
		}
		for _, o := range there {
			if d, is := domainOf(rule, nodes, o.node); is && slices.Contains(m.Classes[o.class].InRules, r) {
				anywhere = true
				here = here || d == own
			}
		}
		if !here && (anywhere || !slices.Contains(m.Classes[s.class].InRules, r)) {
			return false
		}
	}
	return true
}
