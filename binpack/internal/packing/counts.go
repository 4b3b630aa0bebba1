package packing

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/branchcut"
)

// maxCounts bounds the numbers of a program of counts: with more there are too many rows.
const maxCounts = 150

// counted asks of launches as Ask does, by how many pods of each kind are on each node. It knows no rules.
func (s *Search) counted(ctx context.Context, launches []int64, ticks int) Answer {
	c := s.counts(launches)
	if c == nil {
		return Answer{}
	}
	a := c.program.Solve(ctx, ticks)
	out := Answer{Refuted: a.Infeasible, Ticks: a.Ticks}
	if a.Found != nil {
		out.Found = c.packed(a.Found)
	}
	return out
}

// counts is the program of the pods of each kind on each node.
type counts struct {
	search  *Search
	program branchcut.Program
	nodes   []int    // each one launched
	all     []amount // what the numbers are
}

// An amount is pods of a kind on the node at a place in nodes.
type amount struct{ place, kind int }

// counts returns the program of launches; nil: it is too large.
func (s *Search) counts(launches []int64) *counts {
	c := &counts{search: s}
	for n, number := range launches {
		high := s.most(n)
		for range min(number, maxCounts+1) {
			for _, k := range s.order {
				if most := high[k]; most > 0 {
					c.all = append(c.all, amount{len(c.nodes), k})
					c.program.Most, c.program.Weights = append(c.program.Most, most), append(c.program.Weights, s.weights[k])
				}
			}
			if c.nodes = append(c.nodes, n); len(c.all) > maxCounts || len(c.nodes) > maxCounts {
				return nil
			}
		}
	}
	c.pods()
	c.rooms()
	return c
}

// pods adds a row for each kind: all its pods are placed.
func (c *counts) pods() {
	for _, k := range c.search.order {
		var all []term
		for j, a := range c.all {
			if a.kind == k {
				all = append(all, term{j, 1})
			}
		}
		row := c.of(all, c.search.Kinds[k].Count)
		row.Equal = true
		c.program.Rows = append(c.program.Rows, row)
	}
}

// rooms adds a row for each resource of a node.
func (c *counts) rooms() {
	resources := len(c.search.Kinds[0].Requests)
	terms := make([][]term, len(c.nodes)*resources)
	for j, a := range c.all {
		for r, q := range c.search.Kinds[a.kind].Requests {
			at := a.place*resources + r
			terms[at] = append(terms[at], term{j, q})
		}
	}
	for i, n := range c.nodes {
		for r, room := range c.search.Nodes[n].Capacity {
			c.row(terms[i*resources+r], room)
		}
	}
}

// A term is a number times a factor.
type term struct {
	number int
	factor int64
}

// row adds a row: the terms sum up to at most side. Where they always do it adds none.
func (c *counts) row(terms []term, side int64) {
	most := int64(0)
	for _, t := range terms {
		most = arith.Add(most, arith.Mul(max(0, t.factor), c.program.Most[t.number]))
	}
	if most > side {
		c.program.Rows = append(c.program.Rows, c.of(terms, side))
	}
}

func (c *counts) of(terms []term, side int64) branchcut.Row {
	row := branchcut.Row{Coefficients: make([]int64, len(c.program.Most)), Side: side}
	for _, t := range terms {
		row.Coefficients[t.number] += t.factor
	}
	return row
}

// packed returns the packing of a solution.
func (c *counts) packed(x []int64) []Packed {
	out := make([]Packed, len(c.nodes))
	for i, n := range c.nodes {
		out[i] = Packed{Node: n, Times: 1, Counts: make([]int64, len(c.search.Kinds))}
	}
	for j, a := range c.all {
		out[a.place].Counts[a.kind] = x[j]
	}
	return slices.DeleteFunc(out, Packed.empty)
}
