package tabu

import (
	"cmp"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// slackTol: nodes may hold a little more than is known, so slack may be this far below 0, of what there is to hold.
	slackTol = 5e-4
	// mostFull bounds the bins that may be launched, those that lose the smallest part of their price, and mostCheap those beside them,
	// which lose least.
	mostFull, mostCheap = 40, 20
	// mostChoices bounds what may be launched together.
	mostChoices = 200_000
	// choicesPerTick is how many are looked at in one tick.
	choicesPerTick = 4
)

// A part is the nodes of a solution that are looked at together.
type part struct {
	m     *model.Model
	nodes []model.Column // one launch each
	stay  model.Solution // what else is launched
	free  []int64        // of the caps
	cuts  []model.Cut
	spare []int64 // per cut, what all launches hold beyond it
}

func (p *part) whole() bool { return len(p.stay) == 0 }

// part chooses nodes of a solution.
func (s *Search) part(m *model.Model, from model.Solution, cuts []model.Cut) *part {
	p := &part{m: m, free: from.Free(m), cuts: cuts}
	all := int64(0)
	for _, j := range from {
		all += j.Times
	}
	chosen := make([]int64, len(from))
	if all <= mostWhole {
		for i, j := range from {
			chosen[i] = j.Times
		}
	} else {
		for range someNodes {
			at := s.rng.Int64N(all)
			for i, j := range from {
				if at -= j.Times; at < 0 {
					chosen[i] = min(chosen[i]+1, j.Times)
					break
				}
			}
		}
	}
	for i, j := range from {
		for range chosen[i] {
			p.nodes = append(p.nodes, model.Column{Bin: j.Bin, Times: 1, Counts: j.Counts})
		}
		if j.Times -= chosen[i]; j.Times > 0 {
			p.stay = append(p.stay, j)
		}
	}
	for _, c := range cuts {
		sum := -c.Least
		for _, j := range from {
			sum = arith.Add(sum, arith.Mul(j.Times, c.Most[j.Bin]))
		}
		p.spare = append(p.spare, sum)
	}
	return p
}

// A choice is bins to be launched together.
type choice struct {
	bins  []int
	price int64
	gain  float64
}

// chosen returns, by depth, choices of that many bins or fewer, by price.
func (s *Search) chosen(m *model.Model) [][]choice {
	out := [][]choice{{{}}}
	last := out[0]
	for depth := 1; depth <= lastDepth && len(last)*len(s.bins) <= mostChoices; depth++ {
		var next []choice
		for _, d := range last {
			for _, b := range s.bins {
				if n := len(d.bins); n == 0 || b >= d.bins[n-1] {
					next = append(next, choice{append(slices.Clip(d.bins), b), d.price + m.Bins[b].Price, d.gain + s.gains[b]})
				}
			}
		}
		all := slices.Concat(out[depth-1], next)
		slices.SortStableFunc(all, func(a, b choice) int { return cmp.Compare(a.price, b.price) })
		out, last = append(out, all), next
		s.meter.Spend(len(all))
	}
	return out
}

// likely returns the bins that may be launched.
func (s *Search) likely(m *model.Model) []int {
	var bins []int
	most := 0.0 // value for money
	for b := range m.Bins {
		if price := m.Bins[b].Price; price > 0 && s.gains[b] > 0 {
			bins = append(bins, b)
			most = max(most, s.gains[b]/float64(price))
		}
	}
	loss := func(b int) float64 { return float64(most*float64(m.Bins[b].Price)) - s.gains[b] }
	slices.SortStableFunc(bins, func(a, b int) int {
		return cmp.Compare(loss(a)/float64(m.Bins[a].Price), loss(b)/float64(m.Bins[b].Price))
	})
	if len(bins) > mostFull {
		slices.SortStableFunc(bins[mostFull:], func(a, b int) int { return cmp.Compare(loss(a), loss(b)) })
		bins = bins[:min(len(bins), mostFull+mostCheap)]
	}
	slices.Sort(bins)
	return bins
}

// An exchange takes some nodes of a part out and launches others.
type exchange struct {
	out   []int // nodes of the part
	in    []int // bins
	slack float64
}

// exchanges returns those after which the part costs less and may hold its pods, by slack.
func (s *Search) exchanges(p *part) []exchange {
	l := s.looking(p)
	l.choose(0, 0, nil)
	s.meter.Spend(1 + l.looks/choicesPerTick)
	slices.SortStableFunc(l.list, func(a, b exchange) int { return cmp.Compare(b.slack, a.slack) })
	return l.list
}

// looking is a look for exchanges of a part.
type looking struct {
	*Search
	*part
	useful  []bool      // per bin: it admits some of the pods
	have    []int       // one node of each bin that costs something
	number  map[int]int // per such bin, nodes
	worth   float64     // of all pods
	slack   float64     // as it is
	most    float64     // value for money
	room    []int64     // per resource, as it is
	choices []choice    // that may be launched
	looks   int
	list    []exchange
}

