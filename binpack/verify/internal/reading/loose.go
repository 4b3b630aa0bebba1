package reading

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/stowage/stowage/catalog"
)

// maxChoices is how many choices of labels a machine has in a pool at most where all
// kinds are looked at together.
const maxChoices = 2000

// Usable returns the existing nodes that take pods, and every template that can be launched
// at least once, pool by pool; and whether those of some pool are loose. When ctx ends it
// returns what it has.
func (p *Problem) Usable(ctx context.Context) (out []*NodeTemplate, loose bool) {
	for _, t := range p.Existing.Nodes {
		if t.Barred == "" {
			out = append(out, t)
		}
	}
	for _, pool := range p.Supply.Pools {
		templates, those := p.forAll(ctx, pool)
		loose = loose || those
		for _, t := range templates {
			if t.Barred == "" && p.Supply.Most[t.Key] > 0 {
				out = append(out, t)
			}
		}
	}
	return out, loose
}

// forAll returns the templates of a pool that pods of all kinds may be on, the cheapest
// first. Where a machine has more choices of labels than can be looked at one by one its
// templates are loose: each offering once, on which the pods of each kind find the labels
// that they like. Such a node holds whatever the pool's nodes hold, and more. When ctx ends
// it returns what it has.
func (p *Problem) forAll(ctx context.Context, pool *Pool) (templates []*NodeTemplate, loose bool) {
	tooMany := map[string]bool{} // by the choices of the machine
	var few, many catalog.Catalog
	for _, machine := range pool.catalog {
		id := fmt.Sprint(machine.Choices)
		if _, known := tooMany[id]; !known {
			_, ok := p.Supply.choices(pool, machine, p.Kinds.All, maxChoices)
			tooMany[id] = !ok
		}
		if tooMany[id] {
			many = append(many, machine)
		} else {
			few = append(few, machine)
		}
	}
	if len(many) == 0 {
		return p.Supply.Templates(pool, p.Kinds.All...), false
	}
	out := p.loosened(ctx, pool, many)
	for t := range p.Supply.allOf(pool, few, p.Kinds.All) {
		if t.permitted {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b *NodeTemplate) int { return cmp.Compare(a.Price, b.Price) })
	return out, true
}

// unlikeAny is a label's value that no rule names, as no label may have it.
const unlikeAny = "\x00"

// loosened makes the loose templates of some machines of a pool: with labels that no rule
// about the pods of a domain finds, without daemon pods where these read what is chosen,
// and taken by each kind that some choice is taken by.
func (p *Problem) loosened(ctx context.Context, pool *Pool, machines catalog.Catalog) []*NodeTemplate {
	takes, sets := map[catalog.Key]map[int]bool{}, 0 // by rule set
	for _, kind := range p.Kinds.All {
		if ctx.Err() != nil {
			return nil
		}
		sets = max(sets, kind.RuleSet+1)
		for t := range p.Supply.allOf(pool, machines, []*Kind{kind}) {
			if t.permitted && t.Takes(kind) {
				if takes[t.Key] == nil {
					takes[t.Key] = map[int]bool{}
				}
				takes[t.Key][kind.RuleSet] = true
			}
		}
	}
	var out []*NodeTemplate
	for _, machine := range machines {
		for i := range machine.Offerings {
			t := p.Supply.loosely(pool, machine, i)
			if t == nil {
				continue
			}
			for set := range sets {
				known := refused
				if takes[t.Key][set] {
					known = taken
				}
				t.answers = append(t.answers, known)
			}
			out = append(out, t)
		}
	}
	return out
}

// loosely makes the loose template of offering i of a machine; nil: the pool does not
// permit it.
func (s *Supply) loosely(pool *Pool, machine *catalog.InstanceType, i int) *NodeTemplate {
	open := pool.openOf(machine)
	any := map[string]string{}
	for _, o := range open {
		values := s.vocabulary().Distinct(o)
		if len(values) == 0 {
			return nil
		}
		any[o.Key] = values[0]
	}
	bare := *s
	if len(s.clauses(open, nil)) > 0 {
		bare.daemons = nil
	}
	t := bare.newTemplate(pool, machine, i, any)
	if !t.permitted {
		return nil
	}
	for _, o := range open {
		t.Node.Labels[o.Key] = unlikeAny
	}
	return t
}
