package choose

import (
	"context"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
)

// plan solves the pending pods over the groups of the options as one Problem. A plan
// without launches means that there was no time for one.
func (c *Chooser) plan(ctx context.Context, m *estimate.Model, groups []int) (binpack.Plan, error) {
	p := translate.Problem(m.Setting, groups)
	if end, ok := ctx.Deadline(); ok { // the look-ahead needs time too
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)*2/5)
		defer cancel()
	}
	work := c.Work
	if work == 0 {
		work = DefaultWork
	}
	var best binpack.Plan
	for plan, err := range (solver.Solver{Work: work, Preferences: solver.IgnorePreferences}).Plans(ctx, p) {
		if err != nil {
			if ctx.Err() != nil {
				return best, nil
			}
			return best, err
		}
		best = plan
	}
	return best, nil
}

// values returns what a pod of each kind is worth, per hour: its shadow price in the
// whole plan. Of the cuts of the certificate it takes the one that alone would prove most
// over the options. Without a plan a pod is worth what its cheapest option costs for each.
func values(m *estimate.Model, plan binpack.Plan, options []estimate.Growth) []catalog.Price {
	var best []catalog.Price
	var most catalog.Price
	for _, cut := range plan.Certificate.Cuts {
		v, total := scaled(m, cut, options)
		if total > most {
			best, most = v, total
		}
	}
	if best == nil {
		best = shares(m, options)
	}
	for k := range best { // a pod that is worth nothing still counts
		best[k] = max(best[k], 1)
	}
	return best
}

// scaled returns a cut in prices: the most such that no option holds more than it costs.
// Total is what all pending pods are then worth.
func scaled(m *estimate.Model, cut binpack.Cut, options []estimate.Growth) (v []catalog.Price, total catalog.Price) {
	rate := 0.0 // value per billionth of a dollar
	for i := range options {
		worth := 0.0
		for k, n := range options[i].Pods {
			worth += float64(n) * float64(valueOf(cut, k))
		}
		if options[i].Cost > 0 {
			rate = max(rate, worth/float64(options[i].Cost))
		}
	}
	if rate <= 0 {
		return nil, 0
	}
	v = make([]catalog.Price, len(m.Kinds))
	for k := range v {
		v[k] = catalog.Price(float64(valueOf(cut, k)) / rate)
		total += v[k] * catalog.Price(m.Kinds[k].Count)
	}
	return v, total
}

func valueOf(cut binpack.Cut, k int) int64 {
	if k < len(cut.Workloads) {
		return cut.Workloads[k]
	}
	return 0
}

// shares divides the cost of options among their pods alike, and takes the least.
func shares(m *estimate.Model, options []estimate.Growth) []catalog.Price {
	v := make([]catalog.Price, len(m.Kinds))
	for i := range options {
		each := options[i].Cost / catalog.Price(max(options[i].Count, 1))
		for k, n := range options[i].Pods {
			if n > 0 && (v[k] == 0 || each < v[k]) {
				v[k] = each
			}
		}
	}
	return v
}

// worth returns what pods are worth, counted by kind.
func worth(v []catalog.Price, pods []int) catalog.Price {
	var total catalog.Price
	for k, n := range pods {
		total += v[k] * catalog.Price(n)
	}
	return total
}
