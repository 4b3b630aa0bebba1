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
	if len(s.unsplit.Rules) == 0 && s.unsplit.Gangs == 0 {
		return sol
	}
	sol = slices.Clone(sol)
	unsplit, tallies, gangs := s.Unsplit(sol), model.NewTallies(s.unsplit), true // gangs may be there in part
	for {
		if gangs {
			g := unsplit.Partial(s.unsplit)
			if g > 0 {
				sol = drop(sol, func(c int) bool { return s.inGang(c, g) })
				unsplit, tallies = s.Unsplit(sol), model.NewTallies(s.unsplit)
				continue
			}
			gangs = false
		}
		r, d := tallies.Broken(unsplit)
		i, class := -1, 0
		if r >= 0 {
			i, class = s.lastOwner(sol, r, d)
		}
		if i < 0 {
			return slices.DeleteFunc(sol, func(j model.Column) bool { return j.Times == 0 })
		}
		bin, less := sol[i].Bin, without(sol[i], class)
		sol = replaceOne(sol, i, less)
		unsplit = replaceOne(unsplit, i, s.unsplitColumn(less))
		u, _ := s.at(class)
		for _, n := range u.counts {
			tallies.Take(bin, n.Class, n.N)
			gangs = gangs || s.unsplit.Classes[n.Class].Gang > 0
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

// lastOwner returns the last column in the domain with a bundle that owns a rule, and the
// first such class on it; -1: none has.
func (s *Split) lastOwner(sol model.Solution, r, d int) (column, class int) {
	domain := s.unsplit.Rules[r].Domain
	single := d >= len(s.unsplit.Rules[r].Before)
	for i := len(sol) - 1; i >= 0; i-- {
		j := &sol[i]
		if j.Times == 0 || domain[j.Bin] != d && !(single && domain[j.Bin] == model.EachNode) {
			continue
		}
		for _, n := range j.Counts {
			if s.owns(n.Class, r) {
				return i, n.Class
			}
		}
	}
	return -1, 0
}

// without returns one launch of a column, with one pod less of a class.
func without(j model.Column, class int) model.Column {
	j.Times, j.Counts = 1, model.AddCount(slices.Clone(j.Counts), class, -1)
	return j
}

// replaceOne replaces one launch of column i by a column, or by none where that is empty.
func replaceOne(sol model.Solution, i int, by model.Column) model.Solution {
	sol[i].Times--
	if len(by.Counts) > 0 {
		sol = append(sol, by)
	}
	return sol
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
