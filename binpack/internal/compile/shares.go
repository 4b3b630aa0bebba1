package compile

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// shares are the volumes that several pods mount: on each node they are attached once.
type shares struct {
	list  []model.Share
	names []string // of each
	of    [][]int  // per kind, sorted
}

func sharesOf(kinds []Kind, a amounts) shares {
	resources := map[string]corev1.ResourceName{}
	for i := range kinds {
		for _, v := range kinds[i].Volumes.Shared {
			if kinds[i].Blocked == nil {
				resources[v.Name] = v.Resource
			}
		}
	}
	s := shares{names: slices.Sorted(maps.Keys(resources)), of: make([][]int, len(kinds))}
	for _, name := range s.names {
		r, _ := slices.BinarySearch(a.names, resources[name])
		s.list = append(s.list, model.Share{Resource: r, Amount: a.ones[r]})
	}
	for i := range kinds {
		for _, v := range kinds[i].Volumes.Shared {
			if at, found := slices.BinarySearch(s.names, v.Name); found && kinds[i].Blocked == nil {
				s.of[i] = append(s.of[i], at)
			}
		}
		slices.Sort(s.of[i])
	}
	return s
}

// heldOn returns the shares that are taken on the offer's node.
func (s *shares) heldOn(o *supply.Offer) []int {
	var out []int
	for i, name := range s.names {
		if o.Existing != nil && o.Existing.Held[name] {
			out = append(out, i)
		}
	}
	return out
}
