package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/internal/cli"
)

// exposure is what -exposure -o json prints for each failure.
type exposure struct {
	InstanceType string               `json:"instanceType,omitempty"`
	Zone         string               `json:"zone,omitempty"`
	CapacityType catalog.CapacityType `json:"capacityType,omitempty"`
	Nodes        int                  `json:"nodes"` // of the plan
	Cost         json.Number          `json:"cost"`  // of the plan without it
	Extra        json.Number          `json:"extra"`
	Left         int                  `json:"left"` // pods that have no place then
}

// writeExposures prints what the plan costs more if something fails.
func (o *options) writeExposures(c *cli.Command, p binpack.Problem, plan binpack.Plan, stdout io.Writer) error {
	found, err := launch.Exposures(context.Background(), solver.Solver{}, p, plan)
	if err != nil {
		return err
	}
	if c.Format == cli.JSON {
		out := []exposure{}
		for _, e := range found {
			w := e.Without
			out = append(out, exposure{w.InstanceType, w.Zone, w.CapacityType, e.Nodes, json.Number(e.Plan.Cost.String()), json.Number(e.Extra.String()), e.Left})
		}
		return cli.WriteJSON(stdout, out)
	}
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "the plan: %d nodes for %s USD/h\n\nWITHOUT\tZONE\tMARKET\tNODES\tUSD/H MORE\t\tPODS LEFT\n", cli.Nodes(plan.Launches), plan.Cost)
	for _, e := range found {
		share := "-"
		if plan.Cost > 0 {
			share = fmt.Sprintf("%+.1f%%", 100*float64(e.Extra)/float64(plan.Cost))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t%d\n", each(e.Without.InstanceType), each(e.Without.Zone), each(string(e.Without.CapacityType)), e.Nodes, signed(e.Extra), share, e.Left)
	}
	return t.Flush()
}

// each names a part of a pattern that matches all.
func each(part string) string {
	if part == "" {
		return "any"
	}
	return part
}
