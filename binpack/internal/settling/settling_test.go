package settling_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
	"github.com/stowage/stowage/binpack/internal/settling"
	"github.com/stowage/stowage/binpack/internal/work"
)

// cheapest returns of the plans that leave as few pods as can be one that costs least, and one
// that costs most.
func cheapest(m *model.Model) (best, worst model.Solution) {
	fewest := modeltest.LeftBy(m, modeltest.Fewest(m))
	modeltest.Plans(m, func(nodes []modeltest.Node) bool {
		s := modeltest.SolutionOf(nodes)
		if slices.Equal(modeltest.LeftBy(m, nodes), fewest) && modeltest.Breaks(m, nodes) < 0 {
			if best == nil || s.Cost(m) < best.Cost(m) {
				best = s
			}
			if worst == nil || s.Cost(m) > worst.Cost(m) {
				worst = s
			}
		}
		return true
	})
	return best, worst
}

// draw draws a model with rules that keep classes out of each other's domains, and one that
// spreads.
func draw(t *rapid.T) *model.Model {
	m := modeltest.DrawWith(t, modeltest.Rules{})
	domains := rapid.IntRange(2, 3).Draw(t, "domains")
	rule := func(kind model.RuleKind, most int64) {
		r := len(m.Rules)
		m.Rules = append(m.Rules, model.Rule{Kind: kind, Most: most, Before: make([]int64, domains), Sparse: rapid.Bool().Draw(t, "sparse")})
		for b := range m.Bins {
			m.Rules[r].Domain = append(m.Rules[r].Domain, (b+r/2)%domains)
		}
		owner := rapid.IntRange(0, len(m.Classes)-1).Draw(t, "owner")
		m.Classes[owner].OwnsRules = append(m.Classes[owner].OwnsRules, r)
		for c := range m.Classes {
			if kind == model.Spread && c == owner || kind == model.Apart && rapid.IntRange(0, 3).Draw(t, "member") > 0 {
				m.Classes[c].InRules = append(m.Classes[c].InRules, r)
			}
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "apart") {
		rule(model.Apart, rapid.Int64Range(0, 1).Draw(t, "most"))
	}
	if rapid.Bool().Draw(t, "spread") {
		rule(model.Spread, 1)
		if rapid.Bool().Draw(t, "nowhere") { // no bin is in a domain
			last := &m.Rules[len(m.Rules)-1]
			last.Before = nil
			for b := range last.Domain {
				last.Domain[b] = model.NoDomain
			}
		}
	}
	return m
}

// TestAgainstEveryPlan: what is found from the dearest plan keeps all rules, leaves no more
// and costs less, each time; in the end that is mostly the least that any plan costs, and never
// less. Where no pod is needed, pods have no size, or limits leave some it may be more.
func TestAgainstEveryPlan(t *testing.T) {
	found, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		s := settling.New(m, work.NewMeter(context.Background(), -1))
		if s == nil {
			return
		}
		best, at := cheapest(m)
		if at == nil {
			return
		}
		for !s.Done() {
			better := s.Improve(at, 1<<20)
			if better == nil {
				continue
			}
			require.NoError(t, better.Check(m))
			broken, _ := better.Broken(m)
			require.Negative(t, broken)
			require.LessOrEqual(t, slices.Compare(m.ByLevel(better.Left(m)), m.ByLevel(at.Left(m))), 0)
			require.Less(t, better.Cost(m), at.Cost(m))
			at = better
		}
		require.LessOrEqual(t, best.Cost(m), at.Cost(m))
		if all++; best.Cost(m) == at.Cost(m) {
			found++
		}
	})
	if all >= 20 { // a short test draws too few to tell
		require.Greater(t, 5*found, 4*all)
	}
	t.Logf("the least cost was found %d of %d times", found, all)
}
