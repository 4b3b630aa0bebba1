package main

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// report is what -o json prints. Prices are exact, in US dollars per hour.
type report struct {
	Name        string      `json:"name"`
	Pods        int         `json:"pods"`
	Cost        json.Number `json:"cost"`
	LowerBound  json.Number `json:"lowerBound"`
	Optimal     bool        `json:"optimal"`
	WithAll     json.Number `json:"costWithAllTypes,omitempty"` // where some are left out
	Nodes       []node      `json:"nodes"`
	Unscheduled []leftover  `json:"unscheduled,omitempty"`
}

// A node is one, or a number of alike ones.
type node struct {
	Count        int                  `json:"count,omitempty"` // absent: one
	Pool         string               `json:"pool"`
	InstanceType string               `json:"instanceType"`
	Zone         string               `json:"zone"`
	CapacityType catalog.CapacityType `json:"capacityType"`
	Price        json.Number          `json:"price"`
	Allocatable  corev1.ResourceList  `json:"allocatable"`
	Labels       map[string]string    `json:"labels"`
	Pods         []pods               `json:"pods"`
}

type pods struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type leftover struct {
	pods
	Reasons []string `json:"reasons"`
}

func newReport(name string, p binpack.Problem, plan binpack.Plan, all *binpack.Plan) report {
	r := report{
		Name:       name,
		Cost:       json.Number(plan.Cost.String()),
		LowerBound: json.Number(plan.LowerBound.String()),
		Optimal:    plan.Status == binpack.Optimal,
		Nodes:      []node{},
	}
	if all != nil {
		r.WithAll = json.Number(all.Cost.String())
	}
	for _, w := range p.Workloads {
		r.Pods += w.Replicas
	}
	for _, l := range plan.Launches {
		r.Nodes = append(r.Nodes, newNode(p, l))
	}
	for _, u := range plan.Unschedulable {
		left := leftover{pods: pods{Name: u.Pod.Name, Count: u.Count}}
		for _, reason := range u.Reasons {
			left.Reasons = append(left.Reasons, reason.String())
		}
		r.Unscheduled = append(r.Unscheduled, left)
	}
	return r
}

// newNode returns the nodes that l launches, as they join the cluster.
func newNode(p binpack.Problem, l binpack.Launch) node {
	joined := p.Node(l)
	n := node{
		Pool:         l.Pool,
		InstanceType: l.Offering.InstanceType,
		Zone:         l.Offering.Zone,
		CapacityType: l.Offering.CapacityType,
		Price:        json.Number(l.Price.String()),
		Allocatable:  joined.Status.Allocatable,
		Labels:       joined.Labels,
		Pods:         []pods{},
	}
	if l.Nodes() > 1 {
		n.Count = l.Nodes()
	}
	for _, pl := range l.Pods {
		n.Pods = append(n.Pods, pods{Name: pl.Pod.Name, Count: pl.Count})
	}
	return n
}
