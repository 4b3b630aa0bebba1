package model

// A Filling is a node that is being filled: what is left of it, and what is
// there of the groups' owners and members.
type Filling struct {
	Room []int64 // per resource

	m       *Model
	owners  []int64 // per group, pods of owners on the node
	members []int64 // per group, pods of members
	sharers []int64 // per share, pods that take it; those that are there before count as one
}

// NewFilling returns a filling of no bin yet.
func NewFilling(m *Model) *Filling {
	return &Filling{m: m, Room: make([]int64, m.Resources), owners: make([]int64, len(m.Groups)), members: make([]int64, len(m.Groups)), sharers: make([]int64, len(m.Shares))}
}

// Empty makes f an empty node of bin b.
func (f *Filling) Empty(b int) {
	copy(f.Room, f.m.Bins[b].Capacity)
	clear(f.owners)
	clear(f.members)
	clear(f.sharers)
	for _, s := range f.m.Bins[b].Held {
		f.sharers[s] = 1
	}
	for _, t := range f.m.Bins[b].Residents {
		f.owners[t.Group], f.members[t.Group] = t.Owners, t.Members
	}
}

// Fit returns how many more pods of class c the node holds, at most limit. Which
// classes the bin admits is for the caller to know.
func (f *Filling) Fit(c int, limit int64) int64 {
	class := &f.m.Classes[c]
	for _, g := range class.In {
		if f.owners[g] > 0 {
			limit = min(limit, (f.m.Groups[g].Most-f.members[g])/class.times(g))
		}
	}
	for _, g := range class.Owns {
		limit = min(limit, f.asOwner(class, g))
	}
	if len(class.Shares) > 0 {
		return f.shareFit(class, limit)
	}
	return fit(class.Requests, f.Room, limit)
}

// asOwner returns how many pods of an owner of group g may join.
func (f *Filling) asOwner(class *Class, g int) int64 {
	rest := f.m.Groups[g].Most - f.members[g]
	switch n := class.times(g); {
	case n > 0:
		return rest / n
	case rest < 0:
		return 0
	}
	return Unlimited
}

// Take adds n pods of class c to the node; where n is negative it takes them
// away.
func (f *Filling) Take(c int, n int64) {
	class := &f.m.Classes[c]
	for r, q := range class.Requests {
		if f.Room[r] != Unlimited {
			f.Room[r] -= n * q
		}
	}
	f.takeShares(class, n)
	for _, g := range class.Owns {
		f.owners[g] += n
	}
	for _, g := range class.In {
		f.members[g] += n
	}
}
