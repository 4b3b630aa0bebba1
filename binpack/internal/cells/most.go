package cells

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Most says how many bundles of a kind a cell holds, as far as that is known.
type Most map[string]int64

func (m Most) of(u *bundle, c *cell) int64 {
	if len(m) > 0 {
		if n, ok := m[name(u, c)]; ok {
			return n
		}
	}
	return math.MaxInt64
}

// name tells bundles and cells apart.
func name(u *bundle, c *cell) string { return fmt.Sprint(u.counts, len(c.domain), c.domain) }

// Learn returns how many bundles a solution of the split places in the cells where
// it leaves some that a rule or a gang ties to others, besides what is known, and
// whether there are such cells. Of the gangs that are left in part it gives up as many as
// the others need for their room, and learns of no more.
func (s *Split) Learn(sol model.Solution, known Most) (most Most, learnt bool) {
	most = maps.Clone(known)
	if most == nil {
		most = Most{}
	}
	left := sol.Left(s.Model)
	given := s.gangsGivenUp(left)
	for i, n := range left {
		if g := s.Model.Classes[i].Gang; n > 0 && s.tied(i) && (g == 0 || given[g]) {
			u, c := s.at(i)
			most[name(u, c)] = s.Model.Classes[i].Count - n
			learnt = true
		}
	}
	return most, learnt
}

// A leftGang is a gang with pods left.
type leftGang struct {
	number, level int
	placed, left  int64
}

// gangsGivenUp returns the gangs to do without, so that the others find the room that
// they lack, in pods: from the most important on, and of such from the one that lacks
// least, each has the room of the least important ones, or is given up where that
// is not enough.
func (s *Split) gangsGivenUp(left []int64) []bool {
	gangs := s.leftGangs(left)
	given := make([]bool, s.Model.Gangs+1)
	free := int64(0)
	for i, g := range gangs {
		if given[g.number] {
			continue
		}
		room := free
		for _, o := range gangs[i+1:] {
			if !given[o.number] {
				room += o.placed
			}
		}
		if room < g.left {
			given[g.number] = true
			free += g.placed
			continue
		}
		for last := len(gangs) - 1; free < g.left; last-- {
			if o := gangs[last]; o.placed > 0 && !given[o.number] {
				given[o.number] = true
				free += o.placed
			}
		}
		free -= g.left
	}
	return given
}

// leftGangs returns the gangs with pods left, in the order of gangsGivenUp.
func (s *Split) leftGangs(left []int64) []leftGang {
	gangs := make([]leftGang, s.Model.Gangs+1)
	for g := range gangs {
		gangs[g] = leftGang{number: g, level: math.MaxInt}
	}
	for i, n := range left {
		g := &gangs[s.Model.Classes[i].Gang]
		g.level = min(g.level, s.Model.Classes[i].Level)
		g.placed += s.Model.Classes[i].Count - n
		g.left += n
	}
	gangs = slices.DeleteFunc(gangs[1:], func(g leftGang) bool { return g.left == 0 })
	slices.SortStableFunc(gangs, func(a, b leftGang) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.left, b.left)) })
	return gangs
}

// at returns the bundle and the cell of a class.
func (s *Split) at(i int) (*bundle, *cell) {
	if s.bundles == nil {
		return &bundle{counts: []model.Count{{Class: i, N: 1}}}, &cell{}
	}
	return &s.bundles[i].bundle, s.bundles[i].cell
}

// tied reports whether where the bundles of a class are matters to others.
func (s *Split) tied(i int) bool {
	u, c := s.at(i)
	return s.Model.Classes[i].Gang > 0 || len(c.domain) > 0 || len(u.counts) > 1
}
