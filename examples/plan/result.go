package main

import (
	"encoding/json"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/examples/internal/cli"
)

// result is what -o json prints. Prices are exact, per hour.
// Pods are named as in problem files, and after manifests as their objects are.
type result struct {
	Name         string         `json:"name"`
	Solver       string         `json:"solver"`
	Pods         int            `json:"pods"`        // asked for
	Nodes        int            `json:"nodes"`       // launched
	OnExisting   int            `json:"onExisting"`  // pods for nodes that are there
	Unscheduled  int            `json:"unscheduled"` // pods left over
	Cost         json.Number    `json:"cost"`
	Charge       json.Number    `json:"charge,omitempty"` // of -node-charge, beside the cost
	LowerBound   json.Number    `json:"lowerBound"`       // of both
	Currency     string         `json:"currency"`         // ISO 4217 code
	Gap          float64        `json:"gap"`              // share of the cost that may be too much
	Optimal      bool           `json:"optimal"`
	Status       string         `json:"status"`
	SolveSeconds float64        `json:"solveSeconds"`
	ByType       map[string]int `json:"byType"` // instance type → nodes
	named
	PreferenceCost *json.Number `json:"preferenceCost,omitempty"` // what keeping preferences costs
	Notes          []string     `json:"notes,omitempty"`          // of the plan: what of the problem was read otherwise than it may be meant
	checked
	ofManifests
}

// ofManifests is what there is to say where manifests were read.
type ofManifests struct {
	Prices        string          `json:"prices,omitempty"`       // what they are
	NotUnderstood []manifest.Note `json:"notUnderstood,omitzero"` // what does not count, or not as it stands
}

// checked is what was looked at of the plan, where that was asked for.
type checked struct {
	Verified *bool  `json:"verified,omitempty"`
	Risk     string `json:"risk,omitempty"` // with -risk: "as asked", or what is not
}

func newResult(in *input, plan binpack.Plan, took time.Duration) (result, error) {
	p := in.problem
	named, err := newNamed(in, plan)
	r := result{
		Name:         in.name,
		Solver:       "stowage",
		Pods:         len(p.Pods),
		Nodes:        cli.Nodes(plan.Launches),
		Cost:         json.Number(plan.Cost.String()),
		LowerBound:   json.Number(plan.LowerBound.String()),
		Currency:     in.unit(),
		Gap:          plan.Gap(),
		Optimal:      plan.Status == binpack.Optimal,
		Status:       plan.Status.String(),
		SolveSeconds: took.Seconds(),
		ByType:       map[string]int{},
		named:        named,
		ofManifests:  ofManifests{Prices: in.prices},
	}
	if in.manifests != nil {
		r.NotUnderstood = append([]manifest.Note{}, in.manifests.Notes...) // none is said too
	}
	if plan.Charge != 0 {
		r.Charge = json.Number(plan.Charge.String())
	}
	if plan.PreferenceCost != nil {
		cost := json.Number(plan.PreferenceCost.String())
		r.PreferenceCost = &cost
	}
	for _, n := range plan.Notes {
		r.Notes = append(r.Notes, in.note(n))
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
