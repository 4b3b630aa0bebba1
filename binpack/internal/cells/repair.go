package cells

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Repair takes pods out of a solution of the split until the rules over domains
// and the gangs of the unsplit model hold. A solution that places all has nothing to
// repair, except where a rule asks for partners on the node and others ask for partners as
// well: bundles are made for those of the node alone.
func (s *Split) Repair(sol model.Solution) model.Solution {
	suspects := slices.Repeat([]bool{true}, len(s.unsplit.Rules))
	for {
		unsplit := s.Unsplit(sol)
		if g := unsplit.Partial(s.unsplit); g > 0 {
			sol = drop(sol, func(c int) bool { return s.inGang(c, g) })
			suspects = slices.Repeat([]bool{true}, len(suspects))
			continue
		}
		r, d := unsplit.BrokenAmong(s.unsplit, suspects)
		if r < 0 {
			return sol
		}
		var class int
		sol, class = s.dropOwner(sol, r, d)
		u, _ := s.at(class)
		for _, n := range u.counts {
			for _, about := range [][]int{s.unsplit.Classes[n.Class].InRules, s.unsplit.Classes[n.Class].OwnsRules} {
				for _, r := range about {
					suspects[r] = true
				}
			}
		}
	}
}

// inGang reports whether pods of a gang are among those of a bundle.
func (s *Split) inGang(class, gang int) bool {
	u, _ := s.at(class)
	return slices.ContainsFunc(u.counts, func(n model.Count) bool { return s.unsplit.Classes[n.Class].Gang == gang })
}

// drop takes out all bundles of some classes, and nodes that have no others.
func drop(sol model.Solution, which func(class int) bool) model.Solution {
	var out model.Solution
	for _, j := range sol {
		j.Counts = slices.DeleteFunc(slices.Clone(j.Counts), func(n model.Count) bool { return which(n.Class) })
		if len(j.Counts) > 0 {
			out = append(out, j)
		}
	}
	return out
}

// dropOwner takes out one bundle that owns a rule, of the last launch in the domain
// that has one, and returns its class.
func (s *Split) dropOwner(sol model.Solution, r, d int) (rest model.Solution, class int) {
	domain := s.unsplit.Rules[r].Domain
	single := d >= len(s.unsplit.Rules[r].Before)
	for i := len(sol) - 1; i >= 0; i-- {
		j := sol[i]
		at := slices.IndexFunc(j.Counts, func(n model.Count) bool { return s.owns(n.Class, r) })
		if at < 0 || domain[j.Bin] != d && !(single && domain[j.Bin] == model.EachNode) {
			continue
		}
		class, less := j.Counts[at].Class, j
		less.Times = 1
		less.Counts = slices.Clone(j.Counts)
		if less.Counts[at].N--; less.Counts[at].N == 0 {
			less.Counts = slices.Delete(less.Counts, at, at+1)
		}
		out := slices.Clone(sol)
		if out[i].Times--; out[i].Times == 0 {
			out = slices.Delete(out, i, i+1)
		}
		if len(less.Counts) > 0 {
			out = append(out, less)
		}
		return out, class
	}
	return nil, 0 // none owns it: no such rule is broken
}

func (s *Split) owns(class, r int) bool {
	u, _ := s.at(class)
	return slices.ContainsFunc(u.counts, func(n model.Count) bool {
		return slices.Contains(s.unsplit.Classes[n.Class].OwnsRules, r)
	})
}

// Trim makes the split ask no longer for bundles that others are tied to and that a
// solution leaves, so that no search places some of them. It reports whether there
// are such bundles.
func (s *Split) Trim(sol model.Solution) bool {
	trimmed := *s.Model
	trimmed.Classes = slices.Clone(s.Model.Classes)
	found := false
	for i, left := range sol.Left(s.Model) {
		if left > 0 && s.tied(i) {
			trimmed.Classes[i].Count -= left
			found = true
		}
	}
	if found {
		s.Model = &trimmed
	}
	return found
}
