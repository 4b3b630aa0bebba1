package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// An Expander answers calls. Fields are not written once it serves.
type Expander struct {
	Reader  translate.Reader
	Chooser choose.Chooser
	Time    time.Duration // most from the request to the answer; 0: 4 s
	Log     *slog.Logger
	Metrics *Metrics

	session sync.Mutex // holds what is remembered of the last answer
	memory  choose.Session

	mu    sync.Mutex
	told  map[string]bool // groups that have no price, as the log has said
	table string          // of the last answer
}

// BestOptions answers a request with one of its ids.
func (e *Expander) BestOptions(ctx context.Context, req *wire.Request) (resp *wire.Response, err error) {
	defer func() {
		if r := recover(); r != nil { // a fault of ours must not end the process
			err = status.Errorf(codes.Internal, "panic: %v", r)
			e.failed(req, err)
		}
	}()
	most := e.Time
	if most == 0 {
		most = 4 * time.Second
	}
	ctx, cancel := context.WithDeadline(ctx, req.Received.Add(most))
	defer cancel()
	q, err := e.Reader.Read(req)
	if err != nil {
		err = status.Error(codes.InvalidArgument, err.Error())
		e.failed(req, err)
		return nil, err
	}
	e.sayUnpriced(q)
	d, err := e.decide(ctx, q)
	if err != nil {
		code := codes.Internal
		switch {
		case errors.Is(err, choose.ErrNoOption):
			code = codes.InvalidArgument
		case ctx.Err() != nil:
			code = codes.DeadlineExceeded
		}
		err = status.Error(code, err.Error())
		e.failed(req, err)
		return nil, err
	}
	o := q.Options[d.Option]
	id := q.Setting.Groups[o.Group].ID
	e.answered(req, q, &d)
	return &wire.Response{Options: []wire.Option{{Group: id, Nodes: int32(o.Nodes), Debug: debug(&d)}}}, nil
}

// decide asks the session; a call beside another asks one that remembers nothing.
func (e *Expander) decide(ctx context.Context, q *translate.Question) (choose.Decision, error) {
	if !e.session.TryLock() {
		alone := choose.Session{Chooser: e.Chooser}
		return alone.Ask(ctx, q.Setting, q.Options)
	}
	defer e.session.Unlock()
	e.memory.Chooser = e.Chooser
	return e.memory.Ask(ctx, q.Setting, q.Options)
}

// sayUnpriced says of each group once that it has no price.
func (e *Expander) sayUnpriced(q *translate.Question) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.told == nil {
		e.told = make(map[string]bool)
	}
	for _, n := range q.Unpriced {
		if !e.told[n.What] {
			e.told[n.What] = true
			e.Log.Warn("no price: the group is never chosen", "group", n.What, "why", n.Err.Error())
		}
	}
}

// answered logs, counts and keeps an answer.
func (e *Expander) answered(req *wire.Request, q *translate.Question, d *choose.Decision) {
	took := time.Since(req.Received)
	o := q.Options[d.Option]
	args := []any{"options", len(req.Options), "pods", q.Pods, "kinds", len(q.Setting.Kinds), "groups", len(req.Nodes),
		"chosen", q.Setting.Groups[o.Group].ID, "nodes", o.Nodes, "holds", o.Count, "cost", o.Cost.String(),
		"total", d.Total.String(), "left", d.Left, "rounds", len(d.Path), "why", d.Why,
		"plan", d.Plan.Cost.String(), "planBound", d.Plan.LowerBound.String()}
	for _, b := range d.Baselines {
		args = append(args, b.Name, b.Total.String())
	}
	args = append(args, "took", took.String(), "cut", d.Cut, "bytes", req.Bytes, "unpriced", len(q.Unpriced), "faulty", len(q.Faulty))
	if len(q.Faulty) > 0 {
		args = append(args, "fault", q.Faulty[0].String())
	}
	e.Log.Info("answer", args...)
	e.Metrics.answered(req, q, d, took)
	e.keep(Table(q, d))
}

// failed logs and counts a call without an answer.
func (e *Expander) failed(req *wire.Request, err error) {
	took := time.Since(req.Received)
	e.Log.Error("no answer", "options", len(req.Options), "groups", len(req.Nodes), "bytes", req.Bytes, "took", took.String(), "why", err.Error())
	e.Metrics.failed(status.Code(err), took)
	e.keep(fmt.Sprintf("no answer: %v\n", err))
}

func (e *Expander) keep(table string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.table = table
}

// Last returns the table of the last answer; "": there was none.
func (e *Expander) Last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.table
}

func debug(d *choose.Decision) string {
	return fmt.Sprintf("stowage: %s, %s USD/h over %d rounds, whole plan %s", d.Why, d.Total, len(d.Path), d.Plan.Cost)
}
