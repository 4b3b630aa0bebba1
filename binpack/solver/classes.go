package solver

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// compileClasses makes a class of each row of kinds. The order of the classes is
// by content: the largest first.
func (c *compiled) compileClasses(requests [][]int64, levels []int, groups []podGroup) {
	gangs := c.gangs()
	rows := c.alikeKinds(requests, levels, groups, gangs)
	c.classOf = slices.Repeat([]int{-1}, len(c.kinds))
	for b := range c.model.Bins {
		c.model.Bins[b].Admits = make([]bool, len(rows))
	}
	for n, row := range rows {
		first := row.kinds[0]
		class := model.Class{Requests: requests[first], Level: levels[first]}
		class.Owns, class.In = membership(groups, (*podGroup).between, first)
		class.OwnsRules, class.InRules = membership(c.kindRules, (*domainRule).between, first)
		class.Gang, class.Ahead = gangs[c.kinds[first].gang], row.ahead
		for _, i := range row.kinds {
			c.classOf[i] = n
			class.Count += c.kinds[i].count
		}
		for b, ok := range row.admits {
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

// A row is kinds with the same requests, level, gang, groups and rules that the
// same bins admit.
type row struct {
	key    string
	kinds  []int
	admits []bool
	ahead  []model.Ahead
}

// alikeKinds returns the kinds that some bin admits in rows, those of the largest
// pods first.
func (c *compiled) alikeKinds(requests [][]int64, levels []int, groups []podGroup, gangs map[string]int) []*row {
	c.lost = c.lostGangs(func(i int) bool {
		admits, _ := c.admittedBy(i, requests[i])
		return slices.Contains(admits, true)
	})
	index := map[string]*row{}
	var rows []*row
	for i := range c.kinds {
		if c.kinds[i].blocked != nil || c.kinds[i].count == 0 {
			continue
		}
		admits, ahead := c.admittedBy(i, requests[i])
		if !slices.Contains(admits, true) {
			continue
		}
		if _, lost := c.lost[c.kinds[i].gang]; lost {
			c.lose(levels[i], c.kinds[i].count)
			continue
		}
		owns, in := membership(groups, (*podGroup).between, i)
		ownsRules, inRules := membership(c.kindRules, (*domainRule).between, i)
		key := classKey(requests[i], admits, []int{levels[i]}, owns, in, ownsRules, inRules, []int{gangs[c.kinds[i].gang]})
		for _, a := range ahead {
			key = fmt.Sprint(key, a)
		}
		if index[key] == nil {
			index[key] = &row{key: key, admits: admits, ahead: ahead}
			rows = append(rows, index[key])
		}
		index[key].kinds = append(index[key].kinds, i)
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(-slices.Compare(requests[a.kinds[0]], requests[b.kinds[0]]), cmp.Compare(a.key, b.key))
	})
	return rows
}

// admittedBy returns which bins admit a kind and hold at least one of it: of
// those that its rules and the weights of pools allow, the ones that meet its
// preferences best; and what is ahead of pools of less weight.
func (c *compiled) admittedBy(kind int, requests []int64) ([]bool, []model.Ahead) {
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
	if c.withoutChoice() {
		ahead = nil
	}
	for b := range admits {
		admits[b] = alone[b] && c.model.Bins[b].Stage <= last && !c.barred(kind, c.offersIn[b][0])
	}
	if c.scope.held != noPreferences && !c.kinds[kind].relaxed {
		c.preferBest(admits, level)
	}
	return admits, ahead
}

// preferBest takes out the bins that meet preferences less well than others. Where
// pools of several weights admit the pods, bins of each are kept: weight is not up
// to the pods.
func (c *compiled) preferBest(admits []bool, level []admission) {
	least, ofStage := never, slices.Repeat([]admission{never}, c.model.Stages)
	lower := func(a *admission, b int) {
		if *a == never || level[b] < *a {
			*a = level[b]
		}
	}
	for b, is := range admits {
		if is {
			lower(&least, b)
			if c.supply.offers[c.offersIn[b][0]].node == nil {
				lower(&ofStage[c.model.Bins[b].Stage], b)
			}
		}
	}
	stages := 0
	for _, a := range ofStage {
		if a != never {
			stages++
		}
	}
	for b := range admits {
		best := least
		if stages > 1 && c.supply.offers[c.offersIn[b][0]].node == nil {
			best = ofStage[c.model.Bins[b].Stage]
		}
		admits[b] = admits[b] && level[b] == best
	}
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
