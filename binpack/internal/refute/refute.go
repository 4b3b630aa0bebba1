package refute

import (
	"context"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/ilp"
)

// maxCuts is the most cuts that have rows: more of them cost more than they help.
const maxCuts = 2

// A Packing is pods that are all to be placed, and nodes that may be launched for them. All numbers are at
// least 0. What is known of it is kept from one question to the next.
type Packing struct {
	Kinds []Kind
	Nodes []Node

	cuts    []cut
	refuted []Answer
}

// A Kind is alike pods.
type Kind struct {
	Count    int64
	PerNode  int64   // no node holds more
	Requests []int64 // of one pod, per resource
}

// A Node is alike nodes.
type Node struct {
	Capacity []int64 // per resource
	Admits   []bool  // per kind
}

// A cut is values of pods, per kind, and the most value that each node holds.
type cut struct {
	values, gains []int64
	all           int64 // what all pods are worth
}

// An Answer is what is known of launches of the nodes.
type Answer struct {
	Refuted  bool  // neither these launches hold all pods nor fewer do; false: that is not known
	Cuts     []int // that counted
	Elements int   // of tableaus, computed to find out

	launches []int64
}

// Cuts returns how many cuts there are.
func (p *Packing) Cuts() int { return len(p.cuts) }

// Cut adds a cut: values of a pod of each kind, together worth less than 2^62, and for each node a value that no
// pods that it holds exceed.
func (p *Packing) Cut(values, gains []int64) {
	c := cut{values: values, gains: gains}
	for k, kind := range p.Kinds {
		c.all += kind.Count * values[k]
	}
	p.cuts = append(p.cuts, c)
}

// Ask asks of launches, a number for each node, whether they hold all pods. It computes about
// effort elements of tableaus at most, and ends when ctx does.
func (p *Packing) Ask(ctx context.Context, launches []int64, effort int) Answer {
	for _, known := range p.refuted {
		if dominance.NoLess(known.launches, launches) {
			return Answer{Refuted: true, Cuts: known.Cuts}
		}
	}
	out := Answer{launches: slices.Clone(launches)}
	b, weight, cuts := p.program(launches)
	if b == nil {
		return out
	}
	b.Effort = effort
	a := b.Solve(ctx, math.MaxInt, math.MaxInt64)
	out.Elements = a.InLeaves
	if out.Refuted = a.Infeasible || a.Least > weight; out.Refuted {
		out.Cuts = cuts
		p.refuted = append(p.refuted, out)
	}
	return out
}

// program returns the program over pods on each node, what all pods weigh, and the cuts that have rows; nil: it
// is too large.
func (p *Packing) program(launches []int64) (b *ilp.Branching, all int64, cuts []int) {
	cuts = p.tightest(launches)
	b, weights := &ilp.Branching{}, make([]int64, len(p.Kinds))
	for k, kind := range p.Kinds {
		if weights[k] = 1; len(cuts) > 0 {
			weights[k] = max(1, p.cuts[cuts[0]].values[k])
		}
		all = arith.Add(all, arith.Mul(weights[k], kind.Count))
		b.Values = append(b.Values, kind.Count)
	}
	nodes := int64(0)
	for _, n := range launches {
		nodes = arith.Add(nodes, n)
	}
	sides := func() int64 {
		return arith.Add(int64(len(p.Kinds)), arith.Mul(nodes, int64(len(p.Kinds[0].Requests)+len(cuts))))
	}
	for len(cuts) > 0 && sides() > ilp.MaxSides {
		cuts = cuts[:len(cuts)-1]
	}
	if sides() > ilp.MaxSides {
		return nil, 0, nil
	}
	for i, n := range launches {
		for range n {
			p.addNode(b, i, cuts, weights)
		}
	}
	return b, all, cuts
}

// addNode adds a node to the program.
func (p *Packing) addNode(b *ilp.Branching, i int, cuts []int, weights []int64) {
	node, first := &p.Nodes[i], len(b.Caps)
	b.Caps = append(b.Caps, node.Capacity...)
	for _, j := range cuts {
		b.Caps = append(b.Caps, p.cuts[j].gains[i])
	}
	for k, kind := range p.Kinds {
		most := fill.Fit(kind.Requests, node.Capacity, min(kind.Count, kind.PerNode))
		if !node.Admits[k] || most == 0 {
			continue
		}
		o := ilp.Option{Number: k, Price: weights[k], Gains: make([]int64, len(p.Kinds)), Most: most}
		o.Gains[k] = 1
		takes := slices.Clone(kind.Requests)
		for _, j := range cuts {
			takes = append(takes, p.cuts[j].values[k])
		}
		for r, amount := range takes {
			if amount > 0 {
				o.Uses = append(o.Uses, dominance.Use{Cap: first + r, Amount: amount})
			}
		}
		b.Options = append(b.Options, o)
	}
}

// tightest returns the cuts that launches meet with least to spare, as a share of what is asked for.
func (p *Packing) tightest(launches []int64) []int {
	var cuts []int
	spare := make([]int64, len(p.cuts))
	for j, c := range p.cuts {
		for i, n := range launches {
			spare[j] = arith.Add(spare[j], arith.Mul(n, c.gains[i]))
		}
		if spare[j] -= c.all; c.all > 0 && spare[j] >= 0 {
			cuts = append(cuts, j)
		}
	}
	slices.SortStableFunc(cuts, func(i, j int) int {
		return arith.CompareRatio(spare[i], p.cuts[i].all, spare[j], p.cuts[j].all)
	})
	return cuts[:min(maxCuts, len(cuts))]
}
