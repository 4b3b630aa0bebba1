package cells_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/cells"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestAgainstEveryPlan: what is placed cell by cell never leaves fewer pods than the
// best of all plans. How often it leaves more, since the choice of cells is made one
// after the other, is logged.
func TestAgainstEveryPlan(t *testing.T) {
	for name, rules := range map[string]modeltest.Rules{
		"rules alone":     {Domains: true, Roomy: true},
		"rules and rooms": {Domains: true, There: true, Levels: true},
		"gangs":           {Gangs: true, Levels: true},
		"all":             drawn,
	} {
		t.Run(name, func(t *testing.T) {
			plans, more := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				m := modeltest.DrawWith(t, rules)
				got := m.ByLevel(solve(m).Left(m))
				switch order := slices.Compare(got, modeltest.LeftBy(m, modeltest.Fewest(m))); {
				case order < 0:
					t.Fatalf("leaves %v, fewer than any plan", got)
				case order > 0:
					more++
				}
				plans++
			})
			t.Logf("%d of %d leave more than need be", more, plans)
		})
	}
}

// solve splits, learns and splits anew, as the solver does.
func solve(m *model.Model) model.Solution {
	split := cells.New(m, nil)
	s := fullest(split.Model)
	var most cells.Most
	for range 4 {
		known, learnt := split.Learn(s, most)
		if !learnt {
			break
		}
		most = known
		split = cells.New(m, most)
		s = fullest(split.Model)
	}
	return split.Unsplit(split.Repair(s))
}

// A world is two zones, a cheap and a dear one, with a bin each. Its classes come of
// a table.
func world(rules []model.Rule, classes ...model.Class) *model.Model {
	m := &model.Model{Resources: 1, Classes: classes, Rules: rules, Caps: []int64{2}}
	for b := range 2 {
		m.Bins = append(m.Bins, model.Bin{Price: int64(1 + b), Capacity: []int64{4}, Admits: model.ClassesWhere(slices.Repeat([]bool{true}, len(classes))...)})
	}
	for c := range classes {
		if m.Classes[c].Requests == nil {
			m.Classes[c].Requests = []int64{1}
		}
	}
	return m
}

func inZones(kind model.RuleKind, most int64) model.Rule {
	return model.Rule{Kind: kind, Most: most, Domain: []int{0, 1}, Before: []int64{0, 0}}
}

