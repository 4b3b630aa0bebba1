package main

import (
	"bytes"
	"encoding/json"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
)

// named is what a result says of single pods: by the names that problem files
// and plan files give them, or by those of the objects that they come from.
type named struct {
	Launches []launched   `json:"launches,omitempty"`
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
	Changes map[string]change `json:"changes,omitempty"` // by pool: the smallest that would help
}

// A change is a value that would let a pool take one more such pod.
type change struct {
	Path     string `json:"path"`
	Value    string `json:"value"`    // "": what is there is left out
	Offering string `json:"offering"` // that would be launched
}

// onExisting stands in place of a pool where a reason is of the existing nodes.
const onExisting = "existing nodes"

func newNamed(in *input, plan binpack.Plan) (named, error) {
	name, err := in.names(plan)
	if err != nil {
		return named{}, err
	}
	out := named{Launches: newLaunched(plan, name)}
	for _, n := range plan.Nominations {
		node := nomination{Name: n.Node.Name}
		for _, pl := range n.Pods {
			node.Pods = append(node.Pods, placement{name(pl.Pod), pl.Count})
		}
		out.Existing = append(out.Existing, node)
	}
	for _, u := range plan.Unschedulable {
		left := leftover{placement{name(u.Pod), u.Count}, map[string]string{}, map[string]string{}, map[string]change{}}
		for _, r := range in.reasons(u) {
			left.Reasons[r.Pool] = string(r.Reason)
			if detail := r.Detail.String(); detail != "" {
				left.Details[r.Pool] = detail
			}
			if c := r.Detail.Change; c != nil {
				left.Changes[r.Pool] = change(*c)
			}
		}
		if u.Existing != nil {
			left.Reasons[onExisting] = string(u.Existing.Reason)
			left.Details[onExisting] = u.Existing.String()
		}
		out.LeftOver = append(out.LeftOver, left)
	}
	return out, nil
}

// names returns what the pods of a plan are called. Those of a problem file are
// taken from the plan's own file.
func (in *input) names(plan binpack.Plan) (func(*corev1.Pod) string, error) {
	if in.manifests != nil {
		return in.manifests.Name, nil
	}
	var text bytes.Buffer
	if err := problemfile.WritePlan(&text, in.problem, plan); err != nil {
		return nil, err
	}
	var file struct {
		Nodes []struct {
			Count *int        `json:"count"`
			Pods  []placement `json:"pods"`
		} `json:"nodes"`
		Existing    []nomination `json:"existing"`
		Unscheduled []placement  `json:"unscheduled"`
	}
	if err := json.Unmarshal(text.Bytes(), &file); err != nil {
		return nil, err
	}
	byPod := map[*corev1.Pod]string{}
	rest := plan.Launches
	for _, n := range file.Nodes { // launches that are alike and follow each other are there once
		count := 1
		if n.Count != nil {
			count = *n.Count
		}
		for ; count > 0; rest = rest[1:] {
			for j, pl := range rest[0].Pods {
				byPod[pl.Pod] = n.Pods[j].Name
			}
			count -= rest[0].Nodes()
		}
	}
	for i, n := range plan.Nominations {
		for j, pl := range n.Pods {
			byPod[pl.Pod] = file.Existing[i].Pods[j].Name
		}
	}
	for i, u := range plan.Unschedulable {
		byPod[u.Pod] = file.Unscheduled[i].Name
	}
	return func(pod *corev1.Pod) string { return byPod[pod] }, nil
}
