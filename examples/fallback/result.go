package main

import (
	"encoding/json"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
)

// result is what -o json prints. Prices are exact, in US dollars per hour.
type result struct {
	Name        string         `json:"name"`
	Pods        int            `json:"pods"` // asked for
	Placed      int            `json:"placed"`
	Unplaced    int            `json:"unplaced"`
	PlannedCost json.Number    `json:"plannedCost"`
	Cost        json.Number    `json:"cost"`
	Rounds      int            `json:"rounds"`
	Attempts    int            `json:"attempts"` // requests
	Errors      map[string]int `json:"errors"`   // by code
	Launched    map[string]int `json:"launched"` // by instance type
}

func newResult(name string, p binpack.Problem, o launch.Outcome) result {
	r := result{
		Name:        name,
		Pods:        len(p.Pods),
		PlannedCost: json.Number(o.Planned.String()),
		Cost:        json.Number(o.Cost.String()),
		Rounds:      o.Rounds,
		Attempts:    len(o.Attempts),
		Errors:      o.Errors(),
		Launched:    map[string]int{},
	}
	for _, w := range p.Workloads {
		r.Pods += w.Replicas
	}
	for _, l := range o.Launched {
		r.Placed += podsOf(l.Launch.Pods)
		r.Launched[l.Launch.Offering.InstanceType]++
	}
	for _, n := range o.Nominations {
		r.Placed += podsOf(n.Pods)
	}
	for _, u := range o.Unplaced {
		r.Unplaced += u.Count
	}
	return r
}

func podsOf(placements []binpack.Placement) int {
	n := 0
	for _, on := range placements {
		n += on.Count
	}
	return n
}
