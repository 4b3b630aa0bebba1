package launch

import (
	"context"
	"fmt"
	"sync"
)

// Codes of failures that are the Launcher's own.
const (
	CodePanic      = "Panic"      // it panicked
	CodeUnanswered = "Unanswered" // it did not answer in time
	CodePaused     = "Paused"     // it was not asked: no more attempts are allowed now
	CodeUnknown    = ""           // it said neither node nor failure
)

// An answer is what came of a request.
type answer struct {
	Result
	err  error
	late <-chan answer // where the answer will come, of a request that has none yet; nil: this is it
}

// ask makes the requests, at most Parallelism at a time, and returns their answers in
// order.
func (r Runner) ask(ctx context.Context, requests []Request) []answer {
	answers := make([]answer, len(requests))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(r.Parallelism, len(requests)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				answers[i] = r.askOne(ctx, requests[i])
			}
		}()
	}
	for i := range requests {
		next <- i
	}
	close(next)
	workers.Wait()
	return answers
}

// askOne makes one request. It does not wait longer than allowed, also for a
// Launcher that does not care: then the answer may come late.
func (r Runner) askOne(ctx context.Context, wanted Request) answer {
	if ctx.Err() != nil {
		return answer{err: ctx.Err()}
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	answers := make(chan answer, 1)
	go func() {
		defer cancel()
		answers <- call(ctx, r.Launcher, wanted)
	}()
	select {
	case a := <-answers:
		return a
	case <-ctx.Done():
	}
	select {
	case a := <-answers:
		return a
	default:
		return answer{late: answers}
	}
}

// call calls the Launcher; a panic is a failure.
func call(ctx context.Context, l Launcher, r Request) (a answer) {
	defer func() {
		if fault := recover(); fault != nil {
			a = answer{Result: Result{Failures: []Failure{{Code: CodePanic, Message: fmt.Sprint(fault)}}}}
		}
	}()
	r.Launches, r.Node = copiesOf(r.Launches), r.Node.DeepCopy()
	result, err := l.Launch(ctx, r)
	return answer{Result: result, err: err}
}
