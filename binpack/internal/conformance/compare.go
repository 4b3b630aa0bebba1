package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
)

// An Answer is what the scheduler and Stowage say of one place.
type Answer struct {
	Place
	Refusals []string // plugins that keep the pod off
	Verify   error    // what Verify says of the plan that puts it there
	Solve    bool     // whether Solve puts it there
}

// Allowed reports whether the pod may go to the place.
func (a Answer) Allowed() bool { return a.Available && len(a.Refusals) == 0 }

// Fault returns how Stowage's answers differ from the scheduler's, or "".
func (a Answer) Fault() string {
	plugins := "all plugins let it"
	if len(a.Refusals) > 0 {
		plugins = "refused by " + strings.Join(a.Refusals, ", ")
	}
	switch {
	case a.Allowed() != a.Solve:
		return fmt.Sprintf("solve: %s: %s, placed: %t", a.Node.Name, plugins, a.Solve)
	case a.Allowed() != (a.Verify == nil):
		return fmt.Sprintf("verify: %s: %s, but: %v", a.Node.Name, plugins, a.Verify)
	}
	return ""
}

// Compare asks the scheduler and Stowage about each place of the problem.
func Compare(ctx context.Context, s *Scheduler, p binpack.Problem) ([]Answer, error) {
	places := Places(p)
	refusals, err := s.Ask(ctx, p, places)
	if err != nil {
		return nil, err
	}
	chosen, err := Solve(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("solve: %w", err)
	}
	answers := make([]Answer, len(places))
	for i, place := range places {
		answers[i] = Answer{
			Place: place, Refusals: refusals[i], Verify: verify.Plan(context.Background(), p, place.Plan),
			Solve: slices.ContainsFunc(chosen, func(at Place) bool { return at.Node.Name == place.Node.Name }),
		}
	}
	return answers, nil
}
