package solver

import (
	"context"
	"time"
)

// prompt returns ctx as one that ends at its deadline: its Err looks at the clock. That of
// ctx itself waits for a timer, which Go fires up to 10 ms late while all processors are
// busy (runtime: sysmon, forcePreemptNS). Done is still that of ctx.
func prompt(ctx context.Context) context.Context {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx
	}
	return promptContext{ctx, deadline}
}

// A promptContext is a context that ends at its deadline.
type promptContext struct {
	of       context.Context
	deadline time.Time
}

// Deadline returns the deadline.
func (p promptContext) Deadline() (time.Time, bool) { return p.deadline, true }

// Done returns what the context itself closes.
func (p promptContext) Done() <-chan struct{} { return p.of.Done() }

// Value returns a value of the context.
func (p promptContext) Value(key any) any { return p.of.Value(key) }

// Err returns why the context has ended, or nil.
func (p promptContext) Err() error {
	if err := p.of.Err(); err != nil {
		return err
	}
	if !time.Now().Before(p.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}
