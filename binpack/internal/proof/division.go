package proof

import (
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/technique"
)

// A Division is a model in which classes that a rule spreads over domains are a class of
// their own in each domain: there the bound knows what a pod is worth in that domain.
type Division struct {
	Model *model.Model
	Bins  []int // worth launching
	Parts []Part

	whole     *model.Model
	widest    *model.Model // with the most pods that each part may have, where domains are a choice
	wholeBins []int
	of        [][]int        // per class of whole, its parts
	spreads   []bound.Spread // of the classes with several parts
	aparts    []bound.Apart  // of these
	surplus   []int64        // per class of whole, pods for which its domains have no room, or that have no company
	without   technique.Set
}

// A Part is the pods of a class of the whole in one domain of a rule, or all of them.
type Part struct {
	Class, Rule, Domain int // Rule < 0: all
	spread              int // as of bound.Kind
}

// Divide divides the classes of m by the rules that a certificate can name: named returns the
// key that it does so by for the pods of a class, or "". bins are those worth launching.
func Divide(m *model.Model, bins []int, named func(class, rule int) string, without technique.Set) *Division {
	d := &Division{Model: m, Bins: bins, whole: m, widest: m, wholeBins: bins, of: make([][]int, len(m.Classes)), surplus: make([]int64, len(m.Classes)), without: without}
	counts := []int64{}
	divides := without.Uses(technique.DomainValues) && mostParts(m)*len(m.Bins) <= maxDivided
	var conflicts []conflict
	companyless := m.Companyless()
	if divides {
		conflicts = conflictsOf(m, named)
	}
	for c := range m.Classes {
		rule, in := -1, []int64{m.Classes[c].Count}
		of := ofClass(conflicts, c)
		switch {
		case companyless[c] && of == nil:
			in, d.surplus[c] = []int64{0}, m.Classes[c].Count
		case divides:
			s, r, n := dividing(m, c, named)
			if of != nil && (r < 0 || !slices.Equal(m.Rules[r].Domain, m.Rules[of.rule].Domain)) {
				s, r, n = looselyDividing(m, c, of.rule, named)
			}
			if r >= 0 {
				d.spreads = append(d.spreads, s)
				rule, in, d.surplus[c] = r, n, m.Classes[c].Count-s.Count
			}
		}
		for domain, n := range in {
			p := Part{Class: c, Rule: rule, Domain: domain}
			if rule >= 0 {
				p.spread = len(d.spreads)
			}
			d.of[c] = append(d.of[c], len(d.Parts))
			d.Parts, counts = append(d.Parts, p), append(counts, n)
		}
	}
	if len(d.spreads) > 0 || slices.ContainsFunc(d.surplus, func(n int64) bool { return n > 0 }) {
		d.divide(counts)
	}
	for _, e := range conflicts {
		d.aparts = append(d.aparts, e.apart(d))
	}
	return d
}

// maxDivided bounds parts times bins of a divided model.
const maxDivided = 1 << 23

// mostParts returns the most parts that the classes can be divided into.
func mostParts(m *model.Model) int {
	parts := 0
	for c := range m.Classes {
		most := 1
		for _, r := range m.Classes[c].OwnsRules {
			most = max(most, len(m.Rules[r].Before))
		}
		parts += most
	}
	return parts
}

// divide makes the model of the parts.
func (d *Division) divide(counts []int64) {
	part := *d.whole
	part.Classes, part.Rules, part.Bins = nil, nil, slices.Clone(d.whole.Bins)
	for i, p := range d.Parts {
		class := d.whole.Classes[p.Class]
		class.Count, class.OwnsRules, class.InRules = counts[i], nil, nil
		part.Classes = append(part.Classes, class)
	}
	for b := range part.Bins {
		whole := &d.whole.Bins[b]
		var some []int
		for i, p := range d.Parts {
			if whole.Admits.Has(p.Class) && (p.Rule < 0 || d.whole.Rules[p.Rule].Domain[b] == p.Domain) {
				some = append(some, i)
			}
		}
		part.Bins[b].Admits = model.Classes(len(d.Parts), some)
	}
	d.Model = &part
	widest := part
	widest.Classes = slices.Clone(part.Classes)
	most := d.most()
	for i := range d.Parts {
		widest.Classes[i].Count = most[i]
	}
	if d.widest, d.Bins = d.Model, widest.Prune(); d.without.Uses(technique.ChosenDomains) {
		d.widest = &widest
	}
}

