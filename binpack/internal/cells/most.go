package cells

import (
	"fmt"
	"maps"
	"math"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Most says how many units of a kind a cell holds, as far as that is known.
type Most map[string]int64

func (m Most) of(u *unit, c *cell) int64 {
	if n, ok := m[name(u, c)]; ok {
		return n
	}
	return math.MaxInt64
}

// name tells units and cells apart.
func name(u *unit, c *cell) string { return fmt.Sprint(u.counts, len(c.domain), c.domain) }

// Learn returns how many units a solution of the split places in the cells where
// it leaves some that a rule or a gang ties to others, besides what is known, and
// whether there are such cells.
func (s *Split) Learn(sol model.Solution, known Most) (most Most, learnt bool) {
	most = maps.Clone(known)
	if most == nil {
		most = Most{}
	}
	for i, left := range sol.Left(s.Model) {
		if left > 0 && s.tied(i) {
			u, c := s.at(i)
			most[name(u, c)] = s.Classes[i].Count - left
			learnt = true
		}
	}
	return most, learnt
}

// at returns the unit and the cell of a class.
func (s *Split) at(i int) (*unit, *cell) {
	if s.units == nil {
		return &unit{counts: []model.Count{{Class: i, N: 1}}}, &cell{}
	}
	return &s.units[i].unit, s.units[i].cell
}

// tied reports whether where the units of a class are matters to others.
func (s *Split) tied(i int) bool {
	u, c := s.at(i)
	return s.Classes[i].Gang > 0 || len(c.domain) > 0 || len(u.counts) > 1
}
