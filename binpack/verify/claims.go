package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/claims"
)

// checkClaims checks that one pod at most mounts each claim that is for one pod, and that
// each claim that takes a volume that is there can have one.
func checkClaims(_ context.Context, l *layout, found *report) {
	pods := map[string]int64{}
	var demands []claims.Demand
	shared := map[string]int{} // by claim, its demand
	for _, g := range l.groups {
		for _, load := range g.loads {
			n := arith.Mul(load.Count, g.nodes)
			for _, claim := range load.Kind.Volumes.Alone {
				pods[claim] = arith.Add(pods[claim], n)
			}
			for _, pick := range load.Kind.Volumes.Picks {
				at, known := shared[pick.Claim]
				if !known || pick.Claim == "" {
					at = len(demands)
					demands = append(demands, claims.Demand{Pick: pick, Count: n})
				}
				if pick.Claim != "" {
					shared[pick.Claim], demands[at].Count = at, 1
				}
				demands[at].Nodes = append(demands[at].Nodes, g.template.Node)
			}
		}
	}
	for _, claim := range slices.Sorted(maps.Keys(pods)) {
		if n := pods[claim]; n > 1 {
			found.add("", nil, binpack.ClaimInUse, binpack.Detail{Rule: fmt.Sprintf("%d pods mount claim %s, which is for one", n, claim)})
		}
	}
	if d := claims.Unserved(demands); d != nil {
		found.add("", nil, binpack.VolumesTaken, binpack.Detail{Path: d.Pick.Path, Rule: "more claims than volumes that fit"})
	}
}
