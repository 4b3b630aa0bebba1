package work

import (
	"context"
	"time"
)

// Prompt returns ctx as one that ends at its deadline: its Err looks at the clock. That of
// ctx itself waits for a timer, which Go fires up to 10 ms late while all processors are
// busy (runtime: sysmon, forcePreemptNS). Done is still that of ctx.
func Prompt(ctx context.Context) context.Context {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx
	}
	return prompt{ctx, deadline}
}

// A prompt is a context that ends at its deadline.
type prompt struct {
	context.Context
	deadline time.Time
}

// Err returns why the context has ended, or nil.
func (p prompt) Err() error {
	if err := p.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(p.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}
