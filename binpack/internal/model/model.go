package model

import "math"

// Unlimited is the capacity of a bin in a resource that it does not limit.
const Unlimited = math.MaxInt64

// A Model is a compiled problem. It is immutable once built.
type Model struct {
	Resources int // number of resources that some class requests
	Classes   []Class
	Bins      []Bin
	Caps      []int64 // limits that launches share
}

// A Class is pods that no rule and no request tells apart.
type Class struct {
	Count    int64   // pods to place
	Requests []int64 // per resource, of one pod
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
	if !m.Bins[b].Admits[c] {
		return 0
	}
	return m.Fit(c, m.Bins[b].Capacity, m.Classes[c].Count)
}

// Fit returns how many pods of class c the room holds, at most limit.
func (m *Model) Fit(c int, room []int64, limit int64) int64 {
	for r, q := range m.Classes[c].Requests {
		if q > 0 && room[r] != Unlimited && room[r]/q < limit {
			limit = room[r] / q
		}
	}
	return max(limit, 0)
}

// Take subtracts n pods of class c from room.
func (m *Model) Take(c int, room []int64, n int64) {
	for r, q := range m.Classes[c].Requests {
		if room[r] != Unlimited {
			room[r] -= n * q
		}
	}
}
