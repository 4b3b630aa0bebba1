package tabu

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// leastTenure is how many moves a unit that left a node stays away from it at least, and tenures how many more at most.
	leastTenure, tenures = 3, 8
	// looksPerTick is how many moves are looked at in one tick, and shiftLooks how many the question counts as whether a pod may be of
	// another class.
	looksPerTick, shiftLooks = 3, 20
	// placeTicks is what a node counts as before the first move.
	placeTicks = 20
	none       = -1
)

// A place is a node with pods, perhaps too many.
type place struct {
	bin     int
	class   []int   // per unit, as units have it
	counts  []int64 // per unit
	held    []int   // units that it holds
	room    []int64 // per resource; below 0: it has too many
	over    float64
	closed  []int          // per unit, the move until which none comes back
	filling *model.Filling // what rules about the pods of a node see; nil: there are none
}

// A packing is a search for a way to put pods on given nodes.
type packing struct {
	*units
	places []place
	scale  []float64 // per resource, of an amount that is too much
	rng    *rand.Rand
	shifts [][2]int // made so far

	now   int       // moves
	least float64   // that was too much so far
	gains []float64 // per unit that leaves a place, and that comes or none, what is too much then
	may   map[[2]int]bool
	looks int
}

// pack returns what nodes of the part after the exchange hold, if they hold all its pods; nil: that is not known. Then the trader is as
// it was.
func (s *Search) pack(p *part, u *units, x *exchange) model.Solution {
	k := &packing{units: u, rng: s.rng, may: map[[2]int]bool{}, gains: make([]float64, len(u.list)*(len(u.list)+1))}
	var out []model.Count
	for i := range p.nodes {
		if slices.Contains(x.out, i) {
			out = append(out, p.nodes[i].Counts...)
		} else {
			k.places = append(k.places, k.place(&p.nodes[i]))
		}
	}
	for _, b := range x.in {
		k.places = append(k.places, k.place(&model.Column{Bin: b}))
	}
	k.setScale()
	found := k.insert(out)
	for wait := 0; found && k.excess() > 0; wait++ {
		if s.meter.Spend(1 + k.looks/looksPerTick); wait == s.patience || s.meter.Done() {
			found = false
			break
		}
		k.looks = 0
		if k.step(); k.excess() < k.least {
			k.least, wait = k.excess(), 0
		}
	}
	s.meter.Spend(placeTicks*len(k.places) + k.looks/looksPerTick)
	if !found {
		for _, shift := range slices.Backward(k.shifts) {
			u.trader.Undo(shift[0], shift[1])
		}
		return nil
	}
	return k.solution()
}

// place returns a node as it is.
func (k *packing) place(j *model.Column) place {
	n := len(k.list)
	x := place{bin: j.Bin, class: k.on(j.Bin), counts: make([]int64, n), closed: make([]int, n)}
	for _, c := range k.m.Bins[j.Bin].Capacity {
		x.room = append(x.room, limited(c))
	}
	if k.open != nil {
		x.filling = model.NewFilling(k.open)
		x.filling.Empty(j.Bin)
	}
	for _, n := range j.Counts {
		k.put(&x, k.of[n.Class], n.N)
	}
	return x
}

// setScale sets what amounts count that are too much: parts of a node.
func (k *packing) setScale() {
	k.scale = make([]float64, k.m.Resources)
	for r := range k.scale {
		sum := 0.0
		for i := range k.places {
			if c := k.m.Bins[k.places[i].bin].Capacity[r]; c != model.Unlimited {
				sum += float64(c)
			}
		}
		if sum > 0 {
			k.scale[r] = float64(len(k.places)) / sum
		}
	}
	for i := range k.places {
		k.places[i].over = k.over(&k.places[i], nil, nil)
	}
}

