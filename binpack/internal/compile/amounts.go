package compile

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/catalog"
)

// amounts are what kinds request and offers hold, resource by resource, in the units of
// the model.
type amounts struct {
	names      []corev1.ResourceName // of the first resources; the others are groups
	requests   [][]int64             // per kind
	capacities [][]int64             // per offer, what its daemons leave
	ones       []int64               // one of each, where it is counted in whole numbers
}

// amountsOf counts each resource that some pod asks for.
func amountsOf(ctx context.Context, kinds []Kind, s *supply.Supply) (amounts, error) {
	names, shared := map[corev1.ResourceName]bool{}, map[corev1.ResourceName]bool{}
	for i := range kinds {
		for name, q := range kinds[i].Requests {
			if kinds[i].Blocked == nil && q.Sign() > 0 {
				names[name] = true
			}
		}
		for _, v := range kinds[i].Volumes.Shared {
			if kinds[i].Blocked == nil {
				names[v.Resource], shared[v.Resource] = true, true
			}
		}
	}
	a := amounts{names: slices.Sorted(maps.Keys(names))}
	a.requests, a.capacities = table(len(kinds), len(names)), table(len(s.Offers), len(names))
	for r, name := range a.names {
		if ctx.Err() != nil {
			return amounts{}, ctx.Err()
		}
		asked := make([]*big.Int, len(kinds))
		for i := range kinds {
			asked[i] = new(big.Int)
			if kinds[i].Blocked == nil {
				asked[i] = quantity.Nano(kinds[i].Requests[name])
			}
		}
		one := quantity.Nano(*resource.NewQuantity(1, resource.DecimalSI))
		counts := func(i int) int64 { return kinds[i].Count }
		if !quantity.Summable(asked, counts) {
			asked = s.AtMost(asked, name)
		}
		if !quantity.Summable(asked, counts) {
			return amounts{}, &binpack.InvalidError{Path: "Pods", Err: fmt.Errorf("the requests of %s are too large or too fine to be summed in 64 bits", name)}
		}
		scale := quantity.ScaleOf(asked)
		if shared[name] {
			scale = quantity.ScaleOf(append(slices.Clip(asked), one))
		}
		a.ones = append(a.ones, scale.Down(one))
		for i := range kinds {
			a.requests[i][r] = scale.Down(asked[i])
		}
		for i, room := range roomOf(s, name, scale) {
			a.capacities[i][r] = room
		}
	}
	return a, nil
}

// roomOf returns what the daemons leave of a resource on each offer. Offers of one
// type and with the same daemons have the same.
func roomOf(s *supply.Supply, name corev1.ResourceName, scale quantity.Scale) []int64 {
	type node struct {
		of      *catalog.InstanceType
		daemons int
	}
	crews := s.Crews()
	known := map[node]int64{}
	out := make([]int64, len(s.Offers))
	for i := range s.Offers {
		o := &s.Offers[i]
		own := o.Existing != nil
		if !own {
			_, own = o.Offering.Allocatable[name]
		}
		n := node{o.Type, crews[o.Profile]}
		room, ok := known[n]
		if own || !ok {
			room = model.Unlimited
			if q, limited := s.Room(o, name); limited {
				room = scale.Down(q)
			}
			if !own {
				known[n] = room
			}
		}
		out[i] = room
	}
	return out
}

func table(rows, columns int) [][]int64 {
	numbers := make([]int64, rows*columns)
	out := make([][]int64, rows)
	for i := range out {
		out[i] = numbers[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return out
}

// fits reports whether the capacity is enough for the requests.
func fits(capacity, requests []int64) bool {
	for r, q := range requests {
		if q > capacity[r] {
			return false
		}
	}
	return true
}
