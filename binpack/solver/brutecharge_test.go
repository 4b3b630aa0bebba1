package solver_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// TestChargeAgainstEveryPlan compares plans of toy problems whose nodes are charged for
// with the best of all plans, prices and charges together.
func TestChargeAgainstEveryPlan(t *testing.T) {
	for name, rules := range chargedRules() {
		t.Run(name, func(t *testing.T) {
			tally := tally{Charge: 3}
			rapid.Check(t, func(t *rapid.T) { tally.compare(t, problemtest.Drawn(t, gen.Toy().With(rules))) })
			t.Logf("%+v", tally)
		})
	}
}

// TestFewestNodesAgainstEveryPlan: with the least charge that there is, and prices that
// are much more, an optimal plan has the fewest nodes of all that cost as little.
func TestFewestNodesAgainstEveryPlan(t *testing.T) {
	for name, rules := range chargedRules() {
		t.Run(name, func(t *testing.T) {
			tally := tally{Charge: 1}
			rapid.Check(t, func(t *rapid.T) {
				p := problemtest.Drawn(t, gen.Toy().With(rules))
				tally.compare(t, priced(p, func(of catalog.Price) catalog.Price { return of * 1000 }))
			})
			t.Logf("%+v", tally)
		})
	}
}

func chargedRules() map[string]gen.Rules {
	return map[string]gen.Rules{"basic": {}, "existing": {Existing: true}, "all": gen.All()}
}
