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

// improved returns the best that is found from the dearest plan, and what the cheapest costs; nil:
// there is nothing to look for. Each solution found keeps all rules, leaves no more and costs less
// than the one before.
func improved(t require.TestingT, m *model.Model) (at model.Solution, least int64) {
	s := settling.New(m, work.NewMeter(context.Background(), -1))
	if s == nil {
		return nil, 0
	}
	best, at := cheapest(m)
	for at != nil && !s.Done() {
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
	return at, best.Cost(m)
}

// TestAgainstEveryPlan: no solution that is found costs less than the cheapest plan.
func TestAgainstEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		if at, least := improved(t, m); at != nil {
			require.LessOrEqual(t, least, at.Cost(m))
		}
	})
}

// TestMostlyTheLeast: of models that are the same each time most end at the cheapest plan. Where no
// pod is needed, pods have no size, or limits leave some it may be a dearer one.
func TestMostlyTheLeast(t *testing.T) {
	models, found, all := rapid.Custom(draw), 0, 0
	for i := range 500 {
		m := models.Example(i)
		if at, least := improved(t, m); at != nil {
			if all++; least == at.Cost(m) {
				found++
			}
		}
	}
	t.Logf("the least cost was found %d of %d times", found, all)
	require.Greater(t, all, 20)
	require.Greater(t, 5*found, 4*all)
}