func (s *Search) looking(p *part) *looking {
	l := &looking{Search: s, part: p, useful: make([]bool, len(p.m.Bins)), number: map[int]int{}, room: make([]int64, p.m.Resources), choices: s.choices[min(s.depth, len(s.choices)-1)]}
	for i := range p.nodes {
		j := &p.nodes[i]
		l.worth += s.worth(j.Counts)
		l.slack += s.holds(j) - s.worth(j.Counts)
		for r, c := range p.m.Bins[j.Bin].Capacity {
			l.room[r] += limited(c)
		}
		for _, n := range j.Counts {
			for r, q := range p.m.Classes[n.Class].Requests {
				l.room[r] -= n.N * q
			}
			for _, b := range s.bins {
				l.useful[b] = l.useful[b] || p.m.Bins[b].Admits.Has(n.Class)
			}
		}
		if p.m.Bins[j.Bin].Price == 0 {
			continue
		}
		if l.number[j.Bin]++; l.number[j.Bin] == 1 {
			l.have = append(l.have, i)
		}
	}
	for _, d := range s.choices[min(1, len(s.choices)-1)] {
		if d.price > 0 {
			l.most = max(l.most, d.gain/float64(d.price))
		}
	}
	return l
}

// holds returns the most value that a node like j is known to hold.
func (s *Search) holds(j *model.Column) float64 { return max(s.gains[j.Bin], s.worth(j.Counts)) }

// choose tries to take out any nodes of the bins from the k-th on that a node is known of, besides those out, times of them on that bin.
func (l *looking) choose(from, times int, out []int) {
	for k := from; k < len(l.have); k++ {
		n := 1
		if k == from {
			n += times
		}
		if n > l.number[l.nodes[l.have[k]].Bin] {
			continue
		}
		more := append(slices.Clip(out), l.alike(l.have[k], n-1))
		l.try(more)
		if len(more) < l.depth {
			l.choose(k, n, more)
		}
	}
}

// try adds the exchanges of some nodes to the list.
func (l *looking) try(out []int) {
	price, slack, room := int64(0), l.slack, slices.Clone(l.room)
	for _, i := range out {
		bin := &l.m.Bins[l.nodes[i].Bin]
		price += bin.Price
		slack -= l.holds(&l.nodes[i])
		for r, c := range bin.Capacity {
			room[r] -= limited(c)
		}
	}
	at, _ := slices.BinarySearchFunc(l.choices, price, func(d choice, price int64) int { return cmp.Compare(d.price, price) })
	for _, d := range slices.Backward(l.choices[:at]) {
		if l.looks++; float64(l.most*float64(d.price))+slack < -float64(slackTol*l.worth) {
			break
		}
		x := exchange{out, d.bins, (d.gain + slack) / l.worth}
		if x.slack >= -slackTol && l.sensible(&x, room) {
			l.list = append(l.list, x)
		}
	}
}

// alike returns the n-th node after one that is launched on the same bin.
func (p *part) alike(i, n int) int {
	for b := p.nodes[i].Bin; n > 0; {
		if i++; p.nodes[i].Bin == b {
			n--
		}
	}
	return i
}

// limited returns a capacity, with none as very much.
func limited(c int64) int64 { return min(c, math.MaxInt64/(1<<10)) }

// sensible reports whether resources, cuts and limits allow an exchange; room is what the nodes that stay leave. It lowers the
// slack to what the cuts leave.
func (l *looking) sensible(x *exchange, room []int64) bool {
	for _, b := range x.in {
		if !l.useful[b] || slices.ContainsFunc(x.out, func(i int) bool { return l.nodes[i].Bin == b || l.m.Bins[l.nodes[i].Bin].Rank < l.m.Bins[b].Rank }) {
			return false
		}
	}
	for r, n := range room {
		for _, b := range x.in {
			n += limited(l.m.Bins[b].Capacity[r])
		}
		if n < 0 {
			return false
		}
	}
	for q, c := range l.cuts {
		n := l.spare[q]
		for _, i := range x.out {
			n -= c.Most[l.nodes[i].Bin]
		}
		for _, b := range x.in {
			n += c.Most[b]
		}
		if n < 0 {
			return false
		}
		if l.whole() && c.Least > 0 {
			x.slack = min(x.slack, float64(n)/float64(c.Least))
		}
	}
	return l.allowed(x)
}

// allowed reports whether caps allow the exchange.
func (p *part) allowed(x *exchange) bool {
	if len(p.m.Caps) == 0 {
		return true
	}
	free := slices.Clone(p.free)
	for _, i := range x.out {
		p.m.Spend(p.nodes[i].Bin, free, -1)
	}
	for _, b := range x.in {
		if p.m.Launches(b, free, 1) < 1 {
			return false
		}
		p.m.Spend(b, free, 1)
	}
	return true
}