// over returns how much is too much on a place that gains a pod and loses another; nil: none.
func (k *packing) over(x *place, loses, gains []int64) (sum float64) {
	for r, n := range x.room {
		if loses != nil {
			n += loses[r]
		}
		if gains != nil {
			n -= gains[r]
		}
		if n < 0 {
			sum += float64(float64(-n) * k.scale[r])
		}
	}
	return sum
}

// excess returns how much is too much on all places.
func (k *packing) excess() (sum float64) {
	for i := range k.places {
		sum += k.places[i].over
	}
	return sum
}

// put puts n more pods of a unit on a place.
func (k *packing) put(x *place, u int, n int64) {
	if x.filling != nil {
		x.filling.Take(x.class[u], n)
	}
	switch x.counts[u] += n; {
	case x.counts[u] == 0:
		x.held = slices.DeleteFunc(x.held, func(v int) bool { return v == u })
	case x.counts[u] == n:
		x.held = append(x.held, u)
	}
	for r, q := range k.list[u].requests {
		x.room[r] -= n * q
	}
	if k.scale != nil {
		x.over = k.over(x, nil, nil)
	}
}

// insert puts pods on the places, the large ones first, each where it makes least too much. It reports whether rules allow that.
func (k *packing) insert(pods []model.Count) bool {
	weight := func(c int) (sum float64) {
		for r, q := range k.m.Classes[c].Requests {
			sum += float64(float64(q) * k.scale[r])
		}
		return sum
	}
	slices.SortStableFunc(pods, func(a, b model.Count) int {
		return cmp.Or(cmp.Compare(weight(b.Class), weight(a.Class)), cmp.Compare(a.Class, b.Class))
	})
	for _, n := range pods {
		u := k.of[n.Class]
		for range n.N {
			best, least := none, 0.0
			for i := range k.places {
				x := &k.places[i]
				if x.class[u] < 0 {
					continue
				}
				k.looks++
				more := k.over(x, nil, k.list[u].requests) - x.over
				if (best < 0 || more < least) && k.takes(x, none, u) && k.shiftable(n.Class, x.class[u]) {
					best, least = i, more
				}
			}
			if best < 0 || !k.shift(n.Class, k.places[best].class[u]) {
				return false
			}
			k.put(&k.places[best], u, 1)
		}
	}
	k.least = k.excess()
	return true
}

// A move takes a pod from place i to place j, and perhaps another one from there to i.
type move struct {
	i, j     int
	out, in  int     // units that leave i and come; none: just one leaves
	change   float64 // of what is too much
	possible bool
}

// step makes the best of the moves that take a pod off some place that has too many.
func (k *packing) step() {
	k.now++
	i := k.crowded()
	k.weigh(&k.places[i])
	best, ties, excess := move{}, 0, k.excess()
	for j := range k.places {
		if j != i {
			k.compare(i, j, excess, &best, &ties)
		}
	}
	if best.possible {
		k.make(&best)
	}
}

// weigh computes what is too much on a place after each exchange of a pod on it for another, or for none.
func (k *packing) weigh(a *place) {
	width := len(k.list) + 1
	for _, u := range a.held {
		row := k.gains[u*width : (u+1)*width]
		row[0] = k.over(a, k.list[u].requests, nil) - a.over
		for v := range k.list {
			row[1+v] = 0
			if a.class[v] >= 0 && u != v {
				row[1+v] = k.over(a, k.list[u].requests, k.list[v].requests) - a.over
			}
		}
	}
	k.looks += len(a.held) * width
}

