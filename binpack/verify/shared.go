package verify

import (
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
	"github.com/stowage/stowage/catalog"
)

// shared is what launches draw on together: offerings with a limit, the limits of
// the pools, and quotas.
type shared struct {
	left []int64       // of each cap
	uses [][]bound.Use // of one launch, per template
}

func sharedOf(p *reading.Problem, templates []*reading.NodeTemplate) shared {
	s := shared{uses: make([][]bound.Use, len(templates))}
	s.limitOfferings(p, templates)
	ofPool, ofQuota := make([][]int, len(p.Supply.Pools)), make([][]int, len(p.Given.Quotas))
	for b, t := range templates {
		if !t.Exists() {
			ofPool[t.Pool.Number] = append(ofPool[t.Pool.Number], b)
		}
		for _, q := range t.Quotas {
			ofQuota[q] = append(ofQuota[q], b)
		}
	}
	for i, pool := range p.Supply.Pools {
		s.limitAmounts(templates, pool.Spec.Left(), ofPool[i])
	}
	for q := range p.Given.Quotas {
		s.limitAmounts(templates, p.Given.Quotas[q].Left, ofQuota[q])
	}
	return s
}

// limitOfferings adds a cap for each offering with a limit.
func (s *shared) limitOfferings(p *reading.Problem, templates []*reading.NodeTemplate) {
	capOf := map[catalog.Key]int{}
	for b, t := range templates {
		most := p.Supply.Most[t.Key]
		if t.Exists() || most == binpack.Unlimited {
			continue
		}
		c, known := capOf[t.Key]
		if !known {
			c = len(s.left)
			capOf[t.Key] = c
			s.left = append(s.left, most)
		}
		s.uses[b] = append(s.uses[b], bound.Use{Cap: c, Amount: 1})
	}
}

// limitAmounts adds a cap for each resource of a list, on which the chosen
// templates draw.
func (s *shared) limitAmounts(templates []*reading.NodeTemplate, left corev1.ResourceList, chosen []int) {
	amounts := naive.AmountsOf(left)
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		var used []*big.Int
		var ones []int64
		var of []int
		for _, b := range chosen {
			if a := templates[b].Capacity[name]; a != nil && a.Sign() > 0 {
				used, ones, of = append(used, a), append(ones, 1), append(of, b)
			}
		}
		unit := unitOf(used, ones)
		for n, b := range of {
			s.uses[b] = append(s.uses[b], bound.Use{Cap: len(s.left), Amount: units(used[n], unit)})
		}
		s.left = append(s.left, units(amounts[name], unit))
	}
}
