package main

import (
	"bytes"
	"encoding/json"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
)

// named is what a result says of single pods, by the names that problem files
// and plan files give them.
type named struct {
	Existing []nomination `json:"existing,omitempty"` // pods for nodes that are there
	LeftOver []leftover   `json:"leftOver,omitempty"` // pods that have no place
}

type nomination struct {
	Name string      `json:"name"` // of the node
	Pods []placement `json:"pods"`
}

type placement struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type leftover struct {
	placement
	Reasons map[string]string `json:"reasons,omitempty"` // by pool
	Details map[string]string `json:"details,omitempty"` // by pool: what decided
}

// onExisting stands in place of a pool where a reason is of the existing nodes.
const onExisting = "existing nodes"

// newNamed takes the names from the plan's own file, and adds what that does not
// say.
func newNamed(p binpack.Problem, plan binpack.Plan) (named, error) {
	var text bytes.Buffer
	if err := problemfile.WritePlan(&text, p, plan); err != nil {
		return named{}, err
	}
	var file struct {
		Existing    []nomination `json:"existing"`
		Unscheduled []leftover   `json:"unscheduled"`
	}
	if err := json.Unmarshal(text.Bytes(), &file); err != nil {
		return named{}, err
	}
	for i, u := range plan.Unschedulable {
		details := map[string]string{}
		for _, r := range u.Reasons {
			if detail := r.Detail.String(); detail != "" {
				details[r.Pool] = detail
			}
		}
		if u.Existing != nil {
			if file.Unscheduled[i].Reasons == nil {
				file.Unscheduled[i].Reasons = map[string]string{}
			}
			file.Unscheduled[i].Reasons[onExisting] = string(u.Existing.Reason)
			details[onExisting] = u.Existing.String()
		}
		file.Unscheduled[i].Details = details
	}
	return named{Existing: file.Existing, LeftOver: file.Unscheduled}, nil
}
