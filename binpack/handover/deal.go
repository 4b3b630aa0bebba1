package handover

import (
	"cmp"
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/stowage/stowage/binpack/internal/occupancy"
)

const (
	maxPushes = 2000            // times that a deal pushes pods out of a node at the most
	stirs     = 30              // pods that are moved at random after each
	forget    = 200             // pushes, after which all pods are as easy to push again as at first
	dealing   = 2 * time.Second // that a deal takes at the most
)

// end returns the world in which all pods that wait may be on their nodes.
func (r *run) end(v *view) *occupancy.World {
	w := r.world(v)
	for _, it := range v.items {
		if r.waitsOn(v, it) {
			w.Add(it.kind, w.At(it.target.Name), 1, false)
		}
	}
	return w
}

// deal gives other nodes of the handover to pods that cannot stay on their own, as something
// else has taken their room: pods that tolerate every taint, and so could not be held, or
// what was placed otherwise than planned. It reports whether there were any.
func (r *run) deal(ctx context.Context, v *view) bool {
	d := newDealer(r, v)
	full := d.displaced(r, v)
	r.give(v, d.deal(ctx, full))
	return len(full) > 0
}

// rehome gives other nodes of the handover to the pods, which have lost their own. Those
// that find none are lost, but for those that it returns: their rules may yet come to hold.
func (r *run) rehome(ctx context.Context, v *view, full []*item) []*item {
	if len(full) == 0 {
		return nil
	}
	d := newDealer(r, v)
	for _, it := range full {
		d.leave(it, d.home(it))
	}
	return r.give(v, d.deal(ctx, full))
}

// give makes the nodes the pods' own; nil: the pod has none. It returns those pods without
// that only the rules between pods keep off their nodes.
func (r *run) give(v *view, where map[*item]*bay) []*item {
	var left []*item
	for _, it := range v.items {
		b, dealt := where[it]
		switch m := it.memory; {
		case !dealt:
		case b == nil && it.why == occupancy.ByPods:
			left = append(left, it)
		case b == nil:
			m.lost, m.detail = NoRoom, string(cmp.Or(it.why, occupancy.ByRoom))
		case b.id != it.node:
			m.moved, m.given, m.node, m.seen = b.id, 0, "", false
		}
	}
	return left
}

// A dealer finds nodes of the handover for pods that have none. Where a pod finds no room
// it pushes others out of a node, which have none then, and so on. Only pods that are held
// can be pushed.
type dealer struct {
	world  *occupancy.World // all that wait may be on their nodes
	bays   []*bay
	sizes  *sizes
	random *rand.Rand // always the same
	clock  func() time.Time
}

func newDealer(r *run, v *view) *dealer {
	d := &dealer{clock: r.driver.Clock, world: r.end(v), random: rand.New(rand.NewPCG(1, 19))}
	byID := map[string]*bay{}
	for _, id := range r.ids {
		if v.ready[id] {
			byID[id] = &bay{id: id, at: d.world.At(v.nodes[id].Name)}
			d.bays = append(d.bays, byID[id])
		}
	}
	d.sizes = newSizes(d.world, d.bays)
	for _, it := range v.items {
		if r.waitsOn(v, it) {
			d.sizes.know(it.kind)
			byID[it.node].hold(it, d.sizes)
		}
	}
	return d
}

// home returns the pod's own node.
func (d *dealer) home(it *item) *bay {
	return d.bays[slices.IndexFunc(d.bays, func(b *bay) bool { return b.id == it.node })]
}

// leave takes a pod off the node.
func (d *dealer) leave(it *item, b *bay) {
	d.world.Add(it.kind, b.at, -1, false)
	b.held = slices.DeleteFunc(b.held, func(other *item) bool { return other == it })
}

// put puts a pod on the node.
func (d *dealer) put(it *item, b *bay) {
	d.world.Add(it.kind, b.at, 1, false)
	b.hold(it, d.sizes)
}

// enter puts a pod on the node if nothing keeps it off, and reports whether.
func (d *dealer) enter(it *item, b *bay) bool {
	d.put(it, b)
	if d.world.Refusal(it.kind, b.at) == occupancy.Admitted {
		return true
	}
	d.leave(it, b)
	return false
}

