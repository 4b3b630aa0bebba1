package handover

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Defaults of the zero Driver.
const (
	DefaultJoin        = 5 * time.Minute
	DefaultSettle      = time.Minute
	DefaultCleanUp     = 15 * time.Second
	DefaultParallelism = 16
)

// A Driver makes plans come true. Only Cluster must be set. It has no state: it may
// be copied, and used for several handovers at once, as long as no two of them have
// launches or pods in common.
type Driver struct {
	Cluster Cluster

	// Join is how long nodes are waited for, from Handover.Began. Then the others are
	// released, and the pods of those that are missing are left. 0: DefaultJoin.
	Join time.Duration

	// Settle is how long pods are waited for, once no node is, without one of them being
	// bound; ten times that is the most in all. 0: DefaultSettle.
	Settle time.Duration

	// CleanUp is how long is tried at the end to take back what must not stay: taints,
	// placeholders, the barrier, and nominations of pods that are not bound. 0: DefaultCleanUp.
	CleanUp time.Duration

	Parallelism int              // most calls at a time; 0: DefaultParallelism
	Clock       func() time.Time // nil: time.Now
}

// ErrLeft says that a taint, a nomination or a placeholder could not be taken back. Run or GiveUp
// with the same Handover tries again.
var ErrLeft = errors.New("taints, nominations or placeholders are left")

// Run hands h over, and accounts for each of its pods. It ends when all pods that can
// be are bound, and after Join, ten times Settle and CleanUp at the latest; nothing of the
// handover then stays in the cluster, or the error is ErrLeft.
//
// When ctx ends, Run stops where it is, and returns the account so far with ctx's
// error: taints, nominations and placeholders stay, so that Run, called again by the same or another
// process, goes on from there. Call GiveUp where it shall not.
//
// Other errors say what is wrong with h, or are of Cluster.Watch.
func (d Driver) Run(ctx context.Context, h Handover) (Outcome, error) {
	return d.do(ctx, h, (*run).hand)
}

// GiveUp takes back what a Run of h that did not end, or that ended with ErrLeft, has
// left in the cluster: the taints of its nodes, placeholders, and the nominations of its
// pods that are not bound. It takes CleanUp at the most.
func (d Driver) GiveUp(ctx context.Context, h Handover) (Outcome, error) {
	return d.do(ctx, h, func(_ *run, _ context.Context, v *view) (*view, error) { return v, nil })
}

func (d Driver) do(ctx context.Context, h Handover, hand func(*run, context.Context, *view) (*view, error)) (Outcome, error) {
	t, err := newTask(h)
	if err != nil {
		return Outcome{}, fmt.Errorf("handover: %w", err)
	}
	r := newRun(d.withDefaults(), t)
	start := r.driver.Clock()
	state, err := d.Cluster.Watch(ctx, 0)
	if err != nil {
		return Outcome{}, err
	}
	v := looker{r}.look(state)
	r.begin(v, start)
	if v, err = hand(r, ctx, v); err == nil {
		v, err = r.cleanUp(ctx, v)
	}
	o := account{r}.outcome(v)
	o.Took = r.driver.Clock().Sub(start)
	return o, err
}

func (d Driver) withDefaults() Driver {
	for _, limit := range []struct {
		of      *time.Duration
		without time.Duration
	}{{&d.Join, DefaultJoin}, {&d.Settle, DefaultSettle}, {&d.CleanUp, DefaultCleanUp}} {
		if *limit.of <= 0 {
			*limit.of = limit.without
		}
	}
	if d.Parallelism <= 0 {
		d.Parallelism = DefaultParallelism
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	return d
}

// hand does what there is to do, until nothing is.
func (r *run) hand(ctx context.Context, v *view) (*view, error) {
	for {
		now := r.driver.Clock()
		r.remember(v, now)
		todo := r.next(ctx, v, now)
		if todo.done {
			return v, nil
		}
		r.failed = false
		(hands{r}).reserve(ctx, todo, v)
		(hands{r}).nominate(ctx, todo.nominate)
		if (hands{r}).bind(ctx, todo.bind) && ctx.Err() == nil {
			r.stage.ordered = r.stage.ordered || todo.last
			(hands{r}).shut(ctx, todo.shut, now)
			(hands{r}).cancel(ctx, todo.cancel, v, now)
			(hands{r}).lift(ctx, todo.lift, now)
			(hands{r}).release(ctx, todo.release, now)
		}
		if r.failed {
			todo.wait = min(todo.wait, retry)
		}
		state, err := r.driver.Cluster.Watch(ctx, todo.wait)
		if err != nil {
			return v, err
		}
		v = (looker{r}).look(state)
	}
}

// cleanUp takes back taints, nominations and placeholders.
func (r *run) cleanUp(ctx context.Context, v *view) (*view, error) {
	end := r.driver.Clock().Add(r.driver.CleanUp)
	for {
		now := r.driver.Clock()
		nominations, nodes := r.left(v, now)
		placeholders := r.guard.left(v, now)
		if len(nominations)+len(nodes)+len(placeholders) == 0 {
			return v, nil
		}
		if !now.Before(end) {
			return v, fmt.Errorf("handover: %w: %d nodes, %d pods, %d placeholders", ErrLeft, len(nodes), len(nominations), len(placeholders))
		}
		(hands{r}).nominate(ctx, nominations)
		(hands{r}).cancel(ctx, placeholders, v, now)
		(hands{r}).release(ctx, nodes, now)
		state, err := r.driver.Cluster.Watch(ctx, min(retry, end.Sub(now)))
		if err != nil {
			return v, err
		}
		v = (looker{r}).look(state)
	}
}
