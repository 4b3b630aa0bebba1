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
	owners := newOwners(s)
	for {
		if gangs {
			g := unsplit.Partial(s.unsplit)
			if g > 0 {
				sol = drop(sol, func(c int) bool { return s.inGang(c, g) })
				unsplit, tallies, owners = s.Unsplit(sol), model.NewTallies(s.unsplit), newOwners(s)
				continue
			}
			gangs = false
		}
		r, d := tallies.Broken(unsplit)
		i, class := -1, 0
		if r >= 0 {
			i, class = owners.last(sol, r, d)
		}
		if i < 0 {
			return slices.DeleteFunc(sol, func(j model.Column) bool { return j.Times == 0 })
		}
		u, _ := s.at(class)
		bin := sol[i].Bin
		sol = takeOne(sol, i, []model.Count{{Class: class, N: 1}})
		unsplit = takeOne(unsplit, i, u.counts)
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

// An owners finds who owns a rule, in the columns of a solution that only grows at its end, and
// whose columns only lose launches and pods.
type owners struct {
	split *Split
	seen  []int           // per rule, the columns that are listed
	in    []map[int][]int // per rule and domain, columns with owners
}

func newOwners(s *Split) *owners {
	return &owners{s, make([]int, len(s.unsplit.Rules)), make([]map[int][]int, len(s.unsplit.Rules))}
}

// last returns the last column in a domain of a rule whose pods own the rule, and the first
// class of these; -1: there is none. Domains of single nodes count on.
func (o *owners) last(sol model.Solution, r, d int) (column, class int) {
	rule := &o.split.unsplit.Rules[r]
	if d >= len(rule.Before) {
		d = model.EachNode
	}
	if o.in[r] == nil {
		o.in[r] = map[int][]int{}
	}
	in := o.in[r]
	for ; o.seen[r] < len(sol); o.seen[r]++ {
		if at := rule.Domain[sol[o.seen[r]].Bin]; o.owner(&sol[o.seen[r]], r) >= 0 {
			in[at] = append(in[at], o.seen[r])
		}
	}
	for list := in[d]; len(list) > 0; list = list[:len(list)-1] {
		i := list[len(list)-1]
		if class := o.owner(&sol[i], r); sol[i].Times > 0 && class >= 0 {
			in[d] = list
			return i, class
		}
	}
	in[d] = nil
	return -1, 0
}

// owner returns the first class of a column whose pods own a rule; -1: there is none.
func (o *owners) owner(j *model.Column, r int) int {
	for _, n := range j.Counts {
		if o.split.owns(n.Class, r) {
			return n.Class
		}
	}
	return -1
}

// takeOne takes pods off one launch of column i, which then is a column of its own, at the
// end. What holds nothing is launched no more.
func takeOne(sol model.Solution, i int, pods []model.Count) model.Solution {
	less := model.Column{Bin: sol[i].Bin, Times: 1, Counts: slices.Clone(sol[i].Counts)}
	for _, n := range pods {
		less.Counts = model.AddCount(less.Counts, n.Class, -n.N)
	}
	if len(less.Counts) == 0 {
		less.Times = 0
	}
	if sol[i].Times == 1 {
		sol[i] = less
		return sol
	}
	sol[i].Times--
	return append(sol, less)
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
	var trimmed *model.Model // nil: there are none
	for i, left := range sol.Left(s.Model) {
		if left == 0 || !s.tied(i) {
			continue
		}
		if trimmed == nil {
			m := *s.Model
			m.Classes = slices.Clone(m.Classes)
			trimmed = &m
		}
		trimmed.Classes[i].Count -= left
	}
	if trimmed != nil {
		s.Model = trimmed
	}
	return trimmed != nil
}
