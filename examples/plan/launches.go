package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// launched is a number of nodes to launch that are alike, with the same pods on
// each.
type launched struct {
	offering
	Pool         string            `json:"pool,omitempty"`
	Labels       map[string]string `json:"labels,omitempty"` // those chosen
	Price        json.Number       `json:"price"`            // of one
	Count        int               `json:"count"`
	Pods         []placement       `json:"pods"` // on each
	Alternatives []alternative     `json:"alternatives,omitempty"`
}

// offering names an offering.
type offering struct {
	InstanceType  string               `json:"instanceType"`
	Zone          string               `json:"zone"`
	CapacityType  catalog.CapacityType `json:"capacityType"`
	ReservationID string               `json:"reservationId,omitempty"`
}

// alternative is another offering that holds the same pods.
type alternative struct {
	offering
	Pool  string      `json:"pool,omitempty"`
	Price json.Number `json:"price"`
	Extra json.Number `json:"extra"` // that the plan then costs more
}

// newLaunched returns the launches of a plan.
func newLaunched(plan binpack.Plan, name func(*corev1.Pod) string) []launched {
	var all []launched
	for _, l := range plan.Launches {
		n := launched{offering: offering(l.Offering), Pool: l.Pool, Labels: l.Labels, Price: json.Number(l.Price.String()), Count: l.Nodes()}
		for _, pl := range l.Pods {
			n.Pods = append(n.Pods, placement{name(pl.Pod), pl.Count})
		}
		for _, a := range l.Alternatives {
			n.Alternatives = append(n.Alternatives, alternative{offering(a.Offering), a.Pool, json.Number(a.Price.String()), json.Number(a.Extra.String())})
		}
		all = append(all, n)
	}
	return all
}

// writeAlternatives prints, for each type of node that is launched, the offerings
// that would hold the pods of each such node.
func writeAlternatives(w io.Writer, launches []binpack.Launch) {
	var order []catalog.Key
	shared := map[catalog.Key][]binpack.Alternative{}
	for _, l := range launches {
		before, seen := shared[l.Offering]
		if !seen {
			order = append(order, l.Offering)
			shared[l.Offering] = l.Alternatives
			continue
		}
		shared[l.Offering] = slices.DeleteFunc(slices.Clone(before), func(a binpack.Alternative) bool {
			return !slices.ContainsFunc(l.Alternatives, func(o binpack.Alternative) bool { return o.Offering == a.Offering && o.Pool == a.Pool })
		})
	}
	fmt.Fprintln(w, "\nIN PLACE OF\tEACH OF THE NODES MIGHT BE")
	for _, key := range order {
		var names []string
		for _, a := range shared[key] {
			names = append(names, fmt.Sprintf("%s in %s (+%s)", a.Offering.InstanceType, a.Offering.Zone, a.Extra))
		}
		if names == nil {
			names = []string{"none that is the same for all of them"}
		}
		fmt.Fprintf(w, "%s in %s\t%s\n", key.InstanceType, key.Zone, strings.Join(names, ", "))
	}
}
