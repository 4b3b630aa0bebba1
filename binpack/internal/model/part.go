package model

// Frame returns m without what there is per class: classes, bins, and rules over
// domains. All else is shared.
func (m *Model) Frame() *Model {
	return &Model{Resources: m.Resources, Caps: m.Caps, Groups: m.Groups, Shares: m.Shares, Gangs: m.Gangs, Ranks: m.Ranks, Counted: m.Counted}
}

// Part returns the problem of some classes alone, which are numbered anew in
// the given order. It shares what it can with m.
func (m *Model) Part(classes []int) *Model {
	part := m.Frame()
	for _, c := range classes {
		part.Classes = append(part.Classes, m.Classes[c])
	}
	for _, bin := range m.Bins {
		bin.Admits = bin.Admits.Renumbered(classes)
		part.Bins = append(part.Bins, bin)
	}
	return part
}

// Whole returns a solution of the part of these classes, in ascending order, as
// one of the whole.
func (s Solution) Whole(classes []int) Solution {
	out := make(Solution, len(s))
	for i, j := range s {
		out[i] = Column{Bin: j.Bin, Times: j.Times, Counts: make([]Count, len(j.Counts))}
		for k, n := range j.Counts {
			out[i].Counts[k] = Count{Class: classes[n.Class], N: n.N}
		}
	}
	return out
}
