package binpack

import (
	"maps"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/catalog"
)

// report turns a solution of the model into launches and nominations of pods.
func (c *compiled) report(p *Problem, s model.Solution) Plan {
	queues := c.queues()
	var plan Plan
	used := make([]int, len(c.offersIn)) // nodes that are up, per bin
	nominations := make([][]Placement, len(p.Existing))
	for _, j := range s {
		for range j.Times {
			pods := make([]Placement, 0, len(j.Counts))
			for _, n := range j.Counts {
				pods = queues[n.Class].take(pods, int(n.N))
			}
			o := &c.supply.offers[c.offersIn[j.Bin][used[j.Bin]]]
			if o.node != nil {
				used[j.Bin]++
				nominations[o.node.number] = pods
				continue
			}
			plan.Launches = append(plan.Launches, Launch{Pool: c.supply.pools[o.pool].Name, Offering: o.key, Labels: maps.Clone(o.chosen), Price: o.offering.Price, Pods: pods})
		}
	}
	for i, pods := range nominations {
		if len(pods) > 0 {
			plan.Nominations = append(plan.Nominations, Nomination{p.Existing[i].Node, pods})
		}
	}
	plan.Cost = catalog.Price(s.Cost(c.model))
	plan.Unschedulable = c.leftOver(p, queues, s)
	return plan
}

// A queue is the pods of a class that wait for a place.
type queue struct {
	waiting []Placement
	used    int // of the first
}

// take moves n pods from the queue to on.
func (q *queue) take(on []Placement, n int) []Placement {
	for n > 0 {
		first := q.waiting[0]
		k := min(n, first.Count-q.used)
		on = append(on, Placement{first.Pod, k})
		n -= k
		if q.used += k; q.used == first.Count {
			q.waiting, q.used = q.waiting[1:], 0
		}
	}
	return on
}

// queues returns a queue per class, kind after kind.
func (c *compiled) queues() []queue {
	queues := make([]queue, len(c.model.Classes))
	for k, class := range c.classOf {
		if class >= 0 {
			queues[class].waiting = append(queues[class].waiting, c.kinds[k].pods...)
		}
	}
	return queues
}

// leftOver returns the pods that are in no queue or still wait there, with the
// reasons.
func (c *compiled) leftOver(p *Problem, queues []queue, s model.Solution) []Unschedulable {
	var x *explainer
	placed := make([]int64, len(queues)) // of each class, kind after kind
	for class := range queues {
		placed[class] = c.model.Classes[class].Count
		for _, w := range queues[class].waiting {
			placed[class] -= int64(w.Count)
		}
		placed[class] += int64(queues[class].used)
	}
	var out []Unschedulable
	for k := range c.kinds {
		skip := int64(0)
		if class := c.classOf[k]; class >= 0 {
			skip = min(placed[class], c.kinds[k].count)
			placed[class] -= skip
		}
		if skip == c.kinds[k].count {
			continue
		}
		if x == nil {
			x = c.explainer(p, s)
		}
		reasons := x.explain(k)
		for _, w := range c.kinds[k].pods {
			n := min(skip, int64(w.Count))
			skip -= n
			if left := w.Count - int(n); left > 0 {
				out = append(out, Unschedulable{Pod: w.Pod, Count: left, Reasons: x.named(k, reasons, w.Pod)})
			}
		}
	}
	return out
}
