package compile

import (
	"context"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/catalog"
)

// Options say what of the Problem a model holds besides what every model does.
type Options struct {
	Held         Preferences
	Choice       bool  // MinValues of pools
	OwnHostnames bool  // nodes of one hostname are used as if each had its own: for bounds
	Charge       int64 // of each launch beside its price, in billionths of a US dollar per hour
}

// Preferences says which preferences a model holds, of pods that do not give theirs up.
type Preferences int

// Preferences that a model holds.
const (
	AllPreferences  Preferences = iota
	NodePreferences             // not those about other pods
	NoPreferences
)

// A Compiled is the integer model and the way back from it.
type Compiled struct {
	Reading    *Reading
	Kinds      []Kind // those of the Reading, and apart from them those that give up preferences
	Options    Options
	Model      *model.Model
	ClassOf    []int          // kind → class; -1: not in the model
	Offers     []supply.Offer // those of the supply, and further ones that stand for a choice
	Lacks      []bool         // per offer: its pool has too few others for MinValues, so that by itself it is not launched
	BinOf      []int          // offer → bin; -1: not in the model
	OffersIn   [][]int        // bin → its offers, by name: the first is launched, existing nodes one after the other
	Resources  []corev1.ResourceName
	Caps       []Cap        // of the model
	Rules      []DomainRule // of the model
	Repulsions []Repulsion
	Lost       map[string]int // gangs that cannot be placed → a kind of theirs that no node takes
}

