package launch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// A Runner launches a plan. The market has one of the c5.xlarge that the plan wants,
// and the rest is planned again.
func ExampleRunner() {
	p := shop(10) // pods of 1 cpu, and types of 4 cpu
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	market := &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge", Left: 1}}}
	outcome, err := launch.Runner{Launcher: market}.Run(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range outcome.Launched {
		fmt.Println(l.Launch.Offering.InstanceType, l.Launch.Offering.Zone, l.Launch.Pods[0].Count, "pods")
	}
	fmt.Println(outcome.Ended, "for", outcome.Cost, "planned", outcome.Planned)
	// Output:
	// c5.xlarge a 4 pods
	// m5.xlarge a 4 pods
	// m5.xlarge a 2 pods
	// allPlaced for 0.16 planned 0.15
}

// What is known of the market before the plan: a list, counts, a memory and a
// function, together.
func ExampleAll() {
	memory := &launch.UnavailableOfferings{}
	memory.Mark(launch.Pattern{Offering: catalog.Key{InstanceType: "c5.xlarge", Zone: "a"}})
	p := shop(4)
	p.Availability = launch.All(
		memory,
		launch.Without{{CapacityType: catalog.Spot, Zone: "b"}},
		launch.Counts{spot("m5.xlarge", "a"): 0},
		launch.Func(func(k catalog.Key) int {
			if k.InstanceType == "g5.xlarge" {
				return 2 // of each, say an API of your own
			}
			return binpack.Unlimited
		}),
	)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering)
	// Output: {r5.xlarge a spot }
}

// A memory outlives the process.
func ExampleUnavailableOfferings() {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	memory := &launch.UnavailableOfferings{Clock: func() time.Time { return now }}
	interrupted := catalog.Key{InstanceType: "m5.large", Zone: "us-east-1a", CapacityType: catalog.Spot}
	memory.Mark(launch.Pattern{Offering: interrupted})                                   // a notice of a Spot interruption
	memory.Pause(launch.Pattern{Offering: catalog.Key{Zone: "us-east-1b"}}, 2*time.Hour) // a zonal shift

	saved, err := json.Marshal(memory)
	fmt.Println(string(saved), err)
	restored := &launch.UnavailableOfferings{Clock: func() time.Time { return now }}
	fmt.Println(json.Unmarshal(saved, restored), restored.Available(interrupted))
	now = now.Add(3 * time.Minute)
	fmt.Println("a probe:", restored.Available(interrupted))
	// Output:
	// [{"zone":"us-east-1b","failures":1,"pause":"2h0m0s","until":"2026-01-02T05:04:05Z"},{"instanceType":"m5.large","zone":"us-east-1a","capacityType":"spot","failures":1,"pause":"3m0s","until":"2026-01-02T03:07:05Z"}] <nil>
	// <nil> 0
	// a probe: 1
}

// patience is a fallback of one's own: it takes alternatives that cost little more,
// and else leaves the pods pending.
type patience struct{ most catalog.Price }

func (f patience) Propose(_ context.Context, rest binpack.Problem, failed []launch.Failed) (launch.Proposal, error) {
	for _, l := range failed {
		for _, a := range l.Launch.Alternatives {
			if a.Extra <= f.most && rest.Availability.Available(a.Offering) > 0 {
				instead := l.Launch.On(a)
				instead.Alternatives = l.Launch.Alternatives // if that fails too
				return launch.Proposal{Launches: []binpack.Launch{instead}}, nil
			}
		}
	}
	return launch.Proposal{RetryAfter: time.Minute}, nil // cheap ones may come back
}

// A fallback of one's own takes an alternative that costs little more, or waits.
func ExampleFallback() {
	p := shop(4)
	plan, err := solver.Solver{Alternatives: 3}.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := launch.Runner{
		Launcher:  &launchtest.Market{Offerings: []launchtest.MarketEntry{{InstanceType: "c5.xlarge"}}},
		Fallbacks: []launch.Fallback{patience{most: catalog.USD / 100}},
	}
	outcome, err := r.Run(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range outcome.Attempts {
		fmt.Println(a.Request.Offering().InstanceType, a.Request.Offering().Zone, len(a.Instances))
	}
	// Output:
	// c5.xlarge a 0
	// c5.xlarge b 0
	// m5.xlarge a 1
}

func ExampleEC2() {
	for _, code := range []string{"InsufficientInstanceCapacity", "VcpuLimitExceeded", "RequestLimitExceeded", "UnauthorizedOperation", "SomethingNew"} {
		v, known := launch.EC2(code)
		fmt.Println(code, known, v.Scope, v.Action)
	}
	// Output:
	// InsufficientInstanceCapacity true offering mark
	// VcpuLimitExceeded true quotaGroup mark
	// RequestLimitExceeded true call retry
	// UnauthorizedOperation true account stop
	// SomethingNew false
}

func ExampleExposures() {
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	exposures, err := launch.Exposures(context.Background(), solver.Solver{}, p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range exposures {
		fmt.Printf("without %+v: %s more\n", e.Without, e.Extra)
	}
	// Output:
	// without {InstanceType: Zone: CapacityType:spot ReservationID:}: 0.05 more
	// without {InstanceType:c5.xlarge Zone: CapacityType: ReservationID:}: 0.005 more
	// without {InstanceType:c5.xlarge Zone:a CapacityType:spot ReservationID:}: 0 more
	// without {InstanceType: Zone:a CapacityType: ReservationID:}: 0 more
}
