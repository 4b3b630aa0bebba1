package binpack

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

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
	binOf     []int // offer → bin; -1: not in the model
	offerOf   []int // bin → the first of its offers by name, which is launched
	resources []corev1.ResourceName
	caps      []capName // what each cap stands for
}

// compile turns a valid problem, its pods grouped, into its model.
func compile(p *Problem, g *grouping) (*compiled, error) {
	c := &compiled{grouping: g, model: &model.Model{}}
	c.sets = ruleSetsOf(p, c.kinds)
	c.daemons = daemonsOf(p)
	c.supply = supplyOf(p, c.sets, c.daemons)
	for i := range c.supply.offers {
		if o := &c.supply.offers[i]; !c.daemonsFit(o) {
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
	groups := groupsOf(c.kinds, requests, kube.NamespacesOf(p.Namespaces))
	groups = c.groupsAsResources(groups, requests, capacities)
	c.compileBins(capacities, c.compileCaps(p))
	c.compileClasses(requests, levels, groups)
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
		sum += least
	}
	if sum > maxCost {
		return &InvalidError{Path: "Catalog", Err: fmt.Errorf("a plan would cost about %g USD per hour: too much to be counted in billionths", sum/float64(catalog.USD))}
	}
	return nil
}

// limited reports whether limits may leave pods pending that fit on a node.
func (c *compiled) limited(p *Problem) bool {
	return slices.ContainsFunc(p.Quotas, func(q Quota) bool { return len(q.Left) > 0 }) ||
		slices.ContainsFunc(c.supply.pools, func(p Pool) bool { return len(p.Limits) > 0 }) ||
		slices.ContainsFunc(c.supply.offers, func(o offer) bool { return o.limit != Unlimited })
}

// partial reports whether pods or pools are set aside for a rule that is not
// modelled. Then no plan can be said to be the best.
func (c *compiled) partial() bool {
	return slices.ContainsFunc(c.kinds, func(k kind) bool {
		return k.count > 0 && k.blocked != nil && k.blocked.reason == Unsupported
	}) || slices.ContainsFunc(c.supply.blocked, func(path string) bool { return path != "" })
}

// amounts returns what each kind requests and what each offer holds, resource
// by resource, in the units of the model.
func (c *compiled) amounts() (requests, capacities [][]int64, err error) {
	names := map[corev1.ResourceName]bool{}
	for i := range c.kinds {
		for name, q := range c.kinds[i].requests {
			if c.kinds[i].blocked == nil && q.Sign() > 0 {
				names[name] = true
			}
		}
	}
	c.resources = slices.Sorted(maps.Keys(names))
	c.model.Resources = len(c.resources)
	requests = table(len(c.kinds), len(c.resources))
	capacities = table(len(c.supply.offers), len(c.resources))
	for r, name := range c.resources {
		asked := make([]*big.Int, len(c.kinds))
		for i := range c.kinds {
			asked[i] = new(big.Int)
			if c.kinds[i].blocked == nil {
				asked[i] = nano(c.kinds[i].requests[name])
			}
		}
		s := scaleOf(asked)
		var sum big.Int
		for i := range c.kinds {
			requests[i][r] = s.down(asked[i])
			sum.Add(&sum, new(big.Int).Mul(big.NewInt(requests[i][r]), big.NewInt(c.kinds[i].count)))
		}
		if sum.Cmp(big.NewInt(maxSum)) > 0 {
			return nil, nil, &InvalidError{Path: "Pods", Err: fmt.Errorf("the requests of %s are too large or too fine to be summed in 64 bits", name)}
		}
		c.capacities(capacities, r, s)
	}
	return requests, capacities, nil
}

// capacities fills in what the daemons leave of resource r on each offer.
func (c *compiled) capacities(out [][]int64, r int, s scale) {
	type node struct {
		itype *catalog.InstanceType
		view  int
	}
	name := c.resources[r]
	known := map[node]int64{}
	for i := range c.supply.offers {
		o := &c.supply.offers[i]
		n := node{o.itype, o.view}
		room, ok := known[n]
		if _, own := o.offering.Allocatable[name]; own || !ok {
			room = model.Unlimited
			if q, limited := allocatable(o, name); limited {
				room = max(0, s.down(q.Sub(q, c.daemonsTake(o.view, name))))
			}
			if !own {
				known[n] = room
			}
		}
		out[i][r] = room
	}
}

// allocatable returns what a node of the offer has of a resource, in
// billionths, and whether that is a limit: a type that states no "pods" does
// not limit their number; of other resources it has none.
func allocatable(o *offer, name corev1.ResourceName) (amount *big.Int, limited bool) {
	if q, ok := o.offering.Allocatable[name]; ok {
		return nano(q), true
	}
	q, ok := o.itype.Capacity[name]
	amount = nano(q)
	if over, ok := o.itype.Overhead[name]; ok {
		amount.Sub(amount, nano(over))
	}
	if amount.Sign() < 0 {
		amount.SetInt64(0)
	}
	return amount, ok || name != corev1.ResourcePods
}

func table(rows, columns int) [][]int64 {
	cells := make([]int64, rows*columns)
	out := make([][]int64, rows)
	for i := range out {
		out[i] = cells[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return out
}

// compileBins merges offers that nothing tells apart. Which is launched, and
// the order of the bins, is by name.
func (c *compiled) compileBins(capacities [][]int64, uses [][]model.Use) {
	c.binOf = make([]int, len(c.supply.offers))
	index := map[string]int{}
	var key []byte
	for i := range c.supply.offers {
		o := &c.supply.offers[i]
		c.binOf[i] = -1
		if o.limit == 0 || c.supply.blocked[o.pool] != "" {
			continue
		}
		key = binary.AppendVarint(binary.AppendVarint(key[:0], int64(o.pool)), int64(o.offering.Price))
		for _, n := range capacities[i] {
			key = binary.AppendVarint(key, n)
		}
		for _, u := range uses[i] {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(u.Cap)), u.Amount)
		}
		for _, a := range c.supply.views[o.view].admits {
			key = append(key, byte(a))
		}
		for _, d := range c.supply.views[o.view].daemons {
			key = binary.AppendVarint(key, int64(d))
		}
		b, ok := index[string(key)]
		if !ok {
			b = len(c.model.Bins)
			index[string(key)] = b
			c.offerOf = append(c.offerOf, i)
			c.model.Bins = append(c.model.Bins, model.Bin{Price: int64(o.offering.Price), Capacity: capacities[i], Uses: uses[i]})
		}
		c.binOf[i] = b
	}
}

// compileClasses merges kinds with the same requests, level and groups that the
// same bins admit. The order of the classes is by content: the largest first.
func (c *compiled) compileClasses(requests [][]int64, levels []int, groups []podGroup) {
	type row struct {
		kinds  []int
		admits []bool
	}
	rows := map[string]*row{}
	var keys []string
	for i := range c.kinds {
		if c.kinds[i].blocked != nil || c.kinds[i].count == 0 {
			continue
		}
		admits := c.admittedBy(i, requests[i])
		if !slices.Contains(admits, true) {
			continue
		}
		owns, in := membership(groups, i)
		key := classKey(requests[i], admits, []int{levels[i]}, owns, in)
		if rows[key] == nil {
			rows[key] = &row{admits: admits}
			keys = append(keys, key)
		}
		rows[key].kinds = append(rows[key].kinds, i)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := rows[a].kinds[0], rows[b].kinds[0]
		return cmp.Or(-slices.Compare(requests[x], requests[y]), cmp.Compare(a, b))
	})
	c.classOf = slices.Repeat([]int{-1}, len(c.kinds))
	for b := range c.model.Bins {
		c.model.Bins[b].Admits = make([]bool, len(keys))
	}
	for n, key := range keys {
		first := rows[key].kinds[0]
		class := model.Class{Requests: requests[first], Level: levels[first]}
		class.Owns, class.In = membership(groups, first)
		for _, i := range rows[key].kinds {
			c.classOf[i] = n
			class.Count += c.kinds[i].count
		}
		for b, ok := range rows[key].admits {
			c.model.Bins[b].Admits[n] = ok
		}
		c.model.Classes = append(c.model.Classes, class)
	}
	for _, g := range groups {
		c.model.Groups = append(c.model.Groups, model.Group{Most: g.most})
	}
}

