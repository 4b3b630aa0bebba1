package reading

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// A Pool is a pool and what it may launch.
type Pool struct {
	Number int // in Supply.Pools
	Spec   *binpack.Pool
	Path   string // in the Problem

	catalog   catalog.Catalog
	open      map[string][]naive.OpenKey     // by the choices of the type
	choices   map[string][]map[string]string // likewise, and by rule sets of kinds
	chooses   bool                           // some launch chooses the value of a key
	templates map[templateName]*NodeTemplate
	permitted map[string][]*NodeTemplate // by rule sets of kinds, what Templates returns
}

// A templateName names a template within its pool.
type templateName struct {
	key    catalog.Key
	chosen string // labels, by content
}

// A Supply is what can be launched. Templates are made when they are first asked
// for.
type Supply struct {
	Pools    []*Pool
	ByWeight func() []*Pool        // the pools, the heaviest first
	Most     map[catalog.Key]int64 // launches of each offering, over all pools

	common     map[string]string // labels of every node
	quotas     []binpack.Quota
	daemons    []naive.Daemon
	rules      *Rules
	vocabulary func() *Vocabulary
	launchable map[string][]*NodeTemplate // by rule sets of kinds, what Launchable returns
}

func readSupply(p *binpack.Problem, rules *Rules, kinds *Kinds) *Supply {
	pools := p.EffectivePools()
	s := &Supply{
		Most: launchesLeft(p, pools), common: p.NodeLabels, quotas: p.Quotas, daemons: daemonsOf(p), rules: rules, launchable: map[string][]*NodeTemplate{},
		vocabulary: sync.OnceValue(func() *Vocabulary { return vocabularyOf(p, pools, kinds) }),
	}
	s.ByWeight = sync.OnceValue(func() []*Pool {
		return slices.SortedStableFunc(slices.Values(s.Pools), func(a, b *Pool) int { return cmp.Compare(b.Spec.Weight, a.Spec.Weight) })
	})
	for i := range pools {
		spec := &pools[i]
		pool := &Pool{
			Number: i, Spec: spec, Path: fmt.Sprintf("Pools[%d]", i), catalog: p.CatalogOf(spec),
			open: map[string][]naive.OpenKey{}, choices: map[string][]map[string]string{},
			templates: map[templateName]*NodeTemplate{}, permitted: map[string][]*NodeTemplate{},
		}
		pool.chooses = slices.ContainsFunc(pool.catalog, func(m *catalog.InstanceType) bool { return len(pool.openOf(m)) > 0 })
		s.Pools = append(s.Pools, pool)
	}
	return s
}

// launchesLeft returns the most launches of each offering, by what the catalogs
// state and the Availability knows. One key is one supply, whichever pool draws on
// it.
func launchesLeft(p *binpack.Problem, pools []binpack.Pool) map[catalog.Key]int64 {
	out := map[catalog.Key]int64{}
	for i := range pools {
		for key, o := range p.CatalogOf(&pools[i]).Offerings() {
			most, known := out[key]
			if !known {
				most = binpack.Unlimited
				if p.Availability != nil {
					most = max(int64(p.Availability.Available(key)), 0)
				}
			}
			if o.Unavailable {
				most = 0
			}
			if o.Limit > 0 {
				most = min(most, int64(o.Limit))
			}
			out[key] = most
		}
	}
	return out
}

// Find returns the template that a launch names, or nil: there is no such pool, or
// its catalog has no such offering. Of what the launch leaves open it has the first value,
// see Completions.
func (s *Supply) Find(l *binpack.Launch) *NodeTemplate {
	if all := s.Completions(l); len(all) > 0 {
		return all[0]
	}
	return nil
}

// find returns the template of a launch with just these labels.
func (s *Supply) find(l *binpack.Launch, labels map[string]string) *NodeTemplate {
	at := slices.IndexFunc(s.Pools, func(p *Pool) bool { return p.Spec.Name == l.Pool })
	if at < 0 {
		return nil
	}
	p := s.Pools[at]
	if t, known := p.templates[templateName{l.Offering, labelsContent(labels)}]; known {
		return t
	}
	for _, machine := range p.catalog {
		if machine.Name != l.Offering.InstanceType {
			continue
		}
		for i := range machine.Offerings {
			if machine.Key(i) == l.Offering {
				return s.template(p, machine, i, labels)
			}
		}
	}
	return nil
}

// labelsContent names a set of labels: equal sets have one name.
func labelsContent(set map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(&b, "%q=%q ", key, set[key])
	}
	return b.String()
}

// template returns the pool's template of offering i of a type. There is one of
// each choice of labels.
func (s *Supply) template(p *Pool, machine *catalog.InstanceType, i int, chosen map[string]string) *NodeTemplate {
	name := templateName{machine.Key(i), labelsContent(chosen)}
	t, known := p.templates[name]
	if !known {
		t = s.newTemplate(p, machine, i, chosen)
		p.templates[name] = t
	}
	return t
}

