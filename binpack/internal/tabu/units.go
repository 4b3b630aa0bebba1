package tabu

import (
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A unit is the pods of a class, or of several that a trader moves pods between.
type unit struct {
	classes  []int
	requests []int64
}

// units are the pods of some nodes.
type units struct {
	m      *model.Model
	open   *model.Model // as m, with nodes that have room for all
	trader model.Trader
	list   []unit
	of     map[int]int   // per class, its unit
	class  map[int][]int // per bin and unit, the class that its pods are of on that bin; below 0: they may not be there
}

// unitsOf returns the units of pods on nodes; nil: rules that this package does not know tie them.
func unitsOf(m *model.Model, nodes []model.Column, trader model.Trader) *units {
	if len(m.Shares) > 0 {
		return nil
	}
	u := &units{m: m, trader: trader, of: map[int]int{}, class: map[int][]int{}}
	for i := range nodes {
		for _, n := range nodes[i].Counts {
			if _, known := u.of[n.Class]; known {
				continue
			}
			classes := []int{n.Class}
			if trader != nil {
				classes = append(classes, trader.Siblings(n.Class)...)
			}
			for _, c := range classes {
				u.of[c] = len(u.list)
			}
			u.list = append(u.list, unit{classes, m.Classes[n.Class].Requests})
		}
	}
	if len(m.Groups) > 0 {
		open, unlimited := *m, slices.Repeat([]int64{model.Unlimited}, m.Resources)
		open.Bins = slices.Clone(m.Bins)
		for b := range open.Bins {
			open.Bins[b].Capacity = unlimited
		}
		u.open = &open
	}
	for i := range nodes {
		j := &nodes[i]
		class := u.on(j.Bin)
		for _, n := range j.Counts {
			if class[u.of[n.Class]] != n.Class {
				return nil // pods of one unit are of two classes there
			}
		}
	}
	return u
}

// on returns the class that pods of each unit are of on a bin.
func (u *units) on(bin int) []int {
	if class, known := u.class[bin]; known {
		return class
	}
	class := make([]int, len(u.list))
	for i := range u.list {
		class[i] = -1
		for _, c := range u.list[i].classes {
			if u.m.Bins[bin].Admits.Has(c) {
				class[i] = c
				break
			}
		}
	}
	u.class[bin] = class
	return class
}
