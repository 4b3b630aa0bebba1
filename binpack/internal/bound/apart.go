package bound

import "github.com/stowage/stowage/binpack/internal/spread"

// An Apart is spreads of pods of one level that keep away from each other.
type Apart = spread.Apart

// A provenApart is what is known of an Apart whatever pods are worth.
type provenApart struct {
	of     Apart
	level  int
	fewest int64 // pods that every plan leaves
}

// proveAparts finds how many pods the Aparts of a prepared instance leave. It leaves out those
// that take too long, those without kinds, and spreads of other levels.
func (in *Instance) proveAparts() {
	levels := make([]int, len(in.Spreads)) // of the spreads' kinds, from 1 on
	held := map[[2]int]bool{}              // spread and domain with nodes for its pods
	for _, k := range in.Kinds {
		if k.Spread > 0 {
			levels[k.Spread-1], held[[2]int{k.Spread - 1, k.Domain}] = k.Level+1, true
		}
	}
	for _, a := range in.Aparts {
		level := 0
		for _, s := range a.Spreads {
			level = max(level, levels[s])
		}
		of := a.Without(func(s int) bool { return levels[s] != level })
		of.Close(func(s, d int) bool { return !held[[2]int{s, d}] })
		if fewest, ok := of.Fewest(in.Spreads); level > 0 && ok {
			in.aparts = append(in.aparts, provenApart{of, level - 1, fewest})
		}
	}
}

// leastApart returns the least value of the pods of all Aparts, and how many may be left of each
// level beside those that must be. It takes their values out of those by domain.
func (in *Instance) leastApart(values [][]int64) (sum int64, left []int64) {
	left = append(left, in.Left...)
	for _, a := range in.aparts {
		if a.level < len(left) {
			left[a.level] = max(0, left[a.level]-a.fewest)
		}
	}
	for _, a := range in.aparts {
		most := a.fewest
		if a.level < len(left) {
			most += left[a.level]
		}
		if least, ok := a.of.Least(in.Spreads, values, most); ok { // else nothing is known of it
			sum += least
		}
		for _, s := range a.of.Spreads {
			values[s] = nil
		}
	}
	return sum, left
}
