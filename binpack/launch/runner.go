package launch

import (
	"context"
	"fmt"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
)

// Defaults of the zero Runner.
const (
	DefaultRounds      = 64
	DefaultAttempts    = 1000
	DefaultBatch       = 100
	DefaultParallelism = 8
	DefaultTimeout     = time.Minute
)

// A Runner launches the nodes of a plan. What cannot be launched is marked as
// unavailable, and the fallbacks say what is launched instead, until all pods have
// a node, or nothing that is left can be launched, or a limit is reached. Only
// Launcher must be set.
type Runner struct {
	Launcher    Launcher
	Unavailable *UnavailableOfferings             // what is known before, and learnt, beside Problem.Availability; nil: of this run alone
	Codes       func(code string) (Verdict, bool) // what error codes say; nil: EC2. A code that is not known marks its offering
	Fallbacks   []Fallback                        // nil: Replan with Solver
	Solver      solver.Solver                     // of Replan, and where pods are placed on existing nodes

	Rounds      int           // most rounds of requests; 0: DefaultRounds
	Attempts    int           // most requests; 0: DefaultAttempts
	ExtraCost   float64       // most that the nodes may cost over the plan, as a share of its cost: what does not fit stays pending; 0: no limit
	Batch       int           // most nodes in a request; 0: DefaultBatch
	Parallelism int           // most requests at a time; 0: DefaultParallelism
	Timeout     time.Duration // for a request; 0: DefaultTimeout

	// Name begins the tokens of requests. Runs that may not share nodes need names of
	// their own; "": the time of the start.
	Name string

	Clock func() time.Time                                 // nil: time.Now
	Sleep func(ctx context.Context, d time.Duration) error // before asking again; nil: sleeps
}

// Run launches what plan, a plan of p, wants. When ctx ends it returns what there
// is: all that was launched is in the Outcome, and the pods of the requests that
// were under way are left over. An error says that p or plan is invalid, and
// nothing was launched.
func (r Runner) Run(ctx context.Context, p binpack.Problem, plan binpack.Plan) (Outcome, error) {
	if err := p.Validate(); err != nil {
		return Outcome{}, err
	}
	x := newRun(r.withDefaults(), p)
	if err := x.begin(plan); err != nil {
		return Outcome{}, err
	}
	for x.round(ctx) {
	}
	x.settle(ctx)
	return x.outcome(ctx), nil
}

func (r Runner) withDefaults() Runner {
	if r.Clock == nil {
		r.Clock = time.Now
	}
	if r.Unavailable == nil {
		r.Unavailable = &UnavailableOfferings{Clock: r.Clock}
	}
	if r.Codes == nil {
		r.Codes = EC2
	}
	if r.Fallbacks == nil {
		r.Fallbacks = []Fallback{Replan{Solver: r.Solver}}
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Name == "" {
		r.Name = fmt.Sprintf("%x", r.Clock().UnixNano())
	}
	for _, limit := range []struct {
		of      *int
		without int
	}{{&r.Rounds, DefaultRounds}, {&r.Attempts, DefaultAttempts}, {&r.Batch, DefaultBatch}, {&r.Parallelism, DefaultParallelism}} {
		if *limit.of <= 0 {
			*limit.of = limit.without
		}
	}
	if r.Timeout <= 0 {
		r.Timeout = DefaultTimeout
	}
	return r
}

// sleep waits, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replan returns the first Replan among the fallbacks.
func (r Runner) replan() (Replan, bool) {
	for _, f := range r.Fallbacks {
		if r, is := f.(Replan); is {
			return r, true
		}
	}
	return Replan{}, false
}

// verdict returns what a failure says. What has not been asked, or not answered,
// is asked again; what is not known is marked.
func (r Runner) verdict(f Failure) Verdict {
	switch f.Code {
	case CodeUnanswered:
		return Verdict{Scope: ScopeCall, Action: Retry}
	case CodePaused, CodePanic, CodeUnknown:
		return Verdict{Scope: ScopeOffering, Action: Mark}
	}
	v, known := r.Codes(f.Code)
	if !known {
		return Verdict{Scope: ScopeOffering, Action: Mark}
	}
	return v
}
