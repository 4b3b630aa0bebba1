package solver

import (
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/catalog"
)

// A compiled problem is the integer model and the way back from it.
type compiled struct {
	*grouping
	model     *model.Model
	classOf   []int // kind → class; -1: not in the model
	sets      []ruleSet
	daemons   []daemon
	supply    supply
	topology  []string // keys of rules about the pods of a domain
	binOf     []int    // offer → bin; -1: not in the model
	offersIn  [][]int  // bin → its offers, by name: the first is launched, those that are up one after the other
	resources []corev1.ResourceName
	caps      []capName // what each cap stands for
	kindRules []domainRule
	repelled  []repulsion    // by pods on nodes that are up
	lost      map[string]int // gangs that cannot be placed → a kind of theirs that no node takes
	scope     scope

	namespaces kube.Namespaces
	wishes     []func(*corev1.Pod) bool // which pods preferences are about
}

// A scope says what of the Problem a model holds besides what every model does.
type scope struct {
	held   preferences
	choice bool // MinValues of pools
}

// preferences says which preferences a model holds, of pods that do not give
// theirs up.
type preferences int

const (
	allPreferences  preferences = iota
	nodePreferences             // not those about other pods
	noPreferences
)

// compile turns a valid problem, its pods grouped, into a model of some scope.
func compile(p *binpack.Problem, g *grouping, holds scope) (*compiled, error) {
	c := &compiled{grouping: g, scope: holds, model: &model.Model{}}
	c.sets = ruleSetsOf(p, c.kinds, storageOf(p))
	c.daemons = daemonsOf(p)
	up, there := existingNodes(p, c.labels)
	c.topology = domainKeys(c.kinds, there)
	c.supply = supplyOf(p, c.sets, c.daemons, c.topology, up)
	c.supply.there = there
	for i := range c.supply.offers {
		if o := &c.supply.offers[i]; o.node == nil && !c.daemonsFit(o) {
			o.limit = 0
		}
	}
	levels := make([]int, len(c.kinds))
	if c.limited(p) {
		levels = levelsOf(c.kinds)
	}
	requests, capacities, err := c.amounts()
	if err != nil {
		return nil, err
	}
	c.namespaces = kube.NamespacesOf(p.Namespaces)
	c.wishes = wishesOf(c.kinds, c.namespaces)
	groups := c.groupsOf(requests, c.namespaces)
	groups = c.groupsAsResources(groups, requests, capacities)
	if c.scope.choice {
		capacities = c.keepChoice(requests, capacities)
	}
	c.kindRules = c.domainRulesOf(c.namespaces, requests)
	c.compileBins(capacities, c.compileCaps(p), groups)
	c.repelled = c.repelledByThere(c.namespaces)
	c.compileClasses(requests, levels, groups)
	c.closeFull()
	return c, c.checkCost()
}

// maxCost bounds what a plan may cost, so that no sum of prices overflows. It
// is about a billion US dollars per hour.
const maxCost = 1 << 60

// checkCost returns an error where packing each class by itself, which is
// dearer than any plan that is kept, costs more than maxCost.
func (c *compiled) checkCost() error {
	sum := 0.0
	for class := range c.model.Classes {
		least := math.Inf(1)
		for b := range c.model.Bins {
			if k := c.model.MostOf(class, b); k > 0 {
				nodes := math.Ceil(float64(c.model.Classes[class].Count) / float64(k))
				least = min(least, nodes*float64(c.model.Bins[b].Price))
			}
		}
		if !math.IsInf(least, 1) { // else no bin holds it
			sum += least
		}
	}
	if sum > maxCost {
		return &binpack.InvalidError{Path: "Catalog", Err: fmt.Errorf("a plan would cost about %g USD per hour: too much to be counted in billionths", sum/float64(catalog.USD))}
	}
	return nil
}

// limited reports whether limits may leave pods pending that fit on a node.
func (c *compiled) limited(p *binpack.Problem) bool {
	return slices.ContainsFunc(p.Quotas, func(q binpack.Quota) bool { return len(q.Left) > 0 }) ||
		slices.ContainsFunc(c.supply.pools, func(p binpack.Pool) bool { return len(p.Limits) > 0 }) ||
		slices.ContainsFunc(c.supply.offers, func(o offer) bool { return o.limit != binpack.Unlimited })
}

// partial reports whether pods are set aside for a rule that is not modelled, or
// for others of their gang, of which bounds do not know. Then no plan can be said
// to be the best.
func (c *compiled) partial() bool {
	return len(c.lost) > 0 || slices.ContainsFunc(c.kinds, func(k kind) bool {
		return k.count > 0 && k.blocked != nil && k.blocked.reason == binpack.Unsupported
	})
}
