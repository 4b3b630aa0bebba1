package primal

import (
	"cmp"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/relax"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// Where limits leave pods over, which pods are asked for decides how many are placed, and
// whether rules over domains hold for those that are. So the pods are put into an order, the
// important ones first, and of equal ones those that take the least of the limits; as many
// of the first of them are asked for as all find room.

const (
	// maxAsked bounds the numbers of pods that are tried.
	maxAsked = 10
	// firstSteps: the first step from the number that is tried first is one of firstSteps
	// to all pods.
	firstSteps = 256
	// maxUnits is the number of units up to which each is left out once, to see whether
	// more others find room then.
	maxUnits = 12
)

// An asking asks for fewer pods than there are.
type asking struct {
	p     *Primal
	units []unit // in the order in which they are asked for
}

// A unit is pods that are asked for one by one, or whole: those of a gang.
type unit struct {
	classes []int // of the unsplit model
	pods    int64
	level   int
	takes   float64 // one pod, of the limits
	whole   bool
}

// A stand is where the search stands.
type stand struct {
	asked     *model.Model
	space     *space
	incumbent model.Solution
}

func standOf(p *Primal) stand { return stand{p.asked, p.space, p.incumbent} }

// askForFewer makes a solution with fewer pods asked for the incumbent of p, where it leaves
// fewer pods of all.
func askForFewer(p *Primal) {
	a := asking{p: p}
	if p.meter.Interrupted() || !p.without.Uses(technique.AskedPods) || !a.isNeeded() {
		return
	}
	a.setUnits()
	all, best := int64(0), standOf(p)
	for _, u := range a.units {
		all += u.pods
	}
	keep := func() {
		if p.Unsplit().Better(p.unsplit, best.space.split.Unsplit(best.incumbent)) {
			best = standOf(p)
		}
	}
	guess := guess{most: all, step: max(1, all/firstSteps)}
	n := a.placeable()
	for range maxAsked {
		if n <= guess.least || n >= guess.most || p.meter.Interrupted() || p.meter.Done() {
			break
		}
		n = guess.next(n, a.ask(n, -1))
		keep()
	}
	for i := 0; len(a.units) <= maxUnits && i < len(a.units) && !p.meter.Interrupted() && !p.meter.Done(); i++ {
		a.ask(all, i)
		keep()
	}
	p.asked, p.space, p.incumbent, p.columns = best.asked, best.space, best.incumbent, columns{}
}

// isNeeded reports whether the incumbent leaves pods that some bin holds.
func (a *asking) isNeeded() bool {
	p := a.p
	for c, n := range p.Unsplit().Left(p.unsplit) {
		if n > 0 && slices.ContainsFunc(p.pruned, func(b int) bool { return p.unsplit.MostOf(c, b) > 0 }) {
			return true
		}
	}
	return false
}

// A guess is between which numbers of pods the most lies that find room.
type guess struct {
	least, most  int64 // these do, and these do not
	step         int64
	below, above bool // they were tried
}

// next returns the number to try next: in steps that double, as long as all tries had the
// same answer, then half way.
func (g *guess) next(tried int64, placed bool) int64 {
	if placed {
		g.least, g.below = tried, true
	} else {
		g.most, g.above = tried, true
	}
	step := g.step
	g.step *= 2
	switch middle := g.least + (g.most-g.least)/2; {
	case !g.above:
		return min(tried+step, max(middle, tried+1))
	case !g.below:
		return max(tried-step, middle)
	default:
		return middle
	}
}

// ask makes a solution with the first n pods asked for, without those of one unit, the
// incumbent, and reports whether it places all of them.
func (a *asking) ask(n int64, without int) bool {
	p := a.p
	m := *p.unsplit
	m.Classes = slices.Clone(m.Classes)
	for c := range m.Classes {
		m.Classes[c].Count = 0
	}
	for i, u := range a.units {
		if i == without || u.whole && u.pods > n {
			continue
		}
		for _, c := range u.classes {
			m.Classes[c].Count = min(n, p.unsplit.Classes[c].Count)
			n -= m.Classes[c].Count
		}
	}
	before := p.asked
	if p.asked = &m; !p.assign(nil) {
		p.asked = before
		return false
	}
	p.incumbent = p.feasible(p.space.first()).Normal()
	return model.NoneLeft(p.Unsplit().Left(p.asked))
}

// setUnits puts the pods into the order in which they are asked for.
func (a *asking) setUnits() {
	m, takes := a.p.unsplit, a.takes()
	gangs := map[int]int{}
	for c := range m.Classes {
		class := &m.Classes[c]
		one := unit{classes: []int{c}, pods: class.Count, level: class.Level, takes: takes[c], whole: class.Gang > 0}
		at, known := gangs[class.Gang]
		if class.Gang == 0 || !known {
			gangs[class.Gang] = len(a.units)
			a.units = append(a.units, one)
			continue
		}
		u := &a.units[at]
		u.takes = (float64(u.takes*float64(u.pods)) + float64(one.takes*float64(one.pods))) / float64(max(1, u.pods+one.pods))
		u.classes, u.pods, u.level = append(u.classes, c), u.pods+one.pods, min(u.level, one.level)
	}
	slices.SortStableFunc(a.units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.takes, b.takes), -cmp.Compare(a.pods, b.pods))
	})
}

// takes returns what one pod of each class takes of the limits: what it is worth in a
// relaxation in which that is the price of a launch. It is 1 for all that a limit allows.
func (a *asking) takes() []float64 {
	m := *a.p.unsplit
	m.Bins, m.Caps = slices.Clone(m.Bins), nil
	for b, part := range shares(a.p.unsplit) {
		m.Bins[b].Price, m.Bins[b].Uses = int64(float64(part*fullCap)), nil
	}
	worth := relax.WorthOf(a.p.meter.Context(), &m, a.p.pruned)
	out := make([]float64, len(worth.Pods))
	for c, w := range worth.Pods {
		out[c] = w / fullCap
	}
	return out
}

// placeable returns about how many of the first pods find room: as many as take no more of
// the limits than those that the incumbent places.
func (a *asking) placeable() int64 {
	left := a.p.Unsplit().Left(a.p.unsplit)
	room, n := 0.0, int64(0)
	for _, u := range a.units {
		for _, c := range u.classes {
			room += float64(u.takes * float64(a.p.unsplit.Classes[c].Count-left[c]))
		}
	}
	for _, u := range a.units {
		some := u.pods
		if u.takes > 0 {
			some = min(some, int64(math.Floor(max(room, 0)/u.takes)))
		}
		n += some
		if room -= float64(u.takes * float64(some)); some < u.pods {
			break
		}
	}
	return n
}

// shares returns which part of the limits of pools and of quotas one launch of each bin
// takes, all together.
func shares(m *model.Model) []float64 {
	out := make([]float64, len(m.Bins))
	for b := range m.Bins {
		for _, u := range m.Bins[b].Uses {
			if m.Counted == nil || !m.Counted[u.Cap] {
				out[b] += float64(u.Amount) / float64(max(m.Caps[u.Cap], 1))
			}
		}
	}
	return out
}
