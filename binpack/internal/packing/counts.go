package packing

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/branchcut"
)

// maxCounts bounds the numbers of a program of counts: with more there are too many rows.
const maxCounts = 150

// counted asks of launches as Ask does, by how many pods of each kind are on each node.
func (s *Search) counted(ctx context.Context, launches []int64, ticks int) Answer {
	kinds, nodes := len(s.Kinds), []int{} // each one launched
	for n, number := range launches {
		if int64(kinds)*number > maxCounts {
			return Answer{}
		}
		nodes = append(nodes, slices.Repeat([]int{n}, int(number))...)
	}
	if len(nodes)*kinds > maxCounts {
		return Answer{}
	}
	a := s.counts(nodes).Solve(ctx, ticks)
	out := Answer{Refuted: a.Infeasible, Ticks: a.Ticks}
	for i, n := range nodes {
		if a.Found != nil {
			out.Found = append(out.Found, Packed{Node: n, Times: 1, Counts: a.Found[i*kinds : (i+1)*kinds]})
		}
	}
	return out
}

// counts returns the program of the pods of each kind on each of some nodes, the nodes one after the other: a row for
// each kind, and one for each resource of a node that its pods can overrun.
func (s *Search) counts(nodes []int) *branchcut.Program {
	out, kinds := &branchcut.Program{}, len(s.Kinds)
	row := func(side int64) branchcut.Row {
		return branchcut.Row{Coefficients: make([]int64, len(nodes)*kinds), Side: side}
	}
	for _, n := range nodes {
		high := s.most(n)
		out.Most, out.Weights = append(out.Most, high...), append(out.Weights, s.weights...)
	}
	for k, kind := range s.Kinds {
		all := row(kind.Count)
		all.Equal = true
		for i := range nodes {
			all.Coefficients[i*kinds+k] = 1
		}
		out.Rows = append(out.Rows, all)
	}
	for i, n := range nodes {
		for r, capacity := range s.Nodes[n].Capacity {
			own, asked := row(capacity), int64(0)
			for k, kind := range s.Kinds {
				if most := out.Most[i*kinds+k]; most > 0 {
					own.Coefficients[i*kinds+k] = kind.Requests[r]
					asked = arith.Add(asked, arith.Mul(kind.Requests[r], most))
				}
			}
			if asked > capacity {
				out.Rows = append(out.Rows, own)
			}
		}
	}
	return out
}
