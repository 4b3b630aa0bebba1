package binpack

import (
	"maps"
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/quantity"
)

// Left returns what of Limits may still be added: Limits less Used, never below zero.
// The caller must not modify it.
func (p *Pool) Left() corev1.ResourceList {
	if len(p.Used) == 0 {
		return p.Limits
	}
	left := maps.Clone(p.Limits)
	for name, limit := range p.Limits {
		if used, stated := p.Used[name]; stated {
			rest := quantity.Nano(limit)
			if rest.Sub(rest, quantity.Nano(used)); rest.Sign() < 0 {
				rest.SetInt64(0)
			}
			left[name] = quantity.Of(name, rest)
		}
	}
	return left
}

// more returns what is used of limits after a number of launches of each type.
func more(used, limits corev1.ResourceList, launches launchesOfTypes) corev1.ResourceList {
	out := maps.Clone(used)
	for name := range limits {
		sum := quantity.Nano(used[name])
		for t, n := range launches {
			sum.Add(sum, new(big.Int).Mul(quantity.PerLaunch(t.Capacity, name), big.NewInt(n)))
		}
		out[name] = quantity.Of(name, sum)
	}
	return out
}
