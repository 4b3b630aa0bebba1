package launch_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// launched returns what a run launched for four pods of 1 cpu where the market has no Spot
// Instances.
func launched(fallbacks ...launch.Fallback) launch.Outcome {
	p := shop(4) // types of 4 cpu
	p.Pools = []binpack.Pool{{Name: "general"}, {Name: "reserve", Weight: -1}}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		panic(err)
	}
	market := &launchtest.Market{Offerings: []launchtest.MarketEntry{{CapacityType: catalog.Spot}}}
	outcome, err := launch.Runner{Launcher: market, Fallbacks: fallbacks}.Run(context.Background(), p, plan)
	if err != nil {
		panic(err)
	}
	return outcome
}

// The ready fallbacks, each alone. In a list, what one leaves goes to the next.
func ExampleRunner_fallbacks() {
	for _, f := range []launch.Fallback{
		launch.Alternatives{},                        // the same pods on the next offering
		launch.Replan{Most: time.Minute},             // all that waits, planned anew
		launch.SpotToOnDemand{After: 1},              // after one round of failures
		launch.OtherPool{Names: []string{"reserve"}}, // a pool of less weight
		launch.Wait{For: 10 * time.Minute},           // for the end of a list
	} {
		outcome := launched(f)
		fmt.Printf("%T: %s after %d requests", f, outcome.Ended, len(outcome.Attempts))
		for _, l := range outcome.Launched {
			fmt.Print(", ", l.Launch.Pool, " ", l.Launch.Offering.InstanceType, " ", l.Launch.Offering.CapacityType)
		}
		fmt.Println()
	}
	// Output:
	// launch.Alternatives: allPlaced after 9 requests, general c5.xlarge on-demand
	// launch.Replan: allPlaced after 9 requests, general c5.xlarge on-demand
	// launch.SpotToOnDemand: allPlaced after 2 requests, general c5.xlarge on-demand
	// launch.OtherPool: allPlaced after 9 requests, reserve c5.xlarge on-demand
	// launch.Wait: nothingLeft after 1 requests
}

// An Outcome says what happened, request by request and round by round.
func ExampleOutcome() {
	outcome := launched(launch.SpotToOnDemand{})
	for _, a := range outcome.Attempts {
		fmt.Println("round", a.Round, "asked for", a.Request.Nodes(), a.Request.Offering().CapacityType, "got", len(a.Instances))
	}
	for _, s := range outcome.Steps {
		fmt.Println("instead of", s.Failed[0].Launch.Offering.CapacityType, "now", s.Instead[0].Offering.CapacityType, "for", s.Extra, "more")
	}
	fmt.Println(outcome.Errors())
	plan := outcome.Plan() // for Problem.After, handover and verify.Plan
	fmt.Println(plan.Cost, len(plan.Launches), "launch,", len(outcome.Empty), "nodes without pods")
	// Output:
	// round 1 asked for 1 spot got 0
	// round 2 asked for 1 on-demand got 1
	// instead of spot now on-demand for 0.05 more
	// map[InsufficientInstanceCapacity:1]
	// 0.1 1 launch, 0 nodes without pods
}

// A Launcher of one's own tells what it started by the ids of the cloud, and what not by
// the cloud's code.
type fleet struct{ started int }

func (f *fleet) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	f.started++
	first := launch.Instance{ID: fmt.Sprintf("i-%04d", f.started)}
	if r.Nodes() == 1 {
		return launch.Result{Instances: []launch.Instance{first}}, nil
	}
	return launch.Result{
		Instances: []launch.Instance{first},
		Failures:  []launch.Failure{{Code: "InsufficientInstanceCapacity"}},
	}, nil
}

func ExampleLauncher() {
	p := shop(8)
	p.Availability = launch.Only{{InstanceType: "m5.xlarge"}, {InstanceType: "c5.xlarge"}}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome, err := launch.Runner{Launcher: &fleet{}}.Run(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range outcome.Launched {
		fmt.Println(l.Instance.ID, l.Launch.Offering.InstanceType, l.Launch.Offering.Zone)
	}
	// Output:
	// i-0001 c5.xlarge a
	// i-0002 c5.xlarge b
}

// generous starts one node more than it is asked for.
type generous struct{}

func (generous) Launch(_ context.Context, r launch.Request) (launch.Result, error) {
	var result launch.Result
	for i := range r.Nodes() + 1 {
		result.Instances = append(result.Instances, launch.Instance{ID: fmt.Sprintf("i-%d", i)})
	}
	return result, nil
}

// A node that nobody asked for gets pods where some wait. Where it has none, the embedder
// may end it.
func ExampleEmptyNode() {
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome, err := launch.Runner{Launcher: generous{}}.Run(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range outcome.Empty {
		node := outcome.Launched[e.Node]
		fmt.Println("terminate", node.Instance.ID, "unasked:", node.Unasked, "a pod waits that may not go there:", e.Why.Reason != "")
	}
	// Output: terminate i-1 unasked: true a pod waits that may not go there: false
}

// A Launcher that fails without a code of the cloud costs its request, not the run. The
// limits are half of those of the zero Runner.
func ExampleOutcome_Errors() {
	p := shop(4)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome, err := launch.Runner{
		Launcher:    broken{},
		Fallbacks:   []launch.Fallback{launch.Wait{}},
		Rounds:      launch.DefaultRounds / 2,
		Attempts:    launch.DefaultAttempts / 2,
		Batch:       launch.DefaultBatch / 2,
		Parallelism: launch.DefaultParallelism / 2,
		Timeout:     launch.DefaultTimeout / 2,
	}.Run(context.Background(), p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	errors := outcome.Errors()
	fmt.Println("panics:", errors[launch.CodePanic], "no answer:", errors[launch.CodeUnanswered], "not asked:", errors[launch.CodePaused], "no word why:", errors[launch.CodeUnknown])
	// Output: panics: 1 no answer: 0 not asked: 0 no word why: 0
}

// broken panics.
type broken struct{}

func (broken) Launch(context.Context, launch.Request) (launch.Result, error) { panic("nil map") }
