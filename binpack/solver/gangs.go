package solver

import (
	"maps"
	"slices"
)

// gangs numbers the gangs of pods that may be placed, from 1 on; a pod of none has
// the number 0.
func (c *compiled) gangs() map[string]int {
	numbers := map[string]int{"": 0}
	for i := range c.kinds {
		if c.kinds[i].count > 0 {
			numbers[c.kinds[i].gang] = 0
		}
	}
	for n, name := range slices.Sorted(maps.Keys(numbers)) {
		numbers[name] = n // the empty name is the first
	}
	return numbers
}

// lostGangs returns the gangs that cannot be placed, as no node takes one of their
// pods, each with the first such kind.
func (c *compiled) lostGangs(placeable func(kind int) bool) map[string]int {
	lost := map[string]int{}
	for i := range c.kinds {
		k := &c.kinds[i]
		if _, known := lost[k.gang]; k.gang != "" && k.count > 0 && !known && (k.blocked != nil || !placeable(i)) {
			lost[k.gang] = i
		}
	}
	return lost
}

// lose counts pods of a lost gang, which are in no class, among those that every
// solution leaves.
func (c *compiled) lose(level int, count int64) {
	for len(c.model.Lost) <= level {
		c.model.Lost = append(c.model.Lost, 0)
	}
	c.model.Lost[level] += count
}
