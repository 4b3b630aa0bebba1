package binpack

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// compileClasses merges kinds with the same requests, level, gang, groups and
// rules that the same bins admit. The order of the classes is by content: the
// largest first.
func (c *compiled) compileClasses(requests [][]int64, levels []int, groups []podGroup, bars func(kind, offer int) bool) {
	gangs := c.gangs()
	type row struct {
		kinds  []int
		admits []bool
		ahead  []model.Ahead
	}
	rows := map[string]*row{}
	var keys []string
	for i := range c.kinds {
		if c.kinds[i].blocked != nil || c.kinds[i].count == 0 {
			continue
		}
		admits, ahead := c.admittedBy(i, requests[i], bars)
		if !slices.Contains(admits, true) {
			continue
		}
		owns, in := membership(groups, i)
		ownsRules, inRules := ruleMembership(c.kindRules, i)
		key := classKey(requests[i], admits, []int{levels[i]}, owns, in, ownsRules, inRules, []int{gangs[c.kinds[i].gang]})
		for _, a := range ahead {
			key = fmt.Sprint(key, a)
		}
		if rows[key] == nil {
			rows[key] = &row{admits: admits, ahead: ahead}
			keys = append(keys, key)
		}
		rows[key].kinds = append(rows[key].kinds, i)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := rows[a].kinds[0], rows[b].kinds[0]
		return cmp.Or(-slices.Compare(requests[x], requests[y]), cmp.Compare(a, b))
	})
	c.classOf = slices.Repeat([]int{-1}, len(c.kinds))
	for b := range c.model.Bins {
		c.model.Bins[b].Admits = make([]bool, len(keys))
	}
	for n, key := range keys {
		first := rows[key].kinds[0]
		class := model.Class{Requests: requests[first], Level: levels[first]}
		class.Owns, class.In = membership(groups, first)
		class.OwnsRules, class.InRules = ruleMembership(c.kindRules, first)
		class.Gang, class.Ahead = gangs[c.kinds[first].gang], rows[key].ahead
		for _, i := range rows[key].kinds {
			c.classOf[i] = n
			class.Count += c.kinds[i].count
		}
		for b, ok := range rows[key].admits {
			c.model.Bins[b].Admits[n] = ok
		}
		c.model.Classes = append(c.model.Classes, class)
	}
	for _, g := range groups {
		c.model.Groups = append(c.model.Groups, model.Group{Most: g.most})
	}
	for _, r := range c.kindRules {
		c.model.Rules = append(c.model.Rules, c.overBins(r.Rule))
	}
	c.model.Gangs = len(gangs) - 1
}

// admittedBy returns which bins admit a kind and hold at least one of it: of
// those that its rules and the weights of pools allow, the ones that meet its
// preferences best; and what is ahead of pools of less weight.
func (c *compiled) admittedBy(kind int, requests []int64, bars func(kind, offer int) bool) ([]bool, []model.Ahead) {
	alone, admits := make([]bool, len(c.model.Bins)), make([]bool, len(c.model.Bins))
	level := make([]admission, len(admits))
	for b := range c.model.Bins {
		o := &c.supply.offers[c.offersIn[b][0]]
		level[b] = c.supply.views[o.view].admits[c.kinds[kind].rules]
		alone[b] = c.holdsAlone(kind, c.offersIn[b][0], requests, c.model.Bins[b].Capacity)
		for _, i := range o.among {
			alone[b] = alone[b] && c.holdsAlone(kind, i, requests, c.model.Bins[b].Capacity)
		}
	}
	ahead := c.ahead(alone)
	last := c.lastStage(ahead)
	least := never
	for b := range admits {
		admits[b] = alone[b] && c.model.Bins[b].Stage <= last && !bars(kind, c.offersIn[b][0])
		if c.held == noPreferences || c.kinds[kind].relaxed {
			level[b] = 0
		}
		if admits[b] && (least == never || level[b] < least) {
			least = level[b]
		}
	}
	for b := range admits {
		admits[b] = admits[b] && level[b] == least
	}
	return admits, ahead
}

func holds(capacity, requests []int64) bool {
	for r, q := range requests {
		if q > capacity[r] {
			return false
		}
	}
	return true
}

func classKey(requests []int64, admits []bool, more ...[]int) string {
	var key []byte
	for _, n := range requests {
		key = binary.AppendVarint(key, n)
	}
	for _, list := range more {
		key = binary.AppendVarint(key, int64(len(list)))
		for _, n := range list {
			key = binary.AppendVarint(key, int64(n))
		}
	}
	for _, ok := range admits {
		if ok {
			key = append(key, 1)
		} else {
			key = append(key, 0)
		}
	}
	return string(key)
}
