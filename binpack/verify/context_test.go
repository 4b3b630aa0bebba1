package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/verify"
)

// endsAfter is a context that ends once it has been asked a number of times.
type endsAfter struct {
	context.Context
	left *int
}

func (c endsAfter) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestContextEnds ends the context at every place where it is looked at: the
// answer is then the context's error, or what it is without.
func TestContextEnds(t *testing.T) {
	f := newFleet()
	f.launch("first", 2, 1)
	f.launch("second", 2, 1).Count = 2
	f.problem.Workloads[0].Replicas++ // on the second of these
	f.plan.Cost += 2
	background := context.Background()
	require.NoError(t, verify.Plan(background, f.problem, f.plan))
	require.NoError(t, verify.Bound(background, f.problem, f.plan))
	for name, ask := range map[string]func(context.Context) error{
		"Plan":  func(ctx context.Context) error { return verify.Plan(ctx, f.problem, f.plan) },
		"Bound": func(ctx context.Context) error { return verify.Bound(ctx, f.problem, f.plan) },
		"Alternatives": func(ctx context.Context) error {
			out, err := verify.Alternatives(ctx, f.problem, f.plan, 3)
			require.Len(t, out, 2)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ended := 0
			for looks := 0; ; looks++ {
				left := looks
				err := ask(endsAfter{background, &left})
				if left >= 0 {
					require.NoError(t, err)
					break
				}
				require.ErrorIs(t, err, context.Canceled, "after %d looks", looks)
				ended++
			}
			require.Positive(t, ended)
		})
	}
}
