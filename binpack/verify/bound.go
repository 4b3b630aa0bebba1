package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// ErrNotProven says that a plan's certificate does not prove what the plan
// claims.
var ErrNotProven = errors.New("not proven by the certificate")

// Bound proves the plan's LowerBound from its Certificate alone, and for
// Status Optimal that no plan leaves fewer pods or costs less. It reads p by
// the rules that Plan goes by, and uses no more of the plan than what the
// claim is about: cost, bound, status, how many pods are left, and whether pods
// are where they like it best: if so the bound holds among such plans. Whether
// the plan itself is sound is for Plan to say.
//
// nil: proven. An error that is ErrNotProven: not proven, which does not mean
// that the claim is false. Any other: p or the certificate is invalid, or ctx
// ended before the proof did.
func Bound(ctx context.Context, p binpack.Problem, plan binpack.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	problem, err := reading.Of(ctx, &p)
	if err != nil {
		return unfinished(ctx, err)
	}
	charge, err := nodeCharge(plan)
	if err != nil {
		return err
	}
	in, err := newInstance(ctx, problem, plan.Certificate, charge)
	if err != nil {
		return unfinished(ctx, err)
	}
	left, err := in.leftOf(plan)
	if err != nil {
		return err
	}
	liked := in
	if in.keepsPreferences(plan) {
		liked = in.preferring()
	}
	err = proveLeast(ctx, liked.divided(left), plan)
	if errors.Is(err, ErrNotProven) && liked != in {
		// Where preferences take all nodes of a domain its pods are worth nothing: then more is proven of all nodes.
		err = proveLeast(ctx, in.divided(left), plan)
	}
	if err != nil || plan.Status != binpack.Optimal {
		return err
	}
	return proveOptimal(ctx, in.gathered(left), bound.Forced(in.divided(left)), plan)
}

// proveLeast proves the LowerBound.
func proveLeast(ctx context.Context, in *bound.Instance, plan binpack.Plan) error {
	least, err := bound.Evaluate(ctx, in, maxLeaves, int64(plan.LowerBound))
	if err == nil && !least.Infeasible && least.Least < int64(plan.LowerBound) && len(in.Precedences) > 0 {
		// Without precedences more plans are allowed, and what has nothing to do with
		// each other is seen to.
		free := *in
		free.Precedences = nil
		least, err = bound.Evaluate(ctx, &free, maxLeaves, int64(plan.LowerBound))
	}
	switch {
	case err != nil:
		return unfinished(ctx, err)
	case least.Infeasible:
		return fmt.Errorf("%w: no plan leaves as few pods, level by level %d", ErrNotProven, in.Left)
	case int64(plan.LowerBound) > least.Least:
		return fmt.Errorf("%w: LowerBound is %d, proven is %d", ErrNotProven, plan.LowerBound, least.Least)
	}
	return nil
}

// proveOptimal proves that a plan whose LowerBound is proven is optimal. forced is pods of each level that
// every plan leaves.
func proveOptimal(ctx context.Context, in *bound.Instance, forced []int64, plan binpack.Plan) error {
	if total := plan.Cost + plan.Charge; total > plan.LowerBound {
		return fmt.Errorf("%w: status optimal, but Cost and Charge are %d and LowerBound %d", ErrNotProven, total, plan.LowerBound)
	}
	fewest, err := bound.Fewest(ctx, in, forced)
	if err != nil {
		return unfinished(ctx, err)
	}
	if !fewest {
		return fmt.Errorf("%w: status optimal, but fewer pods may be left than %d, level by level", ErrNotProven, in.Left)
	}
	return nil
}

// maxLeaves is the most leaves of the branch and bound over several cuts: twice
// what the solver may take, lest a bound hang on the last of them.
const maxLeaves = 2 * bound.MaxLeaves

func unfinished(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the proof was not finished: %w", err)
	}
	return err
}
