package packing

import "slices"

// ruled reports whether more decides what is packed than the room on nodes.
func (s *Search) ruled() bool {
	return len(s.Spreads) > 0 || slices.ContainsFunc(s.Left, func(n int64) bool { return n > 0 })
}

// apart returns, for each kind, those that no domain holds beside it.
func (s *Search) apart() [][]int {
	out := make([][]int, len(s.Kinds))
	kind := func(spread, domain int) int {
		return slices.IndexFunc(s.Kinds, func(k Kind) bool { return k.Spread == spread+1 && k.Domain == domain })
	}
	for _, a := range s.Aparts {
		for _, p := range a.Pairs {
			one, other := a.Spreads[p[0]], a.Spreads[p[1]]
			for d, at := range a.Domains[p[0]] {
				e := slices.Index(a.Domains[p[1]], at)
				if at < 0 || e < 0 {
					continue
				}
				if k, o := kind(one, d), kind(other, e); k >= 0 && o >= 0 {
					out[k], out[o] = append(out[k], o), append(out[o], k)
				}
			}
		}
	}
	return out
}

// spreadOut reports whether placed pods, per kind, are over domains as the rules of spreads have them.
func (s *Search) spreadOut(placed []int64) bool {
	for i := range s.Spreads {
		of := &s.Spreads[i]
		if of.Sparse || !of.Satisfiable() {
			continue // each domain by itself has its most, or there is nothing to say
		}
		in := make([]int64, len(of.Before))
		for k := range s.Kinds {
			if s.Kinds[k].Spread == i+1 {
				in[s.Kinds[k].Domain] += placed[k]
			}
		}
		if !of.Allows(in) {
			return false
		}
	}
	return true
}
