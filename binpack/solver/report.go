package solver

import (
	"context"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/explain"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/catalog"
)

// report turns a solution of the model into launches and nominations of pods. It takes
// time and memory for what differs, not for each node.
func report(ctx context.Context, c *compile.Compiled, s model.Solution) binpack.Plan {
	p := c.Reading.Problem
	queues := queuesOf(c)
	labels := newLabeller(c)
	var plan binpack.Plan
	used := make([]int, len(c.OffersIn)) // existing nodes that are used, per bin
	nominations := make([][]binpack.Placement, len(p.Existing))
	for _, j := range s {
		for times := j.Times; times > 0; {
			o := &c.Offers[c.OffersIn[j.Bin][used[j.Bin]]]
			alike := int64(1)
			if o.Existing == nil {
				alike = alikeNodes(queues, j.Counts, times)
			}
			times -= alike
			pods := takeAll(queues, j.Counts, alike)
			if o.Existing != nil {
				used[j.Bin]++
				nominations[o.Existing.Number] = pods
				continue
			}
			plan.Launches = fold.Append(plan.Launches, binpack.Launch{
				Count: int(alike), Pool: c.Reading.Supply.Pools[o.Pool].Name, Offering: o.Key, Labels: labels.of(o, pods), Price: o.Offering.Price, Pods: pods,
			})
		}
	}
	for i, pods := range nominations {
		if len(pods) > 0 {
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: p.Existing[i].Node, Pods: pods})
		}
	}
	plan.Charge = catalog.Price(c.Options.Charge * launches(c, s))
	plan.Cost = catalog.Price(s.Cost(c.Model)) - plan.Charge
	plan.Unschedulable = leftOver(ctx, c, s)
	plan.Notes = explain.Notes(c.Reading)
	return plan
}

// launches returns how many nodes a solution launches.
func launches(c *compile.Compiled, s model.Solution) int64 {
	n := int64(0)
	for _, j := range s {
		if c.Offers[c.OffersIn[j.Bin][0]].Existing == nil {
			n += j.Times
		}
	}
	return n
}

// A queue is the pods of a class that wait for a place.
type queue struct {
	waiting []binpack.Placement
	used    int // of the first
}

// alikeNodes returns for how many of the next nodes with these counts, at most times and
// at least one, the pods come from the first placements of their queues: these nodes are
// alike.
func alikeNodes(queues []queue, counts []model.Count, times int64) int64 {
	for _, n := range counts {
		q := &queues[n.Class]
		times = min(times, int64(q.waiting[0].Count-q.used)/n.N)
	}
	return max(times, 1)
}

// takeAll takes the pods of a number of alike nodes from the queues, and returns those
// of each node.
func takeAll(queues []queue, counts []model.Count, nodes int64) []binpack.Placement {
	pods := make([]binpack.Placement, 0, len(counts))
	for _, n := range counts {
		from := len(pods)
		pods = queues[n.Class].take(pods, int(n.N*nodes))
		if nodes > 1 { // all from the first placement
			pods[from].Count = int(n.N)
		}
	}
	return pods
}

// take moves n pods from the queue to on.
func (q *queue) take(on []binpack.Placement, n int) []binpack.Placement {
	for n > 0 {
		first := q.waiting[0]
		k := min(n, first.Count-q.used)
		on = append(on, binpack.Placement{Pod: first.Pod, Count: k})
		n -= k
		if q.used += k; q.used == first.Count {
			q.waiting, q.used = q.waiting[1:], 0
		}
	}
	return on
}

// queuesOf returns a queue per class, kind after kind.
func queuesOf(c *compile.Compiled) []queue {
	queues := make([]queue, len(c.Model.Classes))
	for k, class := range c.ClassOf {
		if class >= 0 {
			queues[class].waiting = append(queues[class].waiting, c.Kinds[k].Pods...)
		}
	}
	return queues
}

// lateReasons is for how long reasons are looked for once the context has ended.
const lateReasons = 3 * time.Millisecond

// leftOver returns the pods that a solution leaves, with the reasons; when ctx has ended
// with those of the first kinds only, at least of one.
func leftOver(ctx context.Context, c *compile.Compiled, s model.Solution) []binpack.Unschedulable {
	var x *explain.Explainer
	var late time.Time // when ctx was first found to have ended
	var out []binpack.Unschedulable
	for k, n := range c.LeftOf(s) {
		if n == 0 {
			continue
		}
		if x == nil {
			x = explain.New(c, s)
		}
		var reasons []binpack.PoolReason
		var existing *binpack.NodeReason
		if late.IsZero() || time.Since(late) < lateReasons {
			reasons, existing = x.Explain(k), x.Existing(k)
		}
		if late.IsZero() && ctx.Err() != nil {
			late = time.Now()
		}
		_, left := fold.Split(c.Kinds[k].Pods, c.Kinds[k].Count-n)
		for _, w := range left {
			out = append(out, binpack.Unschedulable{Pod: w.Pod, Count: w.Count, Reasons: x.Named(k, reasons, w.Pod), Existing: existing})
		}
	}
	return out
}
