package deal

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/exchange"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// evenly is how much it counts that a node has more room than others, beside
// whether it has the room that a pod asks for more than others do.
const evenly = 0.1

// tiny keeps a quotient finite where nothing counts.
const tiny = 1e-300

// A dealer deals pods, one for each of the alike nodes that a node stands
// for. Sums over resources are in shares of the room of all nodes.
type dealer struct {
	m     *model.Model
	meter *work.Meter
	nodes []exchange.Node
	left  []int64   // per class, left to be dealt
	scale []float64 // per resource: what one unit of it counts
	asked []float64 // per resource, scaled: what the pods left to be dealt ask for
	room  []float64 // per node and resource, scaled
	rng   *rand.Rand
}

// Deal deals the pods of demand to empty nodes, launches[b] of each bin b. Each node
// stands for times alike ones. It takes what they hold out of demand. value is per class.
// When the context ends it deals no more.
func Deal(m *model.Model, launches []int64, times int64, demand, value []int64, meter *work.Meter) model.Solution {
	d := &dealer{m: m, meter: meter, left: make([]int64, len(demand)), rng: rand.New(rand.NewPCG(7, 8))}
	for c, n := range demand {
		d.left[c] = n / times
	}
	for b, n := range launches {
		for range n {
			d.nodes = append(d.nodes, exchange.NewNode(m, b, nil))
		}
	}
	d.measure()
	for _, c := range d.largestFirst() {
		d.class(c)
	}
	before := slices.Clone(d.left)
	d.exchange(value)
	for c, n := range d.left {
		if n > before[c] { // what one node gave back another may have room for
			d.class(c)
		}
	}

	var s model.Solution
	for _, n := range d.nodes {
		if len(n.Counts) > 0 {
			s = append(s, model.Column{Bin: n.Bin, Times: times, Counts: n.Counts})
		}
		for _, k := range n.Counts {
			demand[k.Class] -= k.N * times
		}
	}
	return s
}

// measure finds the scale. A resource that is asked for less than there is does not run
// out, and counts little.
func (d *dealer) measure() {
	d.scale, d.asked = make([]float64, d.m.Resources), make([]float64, d.m.Resources)
	room := make([]float64, d.m.Resources)
	for i := range d.nodes {
		for r, q := range d.nodes[i].Filling.Room {
			if q != model.Unlimited {
				room[r] += float64(q)
			}
		}
	}
	for c, n := range d.left {
		for r, q := range d.m.Classes[c].Requests {
			d.asked[r] += float64(float64(q) * float64(n))
		}
	}
	for r := range d.scale {
		if room[r] > 0 {
			tight := min(d.asked[r]/room[r], 1)
			tight *= tight
			d.scale[r] = tight * tight / room[r]
		}
		d.asked[r] *= d.scale[r]
	}
	d.room = make([]float64, len(d.nodes)*d.m.Resources)
	for i := range d.nodes {
		d.look(i)
	}
}

// look takes note of what room a node has.
func (d *dealer) look(i int) {
	for r, q := range d.nodes[i].Filling.Room {
		if q != model.Unlimited {
			d.room[i*d.m.Resources+r] = float64(q) * d.scale[r]
		}
	}
}

// largestFirst returns the classes by what a pod asks for most.
func (d *dealer) largestFirst() []int {
	var order []int
	size := make([]float64, len(d.left))
	for c, n := range d.left {
		if n == 0 {
			continue
		}
		order = append(order, c)
		for r, q := range d.m.Classes[c].Requests {
			size[c] = max(size[c], float64(q)*d.scale[r])
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(-cmp.Compare(size[a], size[b]), cmp.Compare(a, b)) })
	return order
}

// class deals the pods of one class, some at a time where they are many.
func (d *dealer) class(c int) {
	ask := make([]float64, d.m.Resources)
	for r, q := range d.m.Classes[c].Requests {
		ask[r] = float64(q) * d.scale[r]
	}
	aim := d.aim(ask)
	some := max(1, d.left[c]/int64(2*max(len(d.nodes), 1)))
	for d.left[c] > 0 && !d.meter.Interrupted() {
		i := d.best(c, aim)
		if i < 0 {
			break
		}
		n := d.nodes[i].Filling.Fit(c, min(some, d.left[c]))
		d.nodes[i].Put(c, n)
		d.left[c] -= n
		d.look(i)
		for r := range ask {
			d.asked[r] -= float64(ask[r] * float64(n))
		}
	}
	for r := range ask { // what found no place will find none
		d.asked[r] -= float64(ask[r] * float64(d.left[c]))
	}
}

// aim returns what a pod asks for beside what pods on average do: below zero is
// what it asks for less than others.
func (d *dealer) aim(ask []float64) []float64 {
	along, square := 0.0, 0.0
	for r := range ask {
		along += float64(ask[r] * d.asked[r])
		square += float64(d.asked[r] * d.asked[r])
	}
	aim := make([]float64, len(ask))
	for r := range aim {
		aim[r] = float64((1+evenly)*ask[r]) - float64(along/max(square, tiny)*d.asked[r])
	}
	return aim
}

// best returns the node with the most room in the direction of aim that holds a pod
// of class c, or -1.
func (d *dealer) best(c int, aim []float64) int {
	d.meter.Spend(len(d.nodes))
	best, most := -1, 0.0
	for i := range d.nodes {
		score := 0.0
		for r, a := range aim {
			score += float64(a * d.room[i*len(aim)+r])
		}
		if (best < 0 || score > most) && d.fits(i, c) {
			best, most = i, score
		}
	}
	return best
}

func (d *dealer) fits(i, c int) bool {
	return d.m.Bins[d.nodes[i].Bin].Admits.Has(c) && d.nodes[i].Filling.Fit(c, 1) > 0
}

// maxPartners bounds the classes, drawn at random, that pods of a node are
// exchanged for.
const maxPartners = 128

// exchange exchanges pods of the nodes for pods that found no place.
func (d *dealer) exchange(value []int64) {
	market := exchange.Market{Model: d.m, Value: value, Left: d.left, Meter: d.meter}
	for i := range d.nodes {
		var open []int
		for c, n := range d.left {
			if n > 0 {
				open = append(open, c)
			}
		}
		open = exchange.Draw(open, maxPartners, d.rng)
		market.ByValue(open)
		market.Improve(&d.nodes[i], open, nil)
	}
}
