package verify

import (
	"context"
	"errors"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// Plan returns every rule of p that the plan breaks, as *Violation values
// that are joined; nil: none. It counts by kinds of pods and of launches, and
// takes its rules from the Kubernetes API, not from what Solve made of them.
// LowerBound and Status are Bound's. An invalid p is an error of its own, and so
// is a ctx that ended before the checks did.
func Plan(ctx context.Context, p binpack.Problem, plan binpack.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	problem, err := reading.Of(ctx, &p)
	if err != nil {
		return err
	}
	read, err := readLayout(ctx, problem, &plan)
	if err != nil {
		return err
	}
	found := &report{}
	for _, check := range []check{
		checkLaunches, checkNominations, checkCounts,
		checkSpreads, checkAntiAffinity, checkRepelling, checkAffinity, checkClaims,
		checkSupply, checkPoolWeights, checkMinValues,
		checkGangs, checkCost,
	} {
		if check(ctx, read, found); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(found.violations...)
}

// A check adds what breaks one rule. When ctx ends it may return early.
type check func(ctx context.Context, l *layout, found *report)
