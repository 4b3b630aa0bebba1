package knapsack

import (
	"math/rand/v2"

	"github.com/stowage/stowage/binpack/internal/model"
)

// maxOut is the most pods that an exchange takes out.
const maxOut = 3

// A nodeLoad is the node that is being filled, pod by pod.
type nodeLoad struct {
	pods  []int32 // the class of each
	on    []int64 // per class
	worth int64
	unit  []float64 // per resource, what one unit is worth in this node
	extra []float64 // per class, what a pod is worth more than what it takes
	out   []int32   // what the present exchange took out
}

// setWorth sets what the resources of the node are worth.
func (f *Filler) setWorth(b int, state *binState) {
	l := &f.load
	l.unit, l.extra = l.unit[:0], l.extra[:0]
	for r, w := range state.lambda {
		if c := f.m.Bins[b].Capacity[r]; c == model.Unlimited || c <= 0 {
			w = 0
		} else {
			w /= float64(c)
		}
		l.unit = append(l.unit, w)
	}
	for c := range f.m.Classes {
		e := 0.0
		if f.limit[c] > 0 && f.value[c] > 0 {
			e = float64(f.value[c])
			for r, q := range f.m.Classes[c].Requests {
				e -= float64(l.unit[r] * float64(q))
			}
		}
		l.extra = append(l.extra, e)
	}
}

// start takes the filling that was found as the load.
func (f *Filler) start(worth int64) {
	l := &f.load
	l.reset(len(f.m.Classes))
	for i, n := range f.best {
		c := f.items[i].class
		f.node.Take(c, n)
		l.add(c, n+f.taken[i])
	}
	l.worth = worth
}

// resume takes what is left of an earlier filling as the load.
func (f *Filler) resume(b int, counts []model.Count) {
	l := &f.load
	l.reset(len(f.m.Classes))
	f.node.Empty(b)
	for _, n := range counts {
		k := min(n.N, f.limit[n.Class])
		if f.value[n.Class] <= 0 || k == 0 {
			continue
		}
		if k = f.node.Fit(n.Class, k); k > 0 {
			f.node.Take(n.Class, k)
			l.add(n.Class, k)
			l.worth += k * f.value[n.Class]
		}
	}
}

// exchange takes some pods out and puts the best subset in their place, if that
// is worth more.
func (f *Filler) exchange(s *subsets, rng *rand.Rand) {
	l := &f.load
	l.out = l.out[:0]
	worth := int64(0)
	for range min(rng.IntN(maxOut+1), len(l.pods)) {
		c := l.remove(rng.IntN(len(l.pods)))
		f.node.Take(int(c), -1)
		worth += f.value[c]
		l.out = append(l.out, c)
	}
	most := 0.0
	for r, w := range l.unit {
		most += float64(w * float64(f.node.Room[r]))
	}
	extra := 0.0
	for c, e := range l.extra {
		if e > extra && l.on[c] < f.limit[c] {
			extra = e
		}
	}
	g, looks := s.find(f.node.Room, int64(most+float64(maxSubsetPods*extra)), worth, l.on, f.limit)
	f.meter.Spend(5 + (looks+len(l.extra))/24)
	in := l.out
	if g >= 0 {
		in = s.sets[g][:]
		l.worth += s.value[g] - worth
	}
	for _, c := range in {
		if c != none {
			f.node.Take(int(c), 1)
			l.add(int(c), 1)
		}
	}
}

func (l *nodeLoad) reset(classes int) {
	l.pods, l.on, l.worth = l.pods[:0], append(l.on[:0], make([]int64, classes)...), 0
}

func (l *nodeLoad) add(c int, n int64) {
	l.on[c] += n
	for range n {
		l.pods = append(l.pods, int32(c))
	}
}

func (l *nodeLoad) remove(i int) int32 {
	c, last := l.pods[i], len(l.pods)-1
	l.pods[i] = l.pods[last]
	l.pods = l.pods[:last]
	l.on[c]--
	return c
}

func (l *nodeLoad) filled() Filled {
	f := Filled{Worth: l.worth}
	for c, n := range l.on {
		if n > 0 {
			f.Counts = append(f.Counts, model.Count{Class: c, N: n})
		}
	}
	return f
}
