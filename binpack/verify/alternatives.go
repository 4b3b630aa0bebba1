package verify

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Alternatives returns, for each launch of a plan that keeps all rules, the other
// offerings that could be launched in its stead with the same pods, the cheapest
// first and at most so many. Each keeps all rules of p with the rest of the plan
// as it is, limits and rules over domains among them. An offering is there once,
// in the first pool by name and with the first labels that will do. An invalid p
// is an error. When ctx ends the error is its own, and launches that were not reached
// have none.
func Alternatives(ctx context.Context, p binpack.Problem, plan binpack.Plan, most int) ([][]binpack.Alternative, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return alternatives(ctx, &p, &plan, most)
}

// alternatives asks the judge: each swap that keeps the rules of one node is tried
// in the plan as a whole. Launches that hold alike pods on alike nodes have the same
// alternatives.
func alternatives(ctx context.Context, p *binpack.Problem, plan *binpack.Plan, most int) ([][]binpack.Alternative, error) {
	v := newVerifier(p, plan)
	for i := range plan.Launches {
		v.launch(i)
	}
	for i := range plan.Nominations {
		v.nomination(i)
	}
	out := make([][]binpack.Alternative, len(plan.Launches))
	if len(v.violations) > 0 {
		return out, nil
	}
	x := &swapper{verifier: v, offers: v.openings()}
	known := map[*judgedNode][]binpack.Alternative{}
	for i := range plan.Launches {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		l := &plan.Launches[i]
		_, s := v.find(l)
		n := v.nodeOf[contentOf(s, v.loads(l.Pods))]
		if _, again := known[n]; !again {
			known[n] = x.alternatives(n, most)
		}
		out[i] = slices.Clone(known[n])
	}
	return out, nil
}

// An opening is a site that a pool may launch, with the labels chosen.
type opening struct {
	pool   *judgedPool
	site   *site
	chosen map[string]string
}

// openings returns what the pools may launch now, the cheapest first, by name
// where prices are alike.
func (j *judge) openings() []opening {
	var out []opening
	for i := range j.pools {
		pool := &j.pools[i]
		variants := j.variants(pool)
		for _, t := range pool.catalog {
			for o := range t.Offerings {
				for _, chosen := range variants {
					if s := j.siteOf(pool, t, o, chosen); s.barred == "" && j.most[s.key] > 0 {
						out = append(out, opening{pool, s, chosen})
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b opening) int {
		return cmp.Or(
			cmp.Compare(a.site.price, b.site.price),
			cmp.Compare(a.site.key.InstanceType, b.site.key.InstanceType),
			cmp.Compare(a.site.key.Zone, b.site.key.Zone),
			cmp.Compare(a.site.key.CapacityType, b.site.key.CapacityType),
			cmp.Compare(a.site.key.ReservationID, b.site.key.ReservationID),
			cmp.Compare(a.pool.Name, b.pool.Name),
			cmp.Compare(labelsContent(a.chosen), labelsContent(b.chosen)),
		)
	})
	return out
}

// A swapper tries offerings in place of others.
type swapper struct {
	*verifier
	offers []opening
}

// alternatives returns the alternatives of one of the nodes that are as n.
func (x *swapper) alternatives(n *judgedNode, most int) []binpack.Alternative {
	var out []binpack.Alternative
	seen := map[catalog.Key]bool{n.site.key: true}
	for _, o := range x.offers {
		if len(out) == most {
			break
		}
		if !seen[o.site.key] && x.launches[o.site] < x.most[o.site.key] && x.holds(o.site, n.loads) && x.swaps(n, o) {
			seen[o.site.key] = true
			out = append(out, binpack.Alternative{
				Pool: o.pool.Name, Offering: o.site.key, Labels: maps.Clone(o.chosen),
				Price: o.site.price, Extra: o.site.price - n.site.price,
			})
		}
	}
	return out
}

// swaps reports whether the plan keeps all rules with the pods of one node that is
// as n on a site instead.
func (x *swapper) swaps(n *judgedNode, o opening) bool {
	instead := &judgedNode{where: "instead", site: o.site, loads: n.loads, copies: 1}
	w := *x.verifier // what it finds stays with it
	w.nodes = []*judgedNode{instead}
	w.ofPool[o.site] = o.pool
	for _, l := range n.loads {
		w.pods(instead.where, o.site, l)
	}
	w.limits(instead.where, o.site, n.loads)
	w.minValues()
	if len(w.violations) > 0 {
		return false
	}
	for _, other := range x.nodes {
		if other == n {
			less := *n
			less.copies--
			other = &less
		}
		if other.copies > 0 {
			w.nodes = append(w.nodes, other)
		}
	}
	w.launches[n.site]--
	w.launches[o.site]++
	w.domains()
	used := w.used()
	w.supply(used)
	w.weights(used)
	w.launches[n.site]++
	w.launches[o.site]--
	return len(w.violations) == 0
}
