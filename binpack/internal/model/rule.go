package model

import (
	"math"
	"slices"
)

// A Rule is about the pods of one domain: of all nodes of the bins that share
// one. It binds wherever a pod of an owner is, and counts the pods of members.
type Rule struct {
	Kind   RuleKind
	Domain []int   // per bin: its domain, NoDomain or EachNode
	Before []int64 // per domain: members that are there before any launch
	Most   int64   // Spread: members above the domain with the fewest; Apart: members
	Sparse bool    // Spread: there are too few domains, the fewest counts as 0
}

// A RuleKind says what a Rule asks of the domain of an owner.
type RuleKind int

const (
	Spread   RuleKind = iota // no more members than Most above the domain with the fewest
	Apart                    // no more members than Most
	Together                 // a member besides the owner; where there is none in any domain, the owner may be the first
)

const (
	NoDomain = -1 // the bin is in no domain: what is on it does not count
	EachNode = -2 // every launch of the bin is a domain of its own
)

// RoomBeside returns how many more members the rule allows in domain d, given those of the
// domain and the fewest of any: below 0 there are too many. Together allows any number.
func (rule *Rule) RoomBeside(members int64, f Fewest, d int) int64 {
	return rule.room(members, f.but(d))
}

// room returns how many more members a domain may have, by how many it has and
// the fewest of any domain: members + more - fewest ≤ Most.
func (rule *Rule) room(members, fewest int64) int64 {
	if rule.Kind == Together {
		return math.MaxInt64
	}
	return rule.Most + fewest - members
}

// A Fewest is the fewest members of the domains that Spread compares with: not those of
// single launches.
type Fewest struct {
	at          int   // the last domain that has the fewest
	least, next int64 // its members, and the fewest of the others
	many        int   // of the others that have as few
}

// Grown returns the fewest once domain d, which had members, has more; false: they must be
// found anew.
func (f Fewest) Grown(d int, members, more int64) (Fewest, bool) {
	switch {
	case more < 0 || d == f.at || members < f.next || members == f.next && f.many < 2:
		return f, false
	case members == f.next:
		f.many--
	}
	return f, true
}

// but returns the fewest members of the domains without d, which may get more.
func (f Fewest) but(d int) int64 {
	if d == f.at {
		return f.next
	}
	return f.least
}

// Fewest finds the fewest members. Where there are too few domains that is 0, and where
// there is one only the others have no limit.
func (rule *Rule) Fewest(members []int64) Fewest {
	if rule.Kind != Spread || rule.Sparse || len(rule.Before) == 0 {
		return Fewest{at: NoDomain}
	}
	const most = math.MaxInt64 / 2
	f := Fewest{NoDomain, most, most, 0}
	for e, n := range members[:len(rule.Before)] {
		switch {
		case n <= f.least:
			if f.least < f.next {
				f.many = 0
			}
			f = Fewest{e, n, f.least, f.many + 1}
		case n < f.next:
			f.next, f.many = n, 1
		case n == f.next:
			f.many++
		}
	}
	return f
}

// ByNode reports whether domains of the rule are single nodes.
func (rule *Rule) ByNode() bool { return slices.Contains(rule.Domain, EachNode) }
