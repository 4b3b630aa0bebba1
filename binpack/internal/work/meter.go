// Package work counts effort in ticks, steps of the inner loops, so that a
// limit cuts a search at the same place on every machine. A context remains
// the emergency brake.
package work

import "context"

// pollEvery is how many ticks pass between two looks at the context: less than a
// millisecond.
const pollEvery = 1 << 14

// Default is the work of a search without a limit of its own, in ticks: about a second on one
// core.
const Default int64 = 40_000_000

// A Meter counts the ticks of one solve.
type Meter struct {
	ctx   context.Context
	limit int64
	spent int64
	poll  int64 // when to look at the context again
	ended bool  // the context has ended
}

// NewMeter returns a meter that is done after limit ticks (< 0: never) or when
// ctx ends.
func NewMeter(ctx context.Context, limit int64) *Meter {
	return &Meter{ctx: ctx, limit: limit}
}

// Lower lowers the limit to limit ticks in all.
func (m *Meter) Lower(limit int64) { m.limit = limit }

// Context returns the meter's context.
func (m *Meter) Context() context.Context { return m.ctx }

// Spend counts n ticks.
func (m *Meter) Spend(n int) { m.spent += int64(n) }

// Spent returns the ticks so far.
func (m *Meter) Spent() int64 { return m.spent }

// Left returns the ticks that are left, or all where there is no limit.
func (m *Meter) Left(all int64) int64 {
	if m.limit < 0 {
		return all
	}
	return max(0, m.limit-m.spent)
}

// Done reports whether the limit is reached or the context has ended.
func (m *Meter) Done() bool {
	if m.limit >= 0 && m.spent >= m.limit {
		return true
	}
	if m.spent >= m.poll {
		m.poll = m.spent + pollEvery
		m.ended = m.ended || m.ctx.Err() != nil
	}
	return m.ended
}

// Interrupted reports whether the context has ended: then Done does so from now on.
func (m *Meter) Interrupted() bool {
	m.ended = m.ended || m.ctx.Err() != nil
	return m.ended
}