// displaced takes the pods off their nodes that cannot stay there.
func (d *dealer) displaced(r *run, v *view) []*item {
	var out []*item
	for _, b := range d.bays {
		pushed, _, _ := d.sizes.push(b, nil)
		for _, it := range pushed {
			d.leave(it, b)
		}
		out = append(out, pushed...)
	}
	for _, it := range v.items {
		if !r.waitsOn(v, it) || slices.Contains(out, it) {
			continue
		}
		b := d.home(it)
		if it.why = d.world.Refusal(it.kind, b.at); it.why == occupancy.ByNode || it.why == occupancy.ByRoom {
			d.leave(it, b)
			out = append(out, it)
		}
	}
	return out
}

// deal puts the pods, which are on no node of the world, on nodes. It returns all pods
// that have other nodes in the end; nil: none. When ctx ends or the time is over, it is the
// best that was found so far.
func (d *dealer) deal(ctx context.Context, without []*item) map[*item]*bay {
	where := map[*item]*bay{}
	best, least := where, math.Inf(1)
	end := d.clock().Add(dealing)
	late := func() bool { return ctx.Err() != nil || !d.clock().Before(end) }
	for n := range maxPushes {
		if n > 0 && late() {
			break
		}
		if n%forget == forget-1 {
			d.sizes.relax()
		}
		left := 0.0
		slices.SortStableFunc(without, func(a, b *item) int { return cmp.Compare(d.sizes.of[b.kind].share, d.sizes.of[a.kind].share) })
		without = slices.DeleteFunc(without, func(it *item) bool {
			where[it] = nil
			if !late() {
				where[it], _ = d.place(it, false)
			}
			if where[it] == nil {
				left += d.sizes.of[it.kind].share
			}
			return where[it] != nil
		})
		if len(without) == 0 {
			d.goHome(where)
			return where
		}
		if left < least {
			best, least = maps.Clone(where), left
		}
		d.random.Shuffle(len(without), func(i, j int) { without[i], without[j] = without[j], without[i] })
		i := slices.IndexFunc(without, func(it *item) bool {
			b, pushed := d.place(it, true)
			where[it] = b
			for _, other := range pushed {
				where[other] = nil
			}
			without = append(without, pushed...)
			return b != nil
		})
		if i < 0 {
			break
		}
		without = slices.Delete(without, i, i+1)
		for range stirs {
			d.stir(where)
		}
	}
	return best
}

// place puts the pod on the node where it pushes out what is the easiest to push, and
// returns that; only where it pushes nothing, if it may not. nil: nowhere.
func (d *dealer) place(it *item, mayPush bool) (*bay, []*item) {
	type option struct {
		bay    *bay
		pushed []*item
		cost   float64
	}
	var options []option
	for _, b := range d.bays {
		if !b.at.Admits(it.kind) {
			continue
		}
		if pushed, cost, ok := d.sizes.push(b, it.kind); ok && (mayPush || len(pushed) == 0) {
			options = append(options, option{b, pushed, cost})
		}
	}
	slices.SortStableFunc(options, func(a, b option) int { return cmp.Compare(a.cost, b.cost) })
	for _, o := range options {
		for _, other := range o.pushed {
			d.leave(other, o.bay)
		}
		if d.enter(it, o.bay) {
			if mayPush {
				d.sizes.of[it.kind].tight++
			}
			return o.bay, o.pushed
		}
		for _, other := range o.pushed {
			d.put(other, o.bay)
		}
	}
	return nil, nil
}

// stir moves one pod to another node that has room for it, both at random.
func (d *dealer) stir(where map[*item]*bay) {
	from, to := d.bays[d.random.IntN(len(d.bays))], d.bays[d.random.IntN(len(d.bays))]
	if from == to || len(from.held) == 0 {
		return
	}
	it := from.held[d.random.IntN(len(from.held))]
	if pushed, _, ok := d.sizes.push(to, it.kind); !ok || len(pushed) > 0 || !to.at.Admits(it.kind) {
		return
	}
	d.leave(it, from)
	if !d.enter(it, to) {
		d.put(it, from)
		return
	}
	where[it] = to
}

// goHome puts pods that were moved back on their own nodes, where these have room all the
// same.
func (d *dealer) goHome(where map[*item]*bay) {
	for _, b := range d.bays {
		for _, it := range slices.Clone(b.held) {
			if where[it] != b || b.id == it.node {
				continue
			}
			d.leave(it, b)
			if home := d.home(it); d.enter(it, home) {
				where[it] = home
			} else {
				d.put(it, b)
			}
		}
	}
}
