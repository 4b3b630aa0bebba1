package compile

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/model"
)

// classes are kinds with the same requests, level, gang, groups and rules that the
// same bins admit. Their order is by content: the largest first.
type classes struct {
	rows  []*row
	of    []int          // kind → class; -1: in none
	gangs map[string]int // numbers of gangs, from 1 on; "", of no gang: 0
	lost  map[string]int // gangs that cannot be placed → a kind of theirs that no node takes
	left  []int64        // per level, pods of lost gangs, which every solution leaves
}

// A row is the kinds of one class.
type row struct {
	key       string // what it has of requests, level, gang, groups, rules and shares
	kinds     []int
	admits    binSet
	preferred []model.PreferredPool
	ahead     string // the preferred as text
}

func (r *row) compare(o *row) int {
	return cmp.Or(cmp.Compare(r.key, o.key), r.admits.compare(o.admits), cmp.Compare(r.ahead, o.ahead))
}

// classesOf returns the kinds that some bin admits in rows.
func classesOf(a *admitter, requests [][]int64, levels []int, groups []podGroup, shares [][]int) classes {
	out := classes{gangs: gangNumbers(a.kinds)}
	out.lost = lostGangs(a.kinds, func(i int) bool {
		if a.ctx.Err() != nil {
			return true
		}
		admits, _ := a.admittedBy(i, requests[i])
		return len(admits) > 0
	})
	index := map[string]*row{}
	for i := range a.kinds {
		if a.kinds[i].Blocked != nil || a.kinds[i].Count == 0 {
			continue
		}
		if a.ctx.Err() != nil {
			break
		}
		admits, preferred := a.admittedBy(i, requests[i])
		if len(admits) == 0 {
			continue
		}
		if _, lost := out.lost[a.kinds[i].Gang]; lost {
			for len(out.left) <= levels[i] {
				out.left = append(out.left, 0)
			}
			out.left[levels[i]] += a.kinds[i].Count
			continue
		}
		owns, in := rulesOf(groups, (*podGroup).between, i)
		ownsRules, inRules := rulesOf(a.rules, (*DomainRule).between, i)
		of := row{key: classKey(requests[i], []int{levels[i]}, owns, in, ownsRules, inRules, []int{out.gangs[a.kinds[i].Gang]}, shares[i]), admits: setOf(admits), preferred: preferred}
		var ahead strings.Builder
		for _, p := range preferred {
			fmt.Fprint(&ahead, p)
		}
		of.ahead = ahead.String()
		key := fmt.Sprint(len(of.key), " ", len(of.admits), of.key, of.admits, of.ahead)
		if index[key] == nil {
			index[key] = &of
			out.rows = append(out.rows, &of)
		}
		index[key].kinds = append(index[key].kinds, i)
	}
	slices.SortFunc(out.rows, func(a, b *row) int {
		if n := slices.Compare(requests[a.kinds[0]], requests[b.kinds[0]]); n != 0 {
			return -n
		}
		return a.compare(b)
	})
	out.of = slices.Repeat([]int{-1}, len(a.kinds))
	for n, row := range out.rows {
		for _, i := range row.kinds {
			out.of[i] = n
		}
	}
	return out
}

func classKey(requests []int64, more ...[]int) string {
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
	return string(key)
}

// gangNumbers numbers the gangs of pods that may be placed, from 1 on; a pod of none
// has the number 0.
func gangNumbers(kinds []Kind) map[string]int {
	numbers := map[string]int{"": 0}
	for i := range kinds {
		if kinds[i].Count > 0 {
			numbers[kinds[i].Gang] = 0
		}
	}
	for n, name := range slices.Sorted(maps.Keys(numbers)) {
		numbers[name] = n // the empty name is the first
	}
	return numbers
}

// lostGangs returns the gangs that cannot be placed, as no node takes one of their
// pods, each with the first such kind.
func lostGangs(kinds []Kind, placeable func(kind int) bool) map[string]int {
	lost := map[string]int{}
	for i := range kinds {
		k := &kinds[i]
		if _, known := lost[k.Gang]; k.Gang != "" && k.Count > 0 && !known && (k.Blocked != nil || !placeable(i)) {
			lost[k.Gang] = i
		}
	}
	return lost
}
