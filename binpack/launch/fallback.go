package launch

import (
	"context"
	"time"

	"github.com/stowage/stowage/binpack"
)

// A Fallback says what to do instead of launches that failed. Those of a Runner are
// asked in its order, and what one leaves goes to the next. Anyone can write one.
type Fallback interface {
	// Propose returns launches for pods that rest asks to place. In rest, what was
	// launched exists, and what cannot be launched now is not available. An error leaves
	// all to the next.
	Propose(ctx context.Context, rest binpack.Problem, failed []Failed) (Proposal, error)
}

// A Failed is nodes that were not launched. What of a launch succeeded is not in it.
type Failed struct {
	Launch   binpack.Launch // its Count is that of the nodes that failed
	Failures []Failure      // of the request that asked for it
	Tries    int            // rounds so far in which a launch for one of its pods failed
}

// A Proposal is what a Fallback wants. The zero Proposal leaves all pods to the
// next Fallback, and those that the last one leaves stay pending.
type Proposal struct {
	Launches    []binpack.Launch
	Nominations []binpack.Nomination // on nodes of rest
	RetryAfter  time.Duration        // when to try again what stays pending; 0: no opinion
}
