package launch

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A run is one Run: what there is, and what is to be asked for.
type run struct {
	Runner
	cluster cluster
	out     Outcome // but for what the cluster has
	asked   int     // requests
	named   int     // tokens given

	prices  map[string]map[catalog.Key]catalog.Price // of the offerings of each pool
	known   map[string]bool                          // IDs of instances
	marks   []Pattern                                // of the round
	retries map[catalog.Key]int                      // requests for an offering that were to be made again, one after the other
	tries   map[*corev1.Pod]int                      // rounds in which a launch for the pod failed
	stopped map[catalog.Key]bool                     // offerings that failed for good since the last success
	late    map[string]lateRequest                   // by token
	dear    bool                                     // something was not launched for its cost
	waits   time.Duration                            // what fallbacks say of RetryAfter
	code    string                                   // of the last failure that says to stop
	curable bool                                     // some failure since the last success says otherwise
}

// A lateRequest is one that nodes may still come of, and where its answers will come.
type lateRequest struct {
	Request
	answers []<-chan answer
}

// How often the same is asked before something else is done.
const (
	maxRetries = 3 // requests for an offering that are answered: ask again
	maxStops   = 3 // offerings whose failure says: stop
)

func newRun(r Runner, p binpack.Problem) *run {
	return &run{
		Runner: r, cluster: cluster{problem: p, nominations: make([][]binpack.Placement, len(p.Existing))},
		prices: pricesOf(p), known: map[string]bool{}, retries: map[catalog.Key]int{}, tries: map[*corev1.Pod]int{},
		stopped: map[catalog.Key]bool{}, late: map[string]lateRequest{},
	}
}

// begin takes over the plan, whose pods must be those of the problem.
func (x *run) begin(plan binpack.Plan) error {
	left := waiting(x.cluster.problem)
	for i, l := range plan.Launches {
		if !take(left, l.Pods, l.Nodes()) {
			return fmt.Errorf("plan.Launches[%d]: its pods are not those of the problem", i)
		}
	}
	at := map[*corev1.Node]int{}
	for i, e := range x.cluster.problem.Existing {
		at[e.Node] = i
	}
	for i, n := range plan.Nominations {
		node, known := at[n.Node]
		if !known || !take(left, n.Pods, 1) {
			return fmt.Errorf("plan.Nominations[%d]: its node or pods are not those of the problem", i)
		}
		x.cluster.nominations[node] = append(x.cluster.nominations[node], n.Pods...)
	}
	x.cluster.queue = slices.Clone(plan.Launches)
	x.out.Planned = costOf(x.cluster.queue)
	return nil
}

// round asks for what is queued, and queues what is to be asked for next. It
// reports whether there is anything.
func (x *run) round(ctx context.Context) bool {
	x.out.Rounds++
	unasked := len(x.cluster.launched)
	failed := x.apply(x.requests(ctx))
	nodes := slices.ContainsFunc(x.cluster.launched[unasked:], func(l Launched) bool { return l.Unasked })
	rest := x.rest()
	switch {
	case len(x.cluster.again) == 0 && noneReady(waiting(rest)):
		return x.end(AllPlaced)
	case ctx.Err() != nil:
		return x.end(Interrupted)
	case len(x.cluster.again)+len(x.cluster.queue)+len(failed) == 0 && !nodes:
		return x.end(NothingLeft) // what is left was left by the plan
	case len(x.stopped) >= maxStops:
		return x.end(Stopped)
	case x.out.Rounds >= x.Rounds:
		return x.end(RoundsUsed)
	case x.asked >= x.Attempts:
		return x.end(AttemptsUsed)
	}
	if nodes {
		rest = x.fill(ctx, rest)
	}
	if len(failed) > 0 || nodes {
		x.propose(ctx, rest, failed)
	}
	switch {
	case len(x.cluster.again) > 0:
		if x.pause(ctx) != nil {
			return x.end(Interrupted)
		}
	case len(x.cluster.queue) == 0 && noneReady(waiting(x.rest())):
		return x.end(AllPlaced)
	case len(x.cluster.queue) == 0 && x.dear:
		return x.end(TooDear)
	case len(x.cluster.queue) == 0:
		return x.end(NothingLeft)
	}
	return true
}

func (x *run) end(e Ending) bool {
	x.out.Ended = e
	return false
}

// pause waits before requests are made again, twice as long each time.
func (x *run) pause(ctx context.Context) error {
	most := 0
	for _, n := range x.retries {
		most = max(most, n)
	}
	return x.Sleep(ctx, time.Second<<max(most-1, 0))
}

// requests makes the requests of a round, as far as they are allowed, and returns
// them with their answers. What then is queued waits for them.
func (x *run) requests(ctx context.Context) ([]Request, []answer) {
	now, later := x.cluster.heaviest()
	wanted := append(x.cluster.again, alike(now)...)
	x.cluster.again, x.cluster.queue = nil, later
	var made []Request
	var held []Request // for want of attempts or probes
	for _, r := range wanted {
		requests, rest := x.batches(r)
		made = append(made, requests...)
		if len(rest) > 0 {
			held = append(held, Request{Launches: rest})
		}
	}
	answers := x.ask(ctx, made)
	for _, r := range held {
		made = append(made, r)
		answers = append(answers, answer{Result: Result{Failures: []Failure{{Code: CodePaused}}}})
	}
	return made, answers
}

// alike returns a request without token for what is alike, in the order of the first
// launch of each.
func alike(launches []binpack.Launch) []Request {
	var requests []Request
	index := map[string]int{}
	for _, l := range launches {
		key := fmt.Sprintf("%q %q %q", l.Pool, l.Offering, l.Labels)
		i, known := index[key]
		if !known {
			i = len(requests)
			index[key] = i
			requests = append(requests, Request{})
		}
		requests[i].Launches = append(requests[i].Launches, l)
	}
	return requests
}

// batches returns the requests that are to be made for r, as far as they are allowed,
// and what is not. A request that is made whole keeps its token.
func (x *run) batches(r Request) (made []Request, rest []binpack.Launch) {
	rest = r.Launches
	if r.Node == nil {
		r.Node = x.cluster.problem.Node(r.Launches[0])
	}
	for len(rest) > 0 && x.asked < x.Attempts {
		batch, after := cut(rest, x.Batch)
		wanted := nodesIn(batch)
		allowed := x.Unavailable.Allow(r.Offering(), wanted)
		if allowed > 0 {
			batch, rest = cut(rest, allowed)
			token := r.Token
			if token == "" || allowed < wanted {
				token = x.token()
			}
			made = append(made, Request{Token: token, Launches: batch, Node: r.Node})
			x.asked++
		}
		if allowed < wanted {
			break
		}
		rest = after
	}
	return made, rest
}

func (x *run) token() string {
	x.named++
	return fmt.Sprintf("%s-%d", x.Name, x.named)
}

// rest returns the problem of the pods that wait.
func (x *run) rest() binpack.Problem {
	rest := x.cluster.problem.After(x.cluster.done())
	rest.Availability = All(rest.Availability, x.Unavailable)
	return rest
}
