package model

import "slices"

// A Share is an amount of a resource that pods of one node take together, once,
// however many of them are there: a volume that several pods mount.
type Share struct {
	Resource int
	Amount   int64
}

// besideShares returns what is left of room once the class has taken its shares, but
// for those that are taken already, and whether there is enough for them.
func (m *Model) besideShares(class *Class, room []int64, taken func(share int) bool) ([]int64, bool) {
	room = slices.Clone(room)
	for _, s := range class.Shares {
		share := m.Shares[s]
		if taken(s) || room[share.Resource] == Unlimited {
			continue
		}
		room[share.Resource] -= share.Amount
		if room[share.Resource] < 0 {
			return nil, false
		}
	}
	return room, true
}

// shareFit returns how many more pods of a class with shares the node holds, at most
// limit.
func (f *Filling) shareFit(class *Class, limit int64) int64 {
	room, ok := f.m.besideShares(class, f.Room, func(share int) bool { return f.sharers[share] > 0 })
	if !ok {
		return 0
	}
	return fit(class.Requests, room, limit)
}

// takeShares counts n more pods of the class as sharers: the first takes what is shared,
// the last gives it back.
func (f *Filling) takeShares(class *Class, n int64) {
	for _, s := range class.Shares {
		before := f.sharers[s]
		f.sharers[s] += n
		share := f.m.Shares[s]
		switch {
		case f.Room[share.Resource] == Unlimited:
		case before == 0 && f.sharers[s] > 0:
			f.Room[share.Resource] -= share.Amount
		case before > 0 && f.sharers[s] == 0:
			f.Room[share.Resource] += share.Amount
		}
	}
}