func (s *Supply) newTemplate(p *Pool, machine *catalog.InstanceType, i int, chosen map[string]string) *NodeTemplate {
	o := &machine.Offerings[i]
	launch := naive.Launch{
		InstanceType: cmp.Or(machine.TypeLabel, machine.Name), Zone: o.Zone, CapacityType: string(o.CapacityType),
		CapacityTypeKey: machine.CapacityTypeKey, TypeLabels: machine.Labels, OfferingLabels: o.Labels,
		PoolLabels: p.Spec.Labels, CommonLabels: s.common, Chosen: chosen, PoolTaints: p.Spec.Taints,
	}
	t := &NodeTemplate{Pool: p, Machine: machine, Key: machine.Key(i), Price: o.Price, Node: naive.New(launch), Capacity: naive.AmountsOf(machine.Capacity)}
	if len(chosen) > 0 {
		t.Chosen = chosen
	}
	allocatable := naive.AmountsOf(machine.Allocatable())
	maps.Copy(allocatable, naive.AmountsOf(o.Allocatable))
	crew := naive.CrewOf(t.Node, allocatable, s.daemons)
	t.Allocatable = crew.Room(allocatable)
	t.man(crew, s.rules)
	t.Capacity[quantity.Nodes] = big.NewInt(1_000_000_000)
	for i, q := range s.quotas {
		if naive.Covers(q.Requirements, launch) {
			t.Quotas = append(t.Quotas, i)
		}
	}
	if t.Barred = p.barred(machine, launch, t.Node); t.Barred == "" {
		t.permitted, t.Barred = true, crew.Fault
	}
	return t
}

// barred returns which of the pool's rules forbids a launch, or "".
func (p *Pool) barred(machine *catalog.InstanceType, launch naive.Launch, node *corev1.Node) string {
	if fault := naive.Mischosen(p.openOf(machine), launch.Chosen); fault != "" {
		return fault
	}
	for key, value := range p.Spec.Labels {
		if of, choice := machine.Choices[naive.Current(key)]; choice && !slices.Contains(of, value) {
			return "the pool's label " + key + " is none that the machine may have"
		}
	}
	if key := naive.Contradicts(launch); key != "" {
		return "the pool's label " + key + " is not the machine's"
	}
	if unmet, ok := naive.Unmet(p.Spec.Requirements, node); ok {
		return "the pool requires " + unmet
	}
	return ""
}

// Templates returns what the pool's rules permit, launched or not and available or
// not, the cheapest first: each offering, with as many choices of labels as rules of
// these kinds, or of daemon pods, tell apart.
func (s *Supply) Templates(p *Pool, kinds ...*Kind) []*NodeTemplate {
	name := s.told(kinds, p)
	out, known := p.permitted[name]
	if !known {
		for t := range s.all(p, kinds) {
			if t.permitted {
				out = append(out, t)
			}
		}
		slices.SortStableFunc(out, func(a, b *NodeTemplate) int { return cmp.Compare(a.Price, b.Price) })
		p.permitted[name] = out
	}
	return out
}

// told names the kinds, as far as choices of labels of some of the pools hang on them.
func (s *Supply) told(kinds []*Kind, pools ...*Pool) string {
	if !slices.ContainsFunc(pools, func(p *Pool) bool { return p.chooses }) {
		return ""
	}
	var sets []int
	for _, k := range kinds {
		sets = append(sets, k.RuleSet)
	}
	slices.Sort(sets)
	return fmt.Sprint(slices.Compact(sets))
}

// all yields the pool's templates in the order of its catalog, with choices of labels for
// these kinds.
func (s *Supply) all(p *Pool, kinds []*Kind) iter.Seq[*NodeTemplate] {
	return s.allOf(p, p.catalog, kinds)
}

// allOf yields those of some machines.
func (s *Supply) allOf(p *Pool, machines catalog.Catalog, kinds []*Kind) iter.Seq[*NodeTemplate] {
	return func(yield func(*NodeTemplate) bool) {
		for _, machine := range machines {
			choices, _ := s.choices(p, machine, kinds, math.MaxInt)
			for i := range machine.Offerings {
				for _, chosen := range choices {
					if !yield(s.template(p, machine, i, chosen)) {
						return
					}
				}
			}
		}
	}
}

// Launchable returns what the pools may launch now for pods of these kinds, the cheapest
// first, by name where prices are alike.
func (s *Supply) Launchable(kinds ...*Kind) []*NodeTemplate {
	name := s.told(kinds, s.Pools...)
	if out, known := s.launchable[name]; known {
		return out
	}
	var out []*NodeTemplate
	for _, p := range s.Pools {
		for t := range s.all(p, kinds) {
			if t.Barred == "" && s.Most[t.Key] > 0 {
				out = append(out, t)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *NodeTemplate) int {
		return cmp.Or(
			cmp.Compare(a.Price, b.Price),
			cmp.Compare(a.Key.InstanceType, b.Key.InstanceType),
			cmp.Compare(a.Key.Zone, b.Key.Zone),
			cmp.Compare(a.Key.CapacityType, b.Key.CapacityType),
			cmp.Compare(a.Key.ReservationID, b.Key.ReservationID),
			cmp.Compare(a.Pool.Spec.Name, b.Pool.Spec.Name),
			cmp.Compare(labelsContent(a.Chosen), labelsContent(b.Chosen)),
		)
	})
	s.launchable[name] = out
	return out
}

// Choice yields the nodes that the pool could launch for these pods, of all that
// is available before the plan.
func (s *Supply) Choice(p *Pool, loads []Load) iter.Seq[*corev1.Node] {
	return func(yield func(*corev1.Node) bool) {
		asked := (&NodeTemplate{}).Asked(loads) // the same of each: there are no residents
		for _, t := range s.Templates(p, KindsOf(loads)...) {
			if s.Most[t.Key] > 0 && t.admits(loads) && naive.Lacks(t.Allocatable, asked) == "" && !yield(t.Node) {
				return
			}
		}
	}
}

// KindsOf returns the kinds of the pods.
func KindsOf(loads []Load) []*Kind {
	var out []*Kind
	for _, l := range loads {
		out = append(out, l.Kind)
	}
	return out
}
