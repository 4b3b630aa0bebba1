package model

import (
	"math"
	"slices"
)

// Unlimited is the capacity of a bin in a resource that it does not limit.
const Unlimited = math.MaxInt64

// A Model is a compiled problem. It is immutable once built.
type Model struct {
	Resources int // number of resources that some class requests
	Classes   []Class
	Bins      []Bin
	Caps      []int64 // limits that launches share
	Groups    []Group // rules about the pods of one node
}

// A Class is pods that no rule and no request tells apart.
type Class struct {
	Count    int64   // pods to place
	Requests []int64 // per resource, of one pod
	Level    int     // of priority: 0 is the highest; all are 0 where no cap can leave pods pending
	Owns     []int   // groups that it owns
	In       []int   // groups of which it is a member
}

// A Group is a rule about the pods of one node: where there is a pod of an
// owner, there are at most so many pods of members. A pod may be both. Spread
// and repulsion by hostname are such rules, and host ports.
type Group struct {
	Most int64
}

// A Bin is offerings that no rule, capacity or price tells apart.
type Bin struct {
	Price    int64   // per launch
	Capacity []int64 // per resource; Unlimited: none
	Admits   []bool  // per class
	Uses     []Use   // what one launch takes of the caps, by cap
}

// A Use is what one launch takes of a cap.
type Use struct {
	Cap    int
	Amount int64 // > 0
}

// MostOf returns how many pods of class c an empty bin b holds, at most the
// count of the class.
func (m *Model) MostOf(c, b int) int64 {
	class := &m.Classes[c]
	if !m.Bins[b].Admits[c] {
		return 0
	}
	return fit(class.Requests, m.Bins[b].Capacity, min(class.Count, m.PerNode(c)))
}

// PerNode returns how many pods of class c the groups allow on one node, if
// there are no others; Unlimited: any number.
func (m *Model) PerNode(c int) int64 {
	most := int64(Unlimited)
	for _, g := range m.Classes[c].Owns {
		if slices.Contains(m.Classes[c].In, g) {
			most = min(most, m.Groups[g].Most)
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