// most returns the most pods that each part may have, whatever the others have.
func (d *Division) most() []int64 {
	spreads := make([][]int64, len(d.spreads))
	for i := range spreads {
		spreads[i] = d.spreads[i].Most()
	}
	out := make([]int64, len(d.Parts))
	for i, p := range d.Parts {
		if out[i] = d.whole.Classes[p.Class].Count; p.spread > 0 {
			out[i] = spreads[p.spread-1][p.Domain]
		}
	}
	return out
}

// dividing returns a rule by which a class is divided, how, and in which numbers: a rule
// about its own pods alone, of domains that all hold some, at different prices or few in
// each. Of several it is the one whose domains' prices differ most, of such the one that
// allows the fewest; -1: there is none.
func dividing(m *model.Model, c int, named func(class, rule int) string) (s bound.Spread, rule int, in []int64) {
	rule = -1
	most := 1.0
	for _, r := range m.Classes[c].OwnsRules {
		prices := pricesIn(m, c, r)
		if prices == nil || named(c, r) == "" {
			continue
		}
		few := m.Rules[r].Sparse || m.Rules[r].Kind == model.Apart
		times := slices.Max(prices) / slices.Min(prices)
		if times < most || times == 1 && !few {
			continue
		}
		spread := bound.Spread{Count: m.Classes[c].Count, Before: m.Rules[r].Before, Skew: m.Rules[r].Most, Sparse: few}
		spread.Count -= spread.Surplus()
		if rule >= 0 && times == most && !spread.Tighter(&s) {
			continue
		}
		values := make([]int64, len(prices))
		for i, p := range prices {
			values[i] = int64(min(p, maxUnitPrice))
		}
		if _, n := spread.Least(values); n != nil && (few || slices.Min(n) > 0) {
			s, rule, in, most = spread, r, n, times
		}
	}
	return s, rule, in
}

// maxUnitPrice bounds prices of one pod, so that those of all do not overflow.
const maxUnitPrice = 1 << 30

// pricesIn returns about what a pod of class c costs in each domain of a rule; nil: the
// rule is not about the pods of this class alone, or not all of its domains hold some.
func pricesIn(m *model.Model, c, r int) []float64 {
	rule := &m.Rules[r]
	if rule.Kind == model.Together || rule.Most < 1 || len(rule.Before) < 2 || m.Classes[c].Count > maxUnitPrice {
		return nil
	}
	for o := range m.Classes {
		if slices.Contains(m.Classes[o].InRules, r) != (o == c) {
			return nil
		}
	}
	if rule.Kind == model.Apart && slices.Max(rule.Before) > 0 {
		return nil
	}
	prices := cheapestIn(m, c, r, false)
	if prices == nil || slices.Max(prices) == math.Inf(1) {
		return nil
	}
	return prices
}

// cheapestIn returns about what a pod of class c costs at least in each domain of a rule, with
// or without what is free: infinity where no launch holds one; nil: some launch that does is in
// no domain.
func cheapestIn(m *model.Model, c, r int, free bool) []float64 {
	prices := slices.Repeat([]float64{math.Inf(1)}, len(m.Rules[r].Before))
	for b := range m.Bins {
		n := m.MostOf(c, b)
		switch d := m.Rules[r].Domain[b]; {
		case n == 0 || m.Launches(b, m.Caps, 1) == 0:
		case d < 0:
			return nil
		case free || m.Bins[b].Price > 0:
			prices[d] = min(prices[d], float64(m.Bins[b].Price)/float64(n))
		}
	}
	return prices
}