// TestDeal: how many pods each zone gets, class by class.
func TestDeal(t *testing.T) {
	both, owner, member := func(n int64, r ...int) model.Class { return model.Class{Count: n, OwnsRules: r, InRules: r} },
		func(n int64, r ...int) model.Class { return model.Class{Count: n, OwnsRules: r} },
		func(n int64, r ...int) model.Class { return model.Class{Count: n, InRules: r} }
	spread, apart, alone, together := inZones(model.Spread, 1), inZones(model.Apart, 0), inZones(model.Apart, 1), inZones(model.Together, 0)
	full := func(m *model.Model) { m.Bins[0].Uses = []model.Use{{Cap: 0, Amount: 1}} } // two launches of the cheap one
	only := func(class, zone int) func(*model.Model) {
		return func(m *model.Model) {
			m.Bins[1-zone].Admits = m.Bins[1-zone].Admits.Where(len(m.Classes), func(k int) bool { return k != class })
		}
	}
	for name, tt := range map[string]struct {
		m      *model.Model
		change func(*model.Model)
		want   [][]int64 // per class: in each zone
	}{
		"no rule":                                 {world(nil, both(9)), nil, nil},
		"spread":                                  {world([]model.Rule{spread}, both(9, 0)), nil, [][]int64{{5, 4}}},
		"spread of many":                          {world([]model.Rule{spread}, both(1001, 0)), nil, [][]int64{{501, 500}}},
		"spread, one zone is small":               {world([]model.Rule{spread}, both(20, 0)), full, [][]int64{{8, 9}}},
		"two classes that spread together":        {world([]model.Rule{spread}, both(3, 0), both(5, 0)), nil, [][]int64{{1, 2}, {3, 2}}},
		"each alone in its zone":                  {world([]model.Rule{alone}, both(3, 0)), nil, [][]int64{{1, 1}}},
		"apart from another":                      {world([]model.Rule{apart}, owner(3, 0), member(2, 0)), nil, [][]int64{{3, 0}, {0, 2}}},
		"many apart from others":                  {world([]model.Rule{apart}, owner(99, 0), member(99, 0)), nil, [][]int64{{99, 0}, {0, 99}}},
		"room is made where fewer are left":       {world([]model.Rule{alone, apart}, model.Class{Count: 4, OwnsRules: []int{0}, InRules: []int{0, 1}}, owner(3, 1)), nil, [][]int64{{0, 1}, {3, 0}}},
		"apart from who can be in one zone only":  {world([]model.Rule{apart}, owner(3, 0), member(2, 0)), only(1, 0), [][]int64{{0, 3}, {2, 0}}},
		"together":                                {world([]model.Rule{together}, both(9, 0)), nil, [][]int64{{9, 0}}},
		"many together":                           {world([]model.Rule{together}, both(99, 0)), nil, [][]int64{{99, 0}}},
		"together where there is room for all":    {world([]model.Rule{together}, both(9, 0)), full, [][]int64{{0, 9}}},
		"company that comes of itself":            {world([]model.Rule{together}, owner(3, 0), member(2, 0)), nil, [][]int64{{3, 0}, {2, 0}}},
		"company that comes after":                {world([]model.Rule{together}, owner(3, 0), both(2, 0)), nil, [][]int64{{3, 0}, {2, 0}}},
		"company where it can be followed":        {world([]model.Rule{together}, owner(3, 0), member(2, 0)), only(0, 1), [][]int64{{0, 3}, {1, 1}}},
		"firsts where they can be followed":       {world([]model.Rule{together}, owner(3, 0), both(2, 0)), only(0, 1), [][]int64{{0, 3}, {0, 2}}},
		"without company":                         {world([]model.Rule{together}, owner(3, 0)), nil, [][]int64{{0, 0}}},
		"spread by those who fill the zones last": {world([]model.Rule{{Kind: model.Spread, Most: 1, Domain: []int{0, 1}, Before: []int64{1, 0}}}, both(1, 0), member(1, 0)), func(m *model.Model) { only(0, 0)(m); only(1, 1)(m) }, [][]int64{{1, 0}, {0, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.change != nil {
				tt.change(tt.m)
			}
			split := cells.New(tt.m, nil)
			if tt.want == nil {
				require.Same(t, tt.m, split.Model, "nothing is split")
				return
			}
			require.Equal(t, tt.want, dealt(tt.m, split))
		})
	}
}

// dealt returns how many pods of each class each bin's zone gets.
func dealt(m *model.Model, split *cells.Split) [][]int64 {
	out := make([][]int64, len(m.Classes))
	for c := range out {
		out[c] = make([]int64, len(m.Bins))
	}
	for i, class := range split.Model.Classes {
		for b := range split.Model.Bins {
			if split.Model.Bins[b].Admits.Has(i) {
				for _, n := range split.Unsplit(model.Solution{{Times: class.Count, Counts: []model.Count{{Class: i, N: 1}}}})[0].Counts {
					out[n.Class][b] += n.N * class.Count
				}
			}
		}
	}
	return out
}

// TestDealByNode: who needs company on its node shares a bundle with it. Bins hold
// four pods.
func TestDealByNode(t *testing.T) {
	byNode := model.Rule{Kind: model.Together, Domain: []int{model.EachNode, model.EachNode}}
	up := model.Rule{Kind: model.Together, Domain: []int{model.EachNode, 0}, Before: []int64{1}}
	host, guest, self := model.Class{InRules: []int{0}}, model.Class{OwnsRules: []int{0}}, model.Class{OwnsRules: []int{0}, InRules: []int{0}}
	for name, tt := range map[string]struct {
		rule  model.Rule
		class []model.Class
		count []int64
		left  []int64
	}{
		"guests":                        {byNode, []model.Class{host, guest}, []int64{2, 6}, []int64{0, 0}},
		"more guests than hosts hold":   {byNode, []model.Class{host, guest}, []int64{2, 7}, []int64{0, 1}},
		"no host":                       {byNode, []model.Class{guest}, []int64{2}, []int64{2}},
		"their own company":             {byNode, []model.Class{self}, []int64{4}, []int64{0}},
		"their own company on one node": {byNode, []model.Class{self}, []int64{5}, []int64{1}},
		"with others on that node":      {byNode, []model.Class{self, guest}, []int64{1, 3}, []int64{0, 0}},
		"beside hosts, as first of all": {byNode, []model.Class{host, self}, []int64{1, 7}, []int64{0, 0}},
		"existing partners":             {up, []model.Class{guest}, []int64{3}, []int64{0}},
		"company up is one node":        {up, []model.Class{guest}, []int64{5}, []int64{1}},
	} {
		t.Run(name, func(t *testing.T) {
			m := world([]model.Rule{tt.rule}, tt.class...)
			m.Caps = []int64{1}
			if len(tt.rule.Before) > 0 {
				m.Bins[1].Uses = []model.Use{{Cap: 0, Amount: 1}}
			}
			for c, n := range tt.count {
				m.Classes[c].Count = n
			}
			s := solve(m)
			require.NoError(t, s.Check(m))
			keepsAll(t, m, s)
			require.Equal(t, tt.left, s.Left(m))
		})
	}
}

// TestDealGangs: of two gangs for which there is not room together the more important
// one is placed, of equal ones one; and none in part.
func TestDealGangs(t *testing.T) {
	gang := func(n int, count int64, level int) model.Class {
		return model.Class{Count: count, Gang: n, Level: level}
	}
	for name, tt := range map[string]struct {
		classes []model.Class
		left    []int64
	}{
		"both fit":                    {[]model.Class{gang(1, 4, 0), gang(2, 4, 0)}, []int64{0, 0}},
		"one fits":                    {[]model.Class{gang(1, 5, 0), gang(2, 5, 0)}, []int64{5, 0}},
		"the important one":           {[]model.Class{gang(1, 5, 0), gang(2, 6, 1)}, []int64{0, 6}},
		"one is too large":            {[]model.Class{gang(1, 9, 0), gang(2, 3, 1)}, []int64{9, 0}},
		"of two classes":              {[]model.Class{gang(1, 4, 0), gang(1, 5, 1), gang(2, 8, 1)}, []int64{4, 5, 0}},
		"room for others":             {[]model.Class{gang(1, 9, 0), gang(0, 8, 1)}, []int64{9, 0}},
		"a few of many find no place": {[]model.Class{gang(1, 3, 0), gang(2, 3, 0), gang(3, 3, 0), gang(4, 2, 0)}, []int64{3, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			m := world(nil, tt.classes...)
			for c := range tt.classes {
				m.Gangs = max(m.Gangs, m.Classes[c].Gang)
			}
			m.Bins[0].Uses, m.Bins[1].Uses = []model.Use{{Cap: 0, Amount: 1}}, []model.Use{{Cap: 0, Amount: 1}}
			s := solve(m)
			keepsAll(t, m, s)
			require.Equal(t, tt.left, s.Left(m))
		})
	}
}