// compare makes best the best of the moves from place i to place j, where one is better. Of equal ones it is any: ties were seen so far.
func (k *packing) compare(i, j int, excess float64, best *move, ties *int) {
	a, b, width := &k.places[i], &k.places[j], len(k.list)+1
	for _, u := range a.held {
		if b.class[u] < 0 {
			continue
		}
		row := k.gains[u*width : (u+1)*width]
		for at := -1; at < len(b.held); at++ {
			v, loses := none, []int64(nil)
			if at >= 0 {
				v = b.held[at]
				loses = k.list[v].requests
			}
			change := row[1+v]
			if change >= 0 || best.possible && change-b.over > best.change {
				continue
			}
			k.looks++
			change += k.over(b, loses, k.list[u].requests) - b.over
			if best.possible && change > best.change || excess+change >= k.least && (b.closed[u] > k.now || v >= 0 && a.closed[v] > k.now) {
				continue
			}
			if best.possible && change == best.change {
				if *ties++; k.rng.IntN(*ties+1) > 0 {
					continue
				}
			} else {
				*ties = 0
			}
			if x := (move{i, j, u, v, change, true}); k.allowed(&x) {
				*best = x
			}
		}
	}
}

// crowded returns one of the places that have too many pods.
func (k *packing) crowded() int {
	at, n := none, 0
	for i := range k.places {
		if k.places[i].over > 0 {
			if n++; k.rng.IntN(n) == 0 {
				at = i
			}
		}
	}
	return at
}

// allowed reports whether rules allow a move, as far as they see one pod.
func (k *packing) allowed(x *move) bool {
	a, b := &k.places[x.i], &k.places[x.j]
	return k.takes(b, x.in, x.out) && k.shiftable(a.class[x.out], b.class[x.out]) &&
		(x.in < 0 || k.takes(a, x.out, x.in) && k.shiftable(b.class[x.in], a.class[x.in]))
}

// takes reports whether rules about the pods of a node allow one of a unit on a place in exchange for another.
func (k *packing) takes(x *place, loses, gains int) bool {
	if x.filling == nil {
		return true
	}
	if loses >= 0 {
		x.filling.Take(x.class[loses], -1)
		defer x.filling.Take(x.class[loses], 1)
	}
	return x.filling.Fit(x.class[gains], 1) > 0
}

// shiftable reports whether a pod of one class may be of another.
func (k *packing) shiftable(from, to int) bool {
	if from == to {
		return true
	}
	may, known := k.may[[2]int{from, to}]
	if !known {
		k.looks += shiftLooks
		if may = k.trader.Shift(from, to); may {
			k.trader.Undo(from, to)
		}
		k.may[[2]int{from, to}] = may
	}
	return may
}

// shift makes a pod of one class one of another, if that is allowed.
func (k *packing) shift(from, to int) bool {
	if from == to {
		return true
	}
	if !k.trader.Shift(from, to) {
		return false
	}
	k.shifts = append(k.shifts, [2]int{from, to})
	clear(k.may)
	return true
}

// make makes a move. Where rules do not allow both its pods to go, just the place is closed for a while.
func (k *packing) make(x *move) {
	a, b := &k.places[x.i], &k.places[x.j]
	until := func() int { return k.now + leastTenure + k.rng.IntN(tenures) }
	if !k.shift(a.class[x.out], b.class[x.out]) {
		b.closed[x.out] = until()
		return
	}
	if x.in >= 0 && !k.shift(b.class[x.in], a.class[x.in]) {
		if from, to := a.class[x.out], b.class[x.out]; from != to {
			k.trader.Undo(from, to)
			k.shifts = k.shifts[:len(k.shifts)-1]
		}
		a.closed[x.in] = until()
		return
	}
	k.put(a, x.out, -1)
	if x.in >= 0 {
		k.put(b, x.in, -1)
		k.put(a, x.in, 1)
		b.closed[x.in] = until()
	}
	k.put(b, x.out, 1)
	a.closed[x.out] = until()
}

// solution returns what the places hold.
func (k *packing) solution() (out model.Solution) {
	for i := range k.places {
		x, pods := &k.places[i], make([]int64, len(k.m.Classes))
		for _, u := range x.held {
			pods[x.class[u]] = x.counts[u]
		}
		if len(x.held) > 0 {
			out = append(out, model.ColumnOf(x.bin, 1, pods))
		}
	}
	return out
}
