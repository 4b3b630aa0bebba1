package bound

import "github.com/stowage/stowage/binpack/internal/spread"

// An Apart is spreads of pods of one level that keep away from each other.
type Apart = spread.Apart

// A provenApart is what is known of an Apart whatever pods are worth.
type provenApart struct {
	Apart
	fewest int64 // pods that every plan leaves
}

// proveAparts finds how many pods Aparts leave, where that is quick. It leaves out spreads without kinds.
func (in *Instance) proveAparts() {
	some, held := map[int]bool{}, map[[2]int]bool{} // spreads, and also domains, with nodes for their pods
	for _, k := range in.Kinds {
		some[k.Spread-1], held[[2]int{k.Spread - 1, k.Domain}] = true, true
	}
	for _, a := range in.Aparts {
		of := a.Without(func(s int) bool { return !some[s] })
		of.Close(func(s, d int) bool { return !held[[2]int{s, d}] })
		if fewest, ok := of.Fewest(in.Spreads); ok {
			in.aparts = append(in.aparts, provenApart{of, fewest})
		}
	}
}

// Forced returns the pods of each level that every plan leaves, as some keep away from each other.
func Forced(in *Instance) []int64 {
	out := make([]int64, len(in.Left))
	for _, a := range prepare(in).aparts {
		if a.Level < len(out) {
			out[a.Level] += a.fewest
		}
	}
	return out
}

// leastApart returns the least value of the pods of all Aparts, and how many may be left of each
// level beside those that must be. It takes their values out of those by domain.
func (in *Instance) leastApart(values [][]int64) (sum int64, left []int64) {
	left = append(left, in.Left...)
	for _, a := range in.aparts {
		if a.Level < len(left) {
			left[a.Level] = max(0, left[a.Level]-a.fewest)
		}
	}
	for _, a := range in.aparts {
		most := a.fewest
		if a.Level < len(left) {
			most += left[a.Level]
		}
		if least, ok := a.Least(in.Spreads, values, most); ok { // else nothing is known of it
			sum += least
		}
		for _, s := range a.Spreads {
			values[s] = nil
		}
	}
	return sum, left
}
