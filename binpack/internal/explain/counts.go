package explain

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
)

// counts counts the pods of a solution by the rules over domains.
type counts struct {
	c        *compile.Compiled
	solution model.Solution
	tallies  []*tally // per rule; nil: not counted yet
}

// A tally counts the pods of a rule over domains, those on existing nodes included.
type tally struct {
	members      []int64        // per domain
	owners       []map[int]bool // per domain, classes
	total, nodes int64          // members, in whichever domain; nodes that have some, where each launch is a domain
	fewest       model.Fewest   // of the members
}

// tally counts the pods of rule r in the solution.
func (n *counts) tally(r int) *tally {
	if n.tallies[r] != nil {
		return n.tallies[r]
	}
	rule := &n.c.Rules[r]
	t := &tally{members: slices.Clone(rule.Before), owners: make([]map[int]bool, len(rule.Before))}
	for _, before := range rule.Before {
		t.total += before
		t.nodes += min(before, 1)
	}
	for _, j := range n.solution {
		d := n.c.Model.Rules[r].Domain[j.Bin]
		members := int64(0)
		for _, on := range j.Counts {
			class := &n.c.Model.Classes[on.Class]
			if slices.Contains(class.InRules, r) {
				members += on.N
			}
			if d >= 0 && slices.Contains(class.OwnsRules, r) {
				if t.owners[d] == nil {
					t.owners[d] = map[int]bool{}
				}
				t.owners[d][on.Class] = true
			}
		}
		if d >= 0 {
			t.members[d] += members * j.Times
		}
		if d != model.NoDomain {
			t.total += members * j.Times
			t.nodes += min(members, 1) * j.Times
		}
	}
	n.tallies[r], t.fewest = t, n.c.Model.Rules[r].Fewest(t.members)
	return t
}

// skew returns how far above the domain with the fewest a domain would be with one more
// pod, which is a member or not.
func (n *counts) skew(r, d int, member bool) int64 {
	rule, t := &n.c.Model.Rules[r], n.tally(r)
	skew := rule.Most - rule.RoomBeside(t.members[d], t.fewest, d)
	if member {
		skew++
	}
	return max(0, skew)
}

// closes reports whether rule r of the kind keeps it out of a domain.
func (n *counts) closes(k, r, d int) bool {
	rule, t := &n.c.Rules[r], n.tally(r)
	switch {
	case d == model.NoDomain:
		return false
	case rule.Kind == model.Together:
		return (d == model.EachNode || t.members[d] == 0) && (t.total > 0 || !rule.Selects(k))
	case rule.Kind == model.Apart:
		return t.members[d] > 0
	}
	return n.skew(r, d, rule.Selects(k)) > rule.Most
}

func (n *counts) ruleString(r int, stated *kube.DomainRule) string {
	switch n.c.Rules[r].Kind {
	case model.Spread:
		text := fmt.Sprintf("maxSkew %d of %s by %s", stated.MaxSkew, stated.Whom, stated.Key)
		if n.c.Rules[r].Sparse {
			text += fmt.Sprintf(", above 0 for want of minDomains %d", stated.MinDomains)
		}
		return text
	case model.Apart:
		return fmt.Sprintf("no %s in its %s", stated.Whom, stated.Key)
	}
	if stated.Key != corev1.LabelHostname {
		return fmt.Sprintf("%s in its %s", stated.Whom, stated.Key)
	}
	return fmt.Sprintf("%s on its node (nodes that have it: %d)", stated.Whom, n.tally(r).nodes)
}

// required returns the rules over domains that the kind owns and may not give up.
func (n *counts) required(k int) []int {
	var out []int
	for r := range n.c.Rules {
		if stated, owns := n.c.Rules[r].Stated[k]; owns && !stated.Preferred {
			out = append(out, r)
		}
	}
	return out
}

// spreads reports whether the kind must be spread: then what its node rules admit
// decides on the domains, and to change them changes the counts.
func (n *counts) spreads(k int) bool {
	return slices.ContainsFunc(n.required(k), func(r int) bool { return n.c.Rules[r].Kind == model.Spread && n.c.Rules[r].Volumes == "" })
}

// ownedAlone reports whether no other kind states rule r: else to change it for
// one would not do.
func (n *counts) ownedAlone(k, r int) bool {
	for o := range n.c.Kinds {
		if n.c.Rules[r].Owns(o) && o != k && n.c.Kinds[o].Count > 0 {
			return false
		}
	}
	return true
}

// statedOnce reports whether the kind states rule r once: of equal rules of a pod
// the model has one.
func (n *counts) statedOnce(k, r int) bool {
	alike := func(kind model.RuleKind, key string) bool {
		return kind == n.c.Rules[r].Kind && key == n.c.Rules[r].Stated[k].Key
	}
	stated, held := 0, 0
	for _, rule := range kube.DomainRules(n.c.Kinds[k].Pod, nil) {
		if !rule.Preferred && alike(compile.KindOfRule(rule.Kind), rule.Key) {
			stated++
		}
	}
	for _, o := range n.required(k) {
		if alike(n.c.Rules[o].Kind, n.c.Rules[o].Stated[k].Key) {
			held++
		}
	}
	return stated == held
}

// ownerIn returns another kind that states rule r, may not give it up and is
// placed in the domain; -1: there is none.
func (n *counts) ownerIn(k, r, d int) int {
	for o := range n.c.Kinds {
		stated, owns := n.c.Rules[r].Stated[o]
		if class := n.c.ClassOf[o]; owns && o != k && !stated.Preferred && class >= 0 && n.tally(r).owners[d][class] {
			return o
		}
	}
	return -1
}
