package main

import (
	"encoding/json"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/examples/internal/cli"
)

// result is what -o json prints. Prices are exact, in US dollars per hour.
// Pods and nodes are named as in problem files.
type result struct {
	Name         string         `json:"name"`
	Solver       string         `json:"solver"`
	Pods         int            `json:"pods"`        // asked for
	Nodes        int            `json:"nodes"`       // launched
	OnExisting   int            `json:"onExisting"`  // pods for nodes that are there
	Unscheduled  int            `json:"unscheduled"` // pods left over
	Cost         json.Number    `json:"cost"`
	LowerBound   json.Number    `json:"lowerBound"`
	Gap          float64        `json:"gap"` // share of the cost that may be too much
	Optimal      bool           `json:"optimal"`
	Status       string         `json:"status"`
	SolveSeconds float64        `json:"solveSeconds"`
	ByType       map[string]int `json:"byType"` // instance type → nodes
	named
	Notes    []string `json:"notes,omitempty"` // what was read otherwise than it may be meant
	Verified *bool    `json:"verified,omitempty"`
}

func newResult(name string, p binpack.Problem, plan binpack.Plan, took time.Duration) (result, error) {
	named, err := newNamed(p, plan)
	r := result{
		Name:         name,
		Solver:       "stowage",
		Pods:         len(p.Pods),
		Nodes:        cli.Nodes(plan.Launches),
		Cost:         json.Number(plan.Cost.String()),
		LowerBound:   json.Number(plan.LowerBound.String()),
		Gap:          plan.Gap(),
		Optimal:      plan.Status == binpack.Optimal,
		Status:       plan.Status.String(),
		SolveSeconds: took.Seconds(),
		ByType:       map[string]int{},
		named:        named,
	}
	for _, n := range plan.Notes {
		r.Notes = append(r.Notes, n.String())
	}
	for _, w := range p.Workloads {
		r.Pods += w.Replicas
	}
	for _, n := range plan.Nominations {
		r.OnExisting += podsOf(n.Pods)
	}
	for _, u := range plan.Unschedulable {
		r.Unscheduled += u.Count
	}
	for _, l := range plan.Launches {
		r.ByType[l.Offering.InstanceType] += l.Nodes()
	}
	return r, err
}

func podsOf(placements []binpack.Placement) int {
	n := 0
	for _, pl := range placements {
		n += pl.Count
	}
	return n
}
