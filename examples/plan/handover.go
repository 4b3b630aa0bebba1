package main

import (
	"bytes"
	"encoding/json"
	"os"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/problemfile"
)

// steps is the file of -handover: what is to be done, step by step, to make the plan
// come true.
type steps struct {
	Steps []step `json:"steps"`
}

type step struct {
	Nominate []assignment `json:"nominate,omitempty"` // patch status.nominatedNodeName
	Bind     []assignment `json:"bind,omitempty"`     // post a Binding
	Release  []string     `json:"release,omitempty"`  // take the startup taint off; "*": off all
}

// assignment is a pod and its node.
type assignment struct {
	Pod     string `json:"pod"`     // as the problem file names it
	Replica int    `json:"replica"` // of the pods of that name, in the order of creation
	Node    string `json:"node"`    // launch-I: the I-th node of the plan file, counts unfolded; or the name of an existing one
}

// writeHandover writes the steps of a plan to a file.
func writeHandover(path string, p binpack.Problem, plan binpack.Plan) error {
	names, err := podNames(p)
	if err != nil {
		return err
	}
	all, err := handover.Steps(p, plan)
	if err != nil {
		return err
	}
	file := steps{Steps: []step{}}
	named := func(list []handover.Assignment) []assignment {
		var out []assignment
		for _, a := range list {
			out = append(out, assignment{Pod: names[a.Pod], Replica: a.Replica, Node: a.Node})
		}
		return out
	}
	for _, s := range all {
		release := s.Release
		if len(release) > 1 && len(release) == nodesOf(plan) {
			release = []string{"*"}
		}
		file.Steps = append(file.Steps, step{Nominate: named(s.Nominate), Bind: named(s.Bind), Release: release})
	}
	data, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// nodesOf returns how many nodes a plan launches.
func nodesOf(plan binpack.Plan) int {
	n := 0
	for _, l := range plan.Launches {
		n += l.Nodes()
	}
	return n
}

// podNames returns the names that plan files give pods and templates: those of a plan
// that places none.
func podNames(p binpack.Problem) (map[*corev1.Pod]string, error) {
	var none binpack.Plan
	for _, pod := range p.Pods {
		none.Unschedulable = append(none.Unschedulable, binpack.Unschedulable{Pod: pod, Count: 1})
	}
	for _, w := range p.Workloads {
		none.Unschedulable = append(none.Unschedulable, binpack.Unschedulable{Pod: w.Pod, Count: w.Replicas})
	}
	var text bytes.Buffer
	if err := problemfile.WritePlan(&text, p, none); err != nil {
		return nil, err
	}
	var file struct {
		Unscheduled []placement `json:"unscheduled"`
	}
	if err := json.Unmarshal(text.Bytes(), &file); err != nil {
		return nil, err
	}
	names := map[*corev1.Pod]string{}
	for i, u := range none.Unschedulable {
		names[u.Pod] = file.Unscheduled[i].Name
	}
	return names, nil
}