// admittedBy returns which bins admit a kind and hold at least one of it. Bins
// that its rules are reluctant about count only where there are no others.
func (c *compiled) admittedBy(kind int, requests []int64) []bool {
	most := never
	level := make([]admission, len(c.model.Bins))
	for b := range c.model.Bins {
		if !holds(c.model.Bins[b].Capacity, requests) {
			continue
		}
		view := c.supply.offers[c.offerOf[b]].view
		if c.daemonsClaim(view, c.kinds[kind].ports) {
			continue
		}
		level[b] = c.supply.views[view].admits[c.kinds[kind].rules]
		most = max(most, level[b])
	}
	admits := make([]bool, len(level))
	for b := range level {
		admits[b] = most > never && level[b] == most
	}
	return admits
}

func holds(capacity, requests []int64) bool {
	for r, q := range requests {
		if q > capacity[r] {
			return false
		}
	}
	return true
}

func classKey(requests []int64, admits []bool, more ...[]int) string {
	var key []byte
	for _, n := range requests {
		key = binary.AppendVarint(key, n)
	}
	for _, list := range more {
		key = binary.AppendVarint(key, int64(len(list)))
		for _, n := range list {
			key = binary.AppendVarint(key, int64(n))
		}
	}
	for _, ok := range admits {
		if ok {
			key = append(key, 1)
		} else {
			key = append(key, 0)
		}
	}
	return string(key)
}