// Part returns the part that a pod of a class of the whole is of on a bin.
func (d *Division) Part(class, bin int) int {
	of, domain := d.of[class], 0
	if len(of) > 1 {
		domain = d.whole.Rules[d.Parts[of[0]].Rule].Domain[bin]
	}
	return of[max(domain, 0)] // no pod is on a bin without a domain
}

// Expand returns values of the classes of the whole as values of the parts.
func (d *Division) Expand(values []float64) []float64 {
	out := make([]float64, len(d.Parts))
	for i, p := range d.Parts {
		out[i] = values[p.Class]
	}
	return out
}

// Filled returns values of the parts in which a part that has none is worth as much as
// the least of its class.
func (d *Division) Filled(values []float64) []float64 {
	out := slices.Clone(values)
	for _, of := range d.of {
		least := math.Inf(1)
		for _, i := range of {
			if values[i] > 0 {
				least = min(least, values[i])
			}
		}
		for _, i := range of {
			if values[i] <= 0 && least < math.Inf(1) {
				out[i] = least
			}
		}
	}
	return out
}

// PartsOf returns the parts of a class of the whole.
func (d *Division) PartsOf(class int) []int { return d.of[class] }

// Mean returns what a pod of a class of the whole is worth on average, rounded down, in
// the numbers that the parts have.
func (d *Division) Mean(class int, values []int64) int64 {
	sum, pods := 0.0, int64(0)
	if len(d.of[class]) == 1 {
		return values[d.of[class][0]]
	}
	for _, i := range d.of[class] {
		n := d.Model.Classes[i].Count
		sum += float64(values[i]) * float64(n)
		pods += n
	}
	return int64(sum / float64(max(pods, 1)))
}

// Columns returns columns of the whole as columns of the parts.
func (d *Division) Columns(columns []model.Column) []model.Column {
	if len(d.spreads) == 0 {
		return columns
	}
	out := slices.Clone(columns)
	for i, j := range out {
		out[i].Counts = slices.Clone(j.Counts)
		for k, n := range j.Counts {
			out[i].Counts[k].Class = d.Part(n.Class, j.Bin)
		}
	}
	return out
}

// solution returns a packing as a solution of the whole.
func (d *Division) solution(packing []bound.Packed) model.Solution {
	var out model.Solution
	for _, of := range packing {
		pods := make([]int64, len(d.whole.Classes))
		for i, n := range of.Counts {
			pods[d.Parts[i].Class] += n
		}
		out = append(out, model.ColumnOf(d.Bins[of.Node], of.Times, pods))
	}
	return out
}

// instance returns the model of the parts as package bound sees it, with the pods of each
// level that may be left out.
func (d *Division) instance(left []int64) *bound.Instance {
	in := instance(d.Model, d.Bins, d.beside(left), d.without)
	in.Spreads, in.Aparts = d.spreads, d.aparts
	most := d.most()
	for i, p := range d.Parts {
		if p.spread > 0 {
			in.Kinds[i].Spread, in.Kinds[i].Domain = p.spread, p.Domain
			in.Kinds[i].Count = most[i]
		}
	}
	return in
}

// wholeInstance returns the whole model as package bound sees it, without the pods for
// which the domains have no room.
func (d *Division) wholeInstance(left []int64) *bound.Instance {
	in := instance(d.whole, d.wholeBins, d.beside(left), d.without)
	for c, n := range d.surplus {
		in.Kinds[c].Count -= n
	}
	return in
}

// beside returns the pods of each level that may be left beside those for which the
// domains have no room.
func (d *Division) beside(left []int64) []int64 {
	out := slices.Clone(left)
	for c, n := range d.surplus {
		if level := d.whole.Classes[c].Level; level < len(out) {
			out[level] = max(0, out[level]-n)
		}
	}
	return out
}
