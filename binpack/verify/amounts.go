package verify

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// An amount is one resource in whole numbers of some unit.
type amount struct {
	requests []int64 // of one pod, per kind
	capacity []int64 // per template
}

// column returns one number of each amount.
func column(amounts []amount, of func(amount) int64) []int64 {
	var out []int64
	for _, a := range amounts {
		out = append(out, of(a))
	}
	return out
}

// amountsOf returns requests and capacities in units that lose nothing where the
// sums allow it. Else what is used and what there is are rounded down alike, which
// keeps every filling possible and so every bound valid.
func amountsOf(kinds []valuedKind, templates []*reading.NodeTemplate) []amount {
	var out []amount
	for _, name := range requested(kinds) {
		asked, counts := make([]*big.Int, len(kinds)), make([]int64, len(kinds))
		for k := range kinds {
			asked[k] = amountOr0(kinds[k].kind.Requests[name])
			counts[k] = kinds[k].count
			if kinds[k].kind.Withheld != nil {
				asked[k] = new(big.Int)
			}
		}
		unit := unitOf(asked, counts)
		var a amount
		for k := range kinds {
			a.requests = append(a.requests, units(asked[k], unit))
		}
		for _, t := range templates {
			have, stated := t.Allocatable[name]
			capacity := max(0, units(amountOr0(have), unit)) // existing nodes may be over-full
			if !stated && naive.AnyUnlessStated(name) {
				capacity = bound.Unlimited
			}
			a.capacity = append(a.capacity, capacity)
		}
		out = append(out, a)
	}
	return out
}

// sharedAmounts returns what a node's attachments leave to pods that mount the same shared
// volumes beside these: with one such pod there, they are attached.
func sharedAmounts(kinds []valuedKind, templates []*reading.NodeTemplate) []amount {
	var out []amount
	at := map[string]int{}
	one := naive.Whole(1)
	for k := range kinds {
		kind := kinds[k].kind
		mounted := slices.SortedFunc(slices.Values(kind.Volumes.Shared), func(a, b claims.Attachment) int {
			return cmp.Or(cmp.Compare(a.Driver, b.Driver), cmp.Compare(a.Handle, b.Handle))
		})
		for _, a := range mounted {
			name := naive.Attachable(a.Driver)
			own := amountOr0(kind.Requests[name])
			if kind.Withheld != nil || own.Sign() == 0 {
				continue
			}
			set := fmt.Sprintf("%s %q", name, mounted)
			n, known := at[set]
			if !known {
				n = len(out)
				at[set] = n
				out = append(out, amount{requests: make([]int64, len(kinds))})
				for _, t := range templates {
					capacity := int64(bound.Unlimited)
					if have, stated := t.Allocatable[name]; stated {
						with := t.Asked([]reading.Load{{Kind: kind, Pod: kind.Pod, Count: 1}})[name]
						left := new(big.Int).Sub(have, with)
						capacity = max(0, units(left.Add(left, own), one))
					}
					out[n].capacity = append(out[n].capacity, capacity)
				}
			}
			out[n].requests[k] = units(own, one)
		}
	}
	return out
}

// requested returns the resources that kinds which may be placed ask for.
func requested(kinds []valuedKind) []corev1.ResourceName {
	names := map[corev1.ResourceName]bool{}
	for _, k := range kinds {
		for name, asked := range k.kind.Requests {
			if k.kind.Withheld == nil && asked.Sign() > 0 {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// maxUnits bounds what a resource sums up to.
const maxUnits = 1 << 61

// unitOf returns the greatest unit that divides all amounts, or a greater one
// where the counted amounts would sum up to too much.
func unitOf(amounts []*big.Int, counts []int64) *big.Int {
	unit, sum := new(big.Int), new(big.Int)
	for i, a := range amounts {
		unit.GCD(nil, nil, unit, a)
		sum.Add(sum, new(big.Int).Mul(a, big.NewInt(counts[i])))
	}
	if unit.Sign() == 0 {
		return big.NewInt(1)
	}
	if least := sum.Div(sum, big.NewInt(maxUnits)); least.Cmp(unit) >= 0 {
		return least.Add(least, big.NewInt(1))
	}
	return unit
}

// units returns an amount in units, rounded down, at most maxUnits.
func units(a, unit *big.Int) int64 {
	n := new(big.Int).Quo(a, unit)
	if n.Cmp(big.NewInt(maxUnits)) > 0 {
		return maxUnits
	}
	return n.Int64()
}

func amountOr0(a *big.Int) *big.Int {
	if a == nil {
		return new(big.Int)
	}
	return a
}
