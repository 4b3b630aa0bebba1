package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

const about = `
Usage: plan [flags] -f FILE|FOLDER|- [-f ...]
       plan [flags] PROBLEM.json

Says which nodes to launch for the pods of Kubernetes manifests, how full they
are, which pods have no place and why, what it costs per hour, a proven lower
bound, and the gap between the two. It needs no cluster and no cloud: prices are
the on-demand list prices of EC2, which are built in, those of us-east-1 nearly all.
Other regions, Spot and other clouds are read from files (see pricing/README.md):
with -types, -offerings, -spot or -prices the machines of these files can be bought,
for manifests and in place of those of a problem file.

  What would my application cost, on any instance type?

      plan -f app.yaml -daemons eks

  And with my NodePools, scaled to 15, in another region? (For each of several
  pools by itself: once for each file.)

      plan -f pools/ -f app.yaml -replicas web=15 -region us-west-2

  And what a chart asks for, or a cluster?

      helm template my-chart | plan -f - -f pools/
      kubectl get deploy,sts,ds,hpa,nodepools,ec2nodeclasses -A -o yaml | plan -f -

  And with Spot, with what my region sells, and its prices?

      plan -f app.yaml -types types.json -offerings offers.json -spot spot.json -prices prices.json

Where plan is not installed, go run github.com/stowage/stowage/examples/plan@latest
stands for it.

Manifests are YAML or JSON. Workloads, pods, nodes, storage and Karpenter's
objects are read. Without a NodePool any instance type may be launched, ARM too:
where images are for one architecture, a pool or nodeSelector says so. What an
EC2NodeClass sets of the kubelet, volumes and image family counts. Nodes that are
there are used first, and are not in the cost. What was not understood is counted at
the end of the table and listed by -o json. A folder stands for the *.yaml, *.yml and
*.json in it, not below it. A problem file (binpack/problemfile/FORMAT.md) says all this
in one file, catalog and prices too.

Without -time the result is the same on every run and machine. On a terminal
Ctrl-C ends the search with the best plan so far.

Exit status: 0 for a plan, 1 for bad input, 2 where -verify finds a fault.
`

// addFlags adds the flags that go with manifests and problem files alike.
func (o *options) addFlags(flags *flag.FlagSet) {
	flags.Func("time", "search for at most this `duration` (0: print the first plan)", o.setTime)
	flags.Int64Var(&o.solver.Work, "work", 0, "search for at most this many `ticks` (0: the default, negative: no limit)")
	flags.Func("gap", "stop when the cost is proven to be at most this `share` too high, like 0.01", o.setGap)
	flags.Func("preferences", "what pods' preferences are worth: `respect`: more than any cost (default), ignore: nothing,\n"+
		"or USD per hour for one pod and one unit of weight, like 0.0001; absent: as the problem file says", o.setPreferences)
	flags.BoolVar(&o.solver.ComparePreferences, "compare", false, "say what keeping preferences costs: it takes as long again")
	flags.Func("alternatives", "name this `number` of other offerings that hold the pods of each node", o.setAlternatives)
	flags.Func("risk", "how much may hang on one thing: `rules` with commas between; offering=0.5 and zone=0.5: the most\n"+
		"of the nodes that may be of one offering, in one zone; alternatives=3: the least other offerings for each node;\n"+
		"price=1.5: at most 1.5 times as dear; cost=0.1: the most that all this may cost, as a share", o.setRisk)
	flags.Func("node-charge", "what each node costs beside its price, in `USD` per hour: it decides together with the prices", func(text string) (err error) {
		o.solver.NodeCharge, err = catalog.ParsePrice(text)
		return err
	})
	o.supply.Flags(flags)
	flags.Lookup("region").Usage += "; with -f: that of the zones in the manifests, else " + usualRegion
	flags.Func("zones", "the `zones` to buy in, with commas between (default: those of the offerings, else a, b and c of the region)", func(text string) error {
		o.supply.Zones = strings.Split(text, ",")
		return nil
	})
	flags.BoolVar(&o.verify, "verify", false, "verify the plan and its bound")
	flags.StringVar(&o.plan, "plan", "", "write the plan to this `file`")
	flags.StringVar(&o.steps, "handover", "", "write to this `file` the steps in which the plan is handed over to kube-scheduler")
	flags.StringVar(&o.problem, "problem", "", "write the problem to this `file`, in one piece")
}

// check returns which flags do not go together.
func (o *options) check(flags *flag.FlagSet) error {
	if o.plan != "" && o.solver.NodeCharge != 0 {
		return errors.New("-plan goes without -node-charge: a plan file has no charge")
	}
	var err error
	flags.Visit(func(f *flag.Flag) {
		if (f.Name == "region" || f.Name == "zones") && len(o.manifests.paths) == 0 && !o.supply.Given() {
			err = fmt.Errorf("-%s goes with -f, or with -types, -offerings, -spot or -prices: the problem has what can be bought", f.Name)
		}
	})
	return errors.Join(err, o.manifests.check(flags))
}

// argumentsOf returns how many arguments go behind the flags: the problem file,
// or none where there are manifests.
func argumentsOf(args []string) int {
	if slices.ContainsFunc(args, func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return name == "-f" || name == "--f"
	}) {
		return 0
	}
	return 1
}

func (o *options) setTime(text string) error {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = errors.New("is negative")
	}
	o.time = &d
	return err
}

func (o *options) setGap(text string) error {
	share, err := shareOf(text)
	o.solver.Gap = share
	return err
}

func (o *options) setAlternatives(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("is no number of alternatives")
	}
	o.solver.Alternatives = n
	return nil
}

func (o *options) setPreferences(text string) (err error) {
	o.prefers = true
	switch text = strings.TrimPrefix(text, "price="); text {
	case "respect":
		o.solver.Preferences = solver.RespectPreferences
	case "ignore":
		o.solver.Preferences = solver.IgnorePreferences
	default:
		o.solver.Preferences = solver.PricePreferences
		if o.solver.PreferencePrice, err = catalog.ParsePrice(text); err != nil {
			err = errors.New("is neither respect nor ignore nor a price")
		}
	}
	return err
}

func (o *options) setRisk(text string) error {
	r := &o.solver.Risk
	for _, rule := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(rule, "=")
		number, err := strconv.ParseFloat(value, 64)
		if err != nil || !(number >= 0 && number <= 1e6) {
			return fmt.Errorf("%s: %q is no number", name, value)
		}
		switch name {
		case "offering":
			r.OfferingShare = number
		case "zone":
			r.ZoneShare = number
		case "alternatives":
			r.Alternatives = int(number)
		case "price":
			r.PriceFactor = number
		case "cost":
			r.ExtraCost = number
		default:
			return fmt.Errorf("%q is none of offering, zone, alternatives, price, cost", name)
		}
	}
	return nil
}

func shareOf(text string) (float64, error) {
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, errors.New("is not from 0 to 1")
	}
	return share, nil
}
