package bound

import "github.com/stowage/stowage/binpack/internal/spread"

// An Apart is spreads of pods of one level that keep away from each other.
type Apart = spread.Apart

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
			in.aparts = append(in.aparts, spread.Proven{Apart: of, Fewest: fewest})
		}
	}
}

// Forced returns the pods of each level that every plan leaves, as some keep away from each other.
func Forced(in *Instance) []int64 {
	out := make([]int64, len(in.Left))
	for _, a := range prepare(in).aparts {
		if a.Level < len(out) {
			out[a.Level] += a.Fewest
		}
	}
	return out
}
