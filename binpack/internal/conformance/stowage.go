package conformance

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// A Place is a node that the pod of a problem may go to: one that is there, or
// one that an offering becomes.
type Place struct {
	Node      *corev1.Node
	Plan      binpack.Plan  // that puts the pod there
	Available bool          // no: the node is a domain for spread, but is being deleted, or cannot be launched with its daemons
	Crew      []*corev1.Pod // daemons that a new or joining node will have beside its pods
}

// Places returns all nodes of the problem, those that are there first.
func Places(p binpack.Problem) []Place {
	on := []binpack.Placement{{Pod: p.Pods[0], Count: 1}}
	var out []Place
	for _, e := range p.Existing {
		plan := binpack.Plan{Nominations: []binpack.Nomination{{Node: e.Node, Pods: on}}}
		out = append(out, Place{Node: joined(p, e), Plan: plan, Available: e.Node.DeletionTimestamp == nil})
	}
	for _, pool := range p.Pools {
		for _, it := range p.Catalog {
			for i, o := range it.Offerings {
				if !launches(pool, o.Zone) || o.Unavailable {
					continue // no node of it can come: it is no domain either
				}
				l := binpack.Launch{Pool: pool.Name, Offering: it.Key(i), Price: o.Price, Pods: on}
				plan := binpack.Plan{Launches: []binpack.Launch{l}, Cost: l.Price}
				out = append(out, Place{Node: launched(pool, it, i), Plan: plan, Available: true})
			}
		}
	}
	return out
}

// Without returns the problem as it is when the pod cannot go to some of all the
// places: those nodes, and those that the offerings become, have room for no pod.
// They are still domains. Once an offering is another, nodes on their way have joined.
func Without(p binpack.Problem, all, places []Place) binpack.Problem {
	p.Existing = slices.Clone(p.Existing)
	for i, e := range p.Existing {
		if e.Joining && slices.ContainsFunc(places, Place.isNew) {
			e = binpack.ExistingNode{Node: all[i].Node, Pods: slices.Concat(e.Pods, all[i].Crew)}
			p.Existing[i] = e
		}
		if !slices.ContainsFunc(places, func(at Place) bool { return at.Node.Name == e.Node.Name }) {
			continue
		}
		full := *all[i].Node
		full.Status.Allocatable = corev1.ResourceList{corev1.ResourcePods: resource.Quantity{}}
		p.Existing[i].Node = &full
		if e.Joining {
			p.Existing[i] = binpack.ExistingNode{Node: &full, Pods: slices.Concat(e.Pods, all[i].Crew)}
		}
	}
	var c catalog.Catalog
	for _, it := range p.Catalog {
		rest, full := *it, *it
		rest.Offerings, full.Offerings = nil, nil
		full.Name, full.TypeLabel = it.Name+"-full", it.Name
		full.Capacity = corev1.ResourceList{corev1.ResourcePods: resource.Quantity{}}
		for j, o := range it.Offerings {
			if slices.ContainsFunc(places, func(at Place) bool { return at.launches(it.Key(j)) }) {
				full.Offerings = append(full.Offerings, o)
			} else {
				rest.Offerings = append(rest.Offerings, o)
			}
		}
		c = append(c, &rest)
		if len(full.Offerings) > 0 {
			c = append(c, &full)
		}
	}
	p.Catalog = c
	return p
}

// isNew reports whether the node is one that an offering becomes.
func (p Place) isNew() bool { return len(p.Plan.Launches) > 0 }

func (p Place) launches(offering catalog.Key) bool {
	return p.isNew() && p.Plan.Launches[0].Offering == offering
}

// Solve returns the places that Solve knows for the pod: the one that it
// chooses, then the one that it chooses without that, and so on until it leaves
// the pod. The places are those of the problem.
func Solve(ctx context.Context, p binpack.Problem, places []Place) ([]Place, error) {
	var chosen []Place
	for {
		left := Without(p, places, chosen)
		plan, err := solver.Solve(ctx, left)
		if err != nil {
			return nil, err
		}
		if len(plan.Unschedulable) > 0 {
			return chosen, nil
		}
		i := slices.IndexFunc(places, func(at Place) bool {
			if len(plan.Nominations) > 0 {
				return plan.Nominations[0].Node.Name == at.Node.Name
			}
			return at.launches(plan.Launches[0].Offering)
		})
		if i < 0 || slices.ContainsFunc(chosen, func(at Place) bool { return at.Node.Name == places[i].Node.Name }) {
			return nil, fmt.Errorf("the pod is in a place that does not take it: %+v %+v", plan.Nominations, plan.Launches)
		}
		chosen = append(chosen, places[i])
	}
}