// Compile makes the model of the kinds in a options. Its error is ctx's, or says which
// amounts cannot be counted.
func Compile(ctx context.Context, r *Reading, kinds []Kind, options Options) (*Compiled, error) {
	rules := &ruleReader{kinds, r.Supply, r.namespaces, options, r.Supply.Twins(), ctx}
	amounts, err := amountsOf(ctx, kinds, r.Supply)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	groups := groupsOf(rules, amounts.requests)
	ruled := byHostname(groups, len(kinds))
	amounts, groups = asResources(groups, amounts, r.Supply)
	choice := choiceOf(ctx, kinds, r.Supply, amounts, options)
	domains := slices.Concat(domainRulesOf(rules, choice.offers, amounts.requests), volumeRulesOf(rules, r.Storage, choice.offers, amounts.requests))
	levels := make([]int, len(kinds)) // where none can be left for another there is one
	if limited(r.Problem, r.Supply) || slices.ContainsFunc(kinds, volumesRunOut) || len(domains) > 0 {
		levels = Levels(kinds)
	}
	shares := sharesOf(kinds, amounts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	caps := capsOf(ctx, r.Problem, r.Supply, choice.offers)
	binner := &binner{r.Supply, choice, caps.uses, groups, shares, domains, r.topology, rules.twins, options.Charge, nil}
	bins, caps := binner.binsOf(caps)
	repulsions := repulsionsOf(rules, choice.offers)
	admitter := &admitter{kinds, r.Supply, choice, bins, domains, repulsions, options, ruled, rules.twins, ctx, nil}
	classes := classesOf(admitter, amounts.requests, levels, groups, shares.of)
	if ctx.Err() != nil { // what was read was not read to its end
		return nil, ctx.Err()
	}
	m := modelOf(kinds, amounts, levels, groups, domains, shares, caps, bins, classes)
	return &Compiled{
		Reading: r, Kinds: kinds, Options: options, Model: m, ClassOf: classes.of,
		Offers: choice.offers, Lacks: choice.lacks, BinOf: bins.of, OffersIn: bins.offers,
		Resources: amounts.names, Caps: caps.list, Rules: domains, Repulsions: repulsions, Lost: classes.lost,
	}, checkCost(m)
}

// modelOf puts the model together.
func modelOf(kinds []Kind, a amounts, levels []int, groups []podGroup, domains []DomainRule, shares shares, caps caps, bins bins, classes classes) *model.Model {
	m := &model.Model{Resources: len(a.names), Ranks: bins.ranks, Bins: bins.list, Gangs: len(classes.gangs) - 1, Lost: classes.left, Shares: shares.list}
	if len(kinds) > 0 {
		m.Resources = len(a.requests[0])
	}
	for _, c := range caps.list {
		m.Caps = append(m.Caps, c.limit)
		m.Counted = append(m.Counted, c.Reason == binpack.NoAvailableOffering)
	}
	admitting := make([]int, len(m.Bins))
	for _, row := range classes.rows {
		for b := range row.admits.all() {
			admitting[b]++
		}
	}
	for b := range m.Bins {
		m.Bins[b].Admits = model.NoClasses(len(classes.rows), admitting[b])
	}
	for n, row := range classes.rows {
		first := row.kinds[0]
		class := model.Class{Requests: a.requests[first], Level: levels[first], Gang: classes.gangs[kinds[first].Gang], Preferred: row.preferred, Shares: shares.of[first]}
		class.Owns, class.In = rulesOf(groups, (*podGroup).between, first)
		class.OwnsRules, class.InRules = rulesOf(domains, (*DomainRule).between, first)
		for _, i := range row.kinds {
			class.Count += kinds[i].Count
		}
		for b := range row.admits.all() {
			m.Bins[b].Admits.Add(n)
		}
		m.Classes = append(m.Classes, class)
	}
	for _, g := range groups {
		m.Groups = append(m.Groups, model.Group{Most: g.most})
	}
	for i := range domains {
		m.Rules = append(m.Rules, domains[i].overBins(bins.offers))
	}
	closeFull(m)
	return m
}

// closeFull takes classes off bins that hold none of them beside what is there.
func closeFull(m *model.Model) {
	for b := range m.Bins {
		bin := &m.Bins[b]
		if len(bin.Residents) > 0 {
			bin.Admits = bin.Admits.Where(len(m.Classes), func(c int) bool { return m.Classes[c].Count == 0 || m.MostOf(c, b) > 0 })
		}
	}
}

// maxCost bounds what a plan may cost, so that no sum of prices overflows. It
// is about a billion US dollars per hour.
const maxCost = 1 << 60

// checkCost returns an error where packing each class by itself, which is
// dearer than any plan that is kept, costs more than maxCost.
func checkCost(m *model.Model) error {
	pods, dearest := 0.0, 0.0
	for c := range m.Classes {
		pods += float64(m.Classes[c].Count)
	}
	for b := range m.Bins {
		dearest = max(dearest, float64(m.Bins[b].Price))
	}
	if 2*pods*dearest < maxCost { // a node for each pod, whatever is rounded
		return nil
	}
	least := slices.Repeat([]float64{math.Inf(1)}, len(m.Classes))
	for b := range m.Bins {
		for class := range m.Bins[b].Admits.All() {
			if k := m.MostOf(class, b); k > 0 {
				nodes := math.Ceil(float64(m.Classes[class].Count) / float64(k))
				least[class] = min(least[class], nodes*float64(m.Bins[b].Price))
			}
		}
	}
	sum := 0.0
	for _, cost := range least {
		if !math.IsInf(cost, 1) { // else no bin holds it
			sum += cost
		}
	}
	if sum > maxCost {
		return &binpack.InvalidError{Path: "Catalog", Err: fmt.Errorf("a plan would cost about %g USD per hour: too much to be counted in billionths", sum/float64(catalog.USD))}
	}
	return nil
}

// Partial reports whether pods are set aside for a rule that is not modelled, or
// for others of their gang, which bounds do not know of. Then no plan can be said
// to be the best.
func (c *Compiled) Partial() bool {
	return len(c.Lost) > 0 || c.Reading.Supply.Partial || slices.ContainsFunc(c.Kinds, func(k Kind) bool {
		return k.Count > 0 && k.Blocked != nil && k.Blocked.Reason == binpack.Unsupported
	})
}
