package launch

import (
	"context"
	"errors"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// apply takes in what came of the requests: nodes, marks, and requests that are to
// be made again. It returns the launches that failed.
func (x *run) apply(requests []Request, answers []answer) []Failed {
	x.applyLate()
	var failed []Failed
	succeeded := false
	stopped := map[catalog.Key]bool{}
	for i, r := range requests {
		x.noteLate(r, &answers[i])
		short, stop := x.applyOne(r, answers[i])
		succeeded = succeeded || len(short) == 0
		if stop {
			stopped[r.Offering()] = true
		}
		failed = append(failed, short...)
	}
	for _, p := range x.marks { // after all successes: these may have been before them
		x.Unavailable.Mark(p)
	}
	x.marks = nil
	if succeeded {
		clear(x.stopped)
		x.curable = false
	}
	for k := range stopped {
		x.stopped[k] = true
	}
	x.countTries(failed)
	return failed
}

// countTries counts the rounds in which launches for a pod failed.
func (x *run) countTries(failed []Failed) {
	seen := map[*corev1.Pod]bool{}
	for i := range failed {
		for _, on := range failed[i].Launch.Pods {
			if !seen[on.Pod] {
				seen[on.Pod] = true
				x.tries[on.Pod]++
			}
			failed[i].Tries = max(failed[i].Tries, x.tries[on.Pod])
		}
	}
}

// noteLate notes whether nodes may still come of a request: one that has no answer
// yet, or whose answer is that it was cut off.
func (x *run) noteLate(r Request, a *answer) {
	cut := errors.Is(a.err, context.Canceled) || errors.Is(a.err, context.DeadlineExceeded)
	if a.late == nil && !cut {
		delete(x.late, r.Token)
		return
	}
	l := lateRequest{r, x.late[r.Token].answers}
	if a.late != nil {
		l.answers = append(l.answers, a.late)
	}
	x.late[r.Token] = l
	a.err = nil
	a.Failures = append(slices.Clone(a.Failures), Failure{Code: CodeUnanswered})
}

// applyLate takes in the answers that have come since: whatever nodes they bring,
// something else has been asked for in their stead.
func (x *run) applyLate() {
	for _, token := range slices.Sorted(maps.Keys(x.late)) {
		l := x.late[token]
		came := false
		for _, answers := range l.answers {
			select {
			case a := <-answers:
				came = true
				x.land(l.Request, a.Instances, 0)
			default:
			}
		}
		if came {
			delete(x.late, token)
		}
	}
}

// applyOne takes in one answer. It returns the launches that failed, and whether
// the answer says to stop.
func (x *run) applyOne(r Request, a answer) (failed []Failed, stop bool) {
	asked := r.Offering()
	landed := x.land(r, a.Instances, r.Nodes())
	_, short := cut(r.Launches, landed)
	promised, short := cut(short, min(max(a.Accepted, 0), nodesIn(short)))
	x.out.Cost += x.cluster.expect(r, promised)
	failures := failuresOf(asked, a, len(short) > 0)
	if r.Token != "" { // else it was not made
		x.out.Attempts = append(x.out.Attempts, Attempt{x.out.Rounds, r, a.Instances, failures, a.err})
	}
	if landed > 0 || len(promised) > 0 {
		x.retries[asked] = 0
	}
	if len(short) == 0 && len(failures) == 0 && len(promised) == 0 {
		x.Unavailable.Succeed(asked)
	}
	again := len(short) > 0 && x.retries[asked] < maxRetries
	for _, f := range failures {
		v := x.verdict(f)
		again = again && v.Action == Retry
		stop = stop || v.Action == Stop
		if v.Action == Stop {
			x.code = f.Code
		} else {
			x.curable = true
		}
	}
	if again {
		x.retries[asked]++
		if landed > 0 || len(promised) > 0 {
			r = Request{Token: x.token(), Launches: short, Node: r.Node}
		}
		x.cluster.again = append(x.cluster.again, r)
		return nil, false
	}
	x.mark(asked, failures, len(short) > 0)
	for _, l := range short {
		failed = append(failed, Failed{Launch: l, Failures: failures})
	}
	return failed, stop && len(short) > 0
}

// expect takes in the nodes of a request that are promised, and returns what they cost.
func (c *cluster) expect(r Request, promised []binpack.Launch) catalog.Price {
	for _, l := range promised {
		nodes := l.Nodes()
		l.Count = 1
		for range nodes {
			c.launched = append(c.launched, Launched{
				Instance: Instance{Offering: l.Offering}, Launch: l, Accepted: true, Token: r.Token,
			})
		}
	}
	return costOf(promised)
}

// land takes in the instances of an answer and returns how many of them were asked for: the
// first ones, at most most.
func (x *run) land(r Request, instances []Instance, most int) int {
	landed := 0
	rest := r.Launches // the nodes that are still to come
	for _, i := range instances {
		if i.ID != "" && x.known[i.ID] {
			continue
		}
		x.known[i.ID] = true
		l := Launched{Instance: i, Launch: rest[0], Token: r.Token}
		l.Launch.Count = 1
		if i.Offering == (catalog.Key{}) {
			l.Instance.Offering = r.Offering()
		}
		if l.Instance.Offering == r.Offering() && landed < most {
			landed++
			if _, after := cut(rest, 1); len(after) > 0 {
				rest = after
			}
		} else {
			l.Unasked = true
			l.Launch.Pods, l.Launch.Offering, l.Launch.Alternatives = nil, l.Instance.Offering, nil
			l.Launch.Price = x.prices[l.Launch.Pool][l.Launch.Offering]
			x.Unavailable.Succeed(l.Instance.Offering)
		}
		x.cluster.launched = append(x.cluster.launched, l)
		x.out.Cost += l.Launch.Price
	}
	return landed
}

// mark notes what the failures of a request close, and always what was asked for if
// it did not come.
func (x *run) mark(asked catalog.Key, failures []Failure, short bool) {
	if short && !slices.ContainsFunc(failures, func(f Failure) bool { return f.Code == CodePaused }) {
		x.marks = append(x.marks, Pattern{Offering: asked})
	}
	for _, f := range failures {
		if f.Code == CodePaused {
			continue
		}
		x.marks = append(x.marks, f.Patterns(x.verdict(f), x.Unavailable.groupOf(f.Offering))...)
	}
}

// pricesOf returns the prices of the offerings of each pool.
func pricesOf(p binpack.Problem) map[string]map[catalog.Key]catalog.Price {
	prices := map[string]map[catalog.Key]catalog.Price{}
	for _, q := range p.EffectivePools() {
		prices[q.Name] = map[catalog.Key]catalog.Price{}
		for k, o := range p.CatalogOf(&q).Offerings() {
			prices[q.Name][k] = o.Price
		}
	}
	return prices
}

// failuresOf returns the failures of an answer, each with its offering. Where nodes
// are missing there is one.
func failuresOf(asked catalog.Key, a answer, short bool) []Failure {
	failures := slices.Clone(a.Failures)
	if a.err != nil {
		failures = append(failures, Failure{Code: EC2CodeOf(a.err), Message: a.err.Error()})
	}
	if short && len(failures) == 0 {
		failures = []Failure{{Code: CodeUnknown}}
	}
	for i := range failures {
		if failures[i].Offering == (catalog.Key{}) {
			failures[i].Offering = asked
		}
	}
	return failures
}
