package model

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/dominance"
)

// Unlimited is the capacity of a bin in a resource that it does not limit.
const Unlimited = math.MaxInt64

// A Model is a compiled problem. It is immutable once built.
type Model struct {
	Resources int // number of resources that some class requests
	Classes   []Class
	Bins      []Bin
	Caps      []int64 // limits that launches share
	Floors    []Use   // of caps, what launches take at least: of some relaxations, no solution need keep them
	Groups    []Group // rules about the pods of one node
	Shares    []Share // what pods of one node take once, together
	Rules     []Rule  // rules about the pods of one domain
	Gangs     int     // sets of classes whose pods are all placed, or none of them
	Ranks     int     // of pools: bins of later ones are only for pods that no earlier one can launch for; 0: one
	Counted   []bool  // per cap: it counts the launches of one offering; nil: none does
	Lost      []int64 // per level, pods of no class that every solution leaves
}

// A Class is pods that no rule and no request tells apart.
type Class struct {
	Count    int64   // pods to place
	Requests []int64 // per resource, of one pod
	Level    int     // of priority: 0 is the highest
	Pods     int64   // that one counts as where pods left are counted; 0: one
	Owns     []int   // groups that it owns
	In       []int   // groups that it is a member of, sorted; several times where one pod counts as several
	Shares   []int   // that its pods take, sorted

	OwnsRules []int // rules over domains that it owns
	InRules   []int // rules over domains that it is a member of
	Gang      int   // 0: none; else from 1 to Gangs
	Preferred []PreferredPool
}

// A Group is a rule about the pods of one node: where there is a pod of an owner, there
// are at most Most pods of members. A pod may be both. Spread and anti-affinity by
// hostname are such rules, and host ports.
type Group struct {
	Most int64
}

// A Bin is offerings that no rule, capacity or price tells apart.
type Bin struct {
	Price     int64      // per launch
	Capacity  []int64    // per resource; Unlimited: none
	Admits    ClassSet   // those that it may hold
	Uses      []Use      // what one launch takes of the caps, by cap
	Rank      int        // of its pool, 0 the first
	Residents []Resident // pods of groups on it before any launch: those of an existing node
	Held      []int      // shares that are taken before any launch, sorted: those of an existing node
}

// A Resident counts the resident pods of a group: those on an existing node.
type Resident struct {
	Group           int
	Owners, Members int64
}

// A Use is what one launch takes of a cap, an amount above 0.
type Use = dominance.Use

// Pods returns how many pods there are, of all classes.
func (m *Model) Pods() int64 {
	sum := int64(0)
	for c := range m.Classes {
		sum += m.Classes[c].Count
	}
	return sum
}

// MostOf returns how many pods of class c an empty bin b holds, at most the
// count of the class.
func (m *Model) MostOf(c, b int) int64 {
	class, bin := &m.Classes[c], &m.Bins[b]
	if !bin.Admits.Has(c) {
		return 0
	}
	limit := min(class.Count, m.PerNode(c))
	for _, t := range bin.Residents {
		rest := m.Groups[t.Group].Most - t.Members
		switch n := class.times(t.Group); {
		case n > 0 && (t.Owners > 0 || slices.Contains(class.Owns, t.Group)):
			limit = min(limit, rest/n)
		case n == 0 && rest < 0 && slices.Contains(class.Owns, t.Group):
			limit = 0
		}
	}
	room, ok := m.RoomFor(c, b)
	if !ok {
		return 0
	}
	return fit(class.Requests, room, limit)
}

// holdsOne reports whether an empty bin b, which admits class c, holds a pod of it.
func (m *Model) holdsOne(c, b int) bool {
	class, bin := &m.Classes[c], &m.Bins[b]
	if class.Count == 0 || len(class.Owns) > 0 || len(class.Shares) > 0 || len(bin.Residents) > 0 {
		return m.MostOf(c, b) > 0
	}
	for r, q := range class.Requests {
		if q > 0 && q > bin.Capacity[r] {
			return false
		}
	}
	return true
}

// RoomFor returns what an empty bin b has for pods of class c beside their shares, and
// whether it has room for these.
func (m *Model) RoomFor(c, b int) ([]int64, bool) {
	class, bin := &m.Classes[c], &m.Bins[b]
	if len(class.Shares) == 0 {
		return bin.Capacity, true
	}
	return m.besideShares(class, bin.Capacity, func(share int) bool { return slices.Contains(bin.Held, share) })
}

// times returns as how many members of a group one pod of the class counts.
func (c *Class) times(group int) int64 {
	n := int64(0)
	for _, g := range c.In {
		if g == group {
			n++
		}
	}
	return n
}

// PerNode returns how many pods of class c the groups allow on one node, if
// there are no others; Unlimited: any number.
func (m *Model) PerNode(c int) int64 {
	most := int64(Unlimited)
	for _, g := range m.Classes[c].Owns {
		if n := m.Classes[c].times(g); n > 0 {
			most = min(most, m.Groups[g].Most/n)
		}
	}
	return most
}

// fit returns how many pods with such requests the room holds, at most limit.
func fit(requests, room []int64, limit int64) int64 {
	for r, q := range requests {
		if q > 0 && room[r] != Unlimited && room[r]/q < limit {
			limit = room[r] / q
		}
	}
	return max(limit, 0)
}
