package solver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/fold"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// Risk says how much of a plan may hang on one thing, in case the market has none of
// it. Rules, preferences, and that no more pods are left, come first; Check says what is
// not met. Shares become limits. Offerings whose launches have too few alternatives are left
// out, which may cost more than need be. The zero Risk says nothing.
type Risk struct {
	OfferingShare float64 // most of the launches that may be of one offering, but one always may; 0: all
	ZoneShare     float64 // most that may be in one zone, likewise; 0: all
	Alternatives  int     // least other offerings that hold the pods of a launch
	PriceFactor   float64 // and cost at most PriceFactor times as much; 0: any price counts
	ExtraCost     float64 // most that all this may cost, as a share of the cost without; 0: no limit
}

// Check returns what of the plan is more than r allows, as errors that are joined;
// nil: nothing. An invalid p is an error of its own.
func (r Risk) Check(ctx context.Context, p binpack.Problem, plan binpack.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	x, err := r.of(ctx, p, plan)
	if err != nil {
		return err
	}
	return x.err()
}

// An excess is what of a plan is more than a Risk allows.
type excess struct {
	offerings  map[catalog.Key]int // launches of those that are too many
	zones      map[string]int
	inflexible map[catalog.Key]bool // offerings of launches with too few alternatives
}

func (r Risk) of(ctx context.Context, p binpack.Problem, plan binpack.Plan) (excess, error) {
	x := excess{map[catalog.Key]int{}, map[string]int{}, map[catalog.Key]bool{}}
	for _, l := range plan.Launches {
		x.offerings[l.Offering] += l.Nodes()
		x.zones[l.Offering.Zone] += l.Nodes()
	}
	n := fold.Nodes(plan.Launches)
	maps.DeleteFunc(x.offerings, func(_ catalog.Key, most int) bool { return most <= shareOf(r.OfferingShare, n) })
	maps.DeleteFunc(x.zones, func(_ string, most int) bool { return most <= shareOf(r.ZoneShare, n) })
	if r.Alternatives <= 0 {
		return x, nil
	}
	alternatives, err := verify.Alternatives(ctx, p, plan, r.Alternatives)
	if err != nil {
		return x, err
	}
	for i, all := range alternatives {
		l := &plan.Launches[i]
		dear := func(a binpack.Alternative) bool {
			return r.PriceFactor > 0 && float64(a.Price) > float64(r.PriceFactor*float64(l.Price))
		}
		if len(slices.DeleteFunc(all, dear)) < r.Alternatives {
			x.inflexible[l.Offering] = true
		}
	}
	return x, nil
}

// shareOf returns the most of n that a share allows.
func shareOf(share float64, n int) int {
	if share <= 0 {
		return n
	}
	return max(1, int(float64(share*float64(n))))
}

func (x excess) err() error {
	var found []error
	for _, k := range slices.SortedFunc(maps.Keys(x.offerings), supply.CompareKeys) {
		found = append(found, fmt.Errorf("%d launches are of %s", x.offerings[k], describe.Offering(k)))
	}
	for _, zone := range slices.Sorted(maps.Keys(x.zones)) {
		found = append(found, fmt.Errorf("%d launches are in %q", x.zones[zone], zone))
	}
	for _, k := range slices.SortedFunc(maps.Keys(x.inflexible), supply.CompareKeys) {
		found = append(found, fmt.Errorf("too few alternatives to %s", describe.Offering(k)))
	}
	return errors.Join(found...)
}

// maxRiskRounds bounds how often a plan is made anew for its Risk.
const maxRiskRounds = 8

// withinRisk plans, and plans again with limits on what there was too much of, until
// nothing is or more pods would be left, or not be where they like it best. What is
// proven of the first plan is true of the last: limits make no plan cheaper.
func (s Solver) withinRisk(ctx context.Context, p binpack.Problem) (binpack.Plan, error) {
	risk, stated := s.Risk, s
	s.Risk, s.Alternatives, s.apart = Risk{}, 0, true
	best, err := s.Solve(ctx, p)
	if err != nil {
		return best, err
	}
	plan, inflexible := best, map[catalog.Key]bool{}
	for range maxRiskRounds {
		x, err := risk.of(ctx, p, plan)
		if err != nil || x.err() == nil {
			break
		}
		maps.Copy(inflexible, x.inflexible)
		next, err := s.Solve(ctx, risk.limit(p, fold.Nodes(plan.Launches), inflexible))
		dear := risk.ExtraCost > 0 && float64(next.Cost) > float64(float64(best.Cost)*(1+risk.ExtraCost))
		if err != nil || dear || leftBy(next) > leftBy(best) || verify.Plan(ctx, p, next) != nil || verify.KeepsPreferences(p, best) && !verify.KeepsPreferences(p, next) {
			break
		}
		plan = next
	}
	plan.LowerBound, plan.Certificate, plan.Status = best.LowerBound, best.Certificate, best.Status
	if plan.Status == binpack.Optimal && plan.Cost > plan.LowerBound {
		plan.Status = binpack.WorkLimit
	}
	return stated.withAlternatives(ctx, p, plan)
}

func leftBy(plan binpack.Plan) int {
	n := 0
	for _, u := range plan.Unschedulable {
		n += u.Count
	}
	return n
}

// limit returns the problem with as many launches of each thing as r allows of n.
func (r Risk) limit(p binpack.Problem, n int, inflexible map[catalog.Key]bool) binpack.Problem {
	most := binpack.Unlimited
	if r.OfferingShare > 0 {
		most = shareOf(r.OfferingShare, n)
	}
	p.Availability = riskLimit{p.Availability, most, inflexible}
	if r.ZoneShare <= 0 {
		return p
	}
	zones := map[string]bool{}
	for _, pool := range p.EffectivePools() {
		for k := range p.CatalogOf(&pool).Offerings() {
			zones[k.Zone] = true
		}
	}
	p.Quotas = slices.Clone(p.Quotas)
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		p.Quotas = append(p.Quotas, binpack.Quota{
			Name:         "share of zone " + zone,
			Requirements: []corev1.NodeSelectorRequirement{{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{zone}}},
			Left:         corev1.ResourceList{quantity.Nodes: *resource.NewQuantity(int64(shareOf(r.ZoneShare, n)), resource.DecimalSI)},
		})
	}
	return p
}

// A riskLimit limits the launches of each offering, and allows none of some.
type riskLimit struct {
	before binpack.Availability
	most   int
	none   map[catalog.Key]bool
}

// Available returns the least of both.
func (r riskLimit) Available(k catalog.Key) int {
	if r.none[k] {
		return 0
	}
	if r.before == nil {
		return r.most
	}
	return min(r.most, r.before.Available(k))
}
