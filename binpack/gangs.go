package binpack

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
