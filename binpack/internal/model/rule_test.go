package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestBrokenMissesNothing: what breaks a rule when pods and nodes are looked at one
// by one is broken; and what does not is not, but for pods that can come in an order
// that is found only by trying all.
func TestBrokenMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{Domains: true, There: true})
		modeltest.Plans(m, func(nodes []modeltest.Node) bool {
			rule, domain := modeltest.SolutionOf(nodes).Broken(m)
			naive := modeltest.Breaks(m, nodes)
			switch {
			case rule < 0:
				require.Negative(t, naive, "%+v breaks rule %d", nodes, naive)
			case m.Rules[rule].Kind == Together:
			default:
				require.GreaterOrEqual(t, naive, 0, "%+v breaks nothing, not rule %d", nodes, rule)
				require.Contains(t, modeltest.BrokenIn(m, nodes, rule), domain)
			}
			return true
		})
	})
}

// TestTogether: pods that come one after the other. Zones 0 and 1 have a bin each,
// bin 2 is in no zone, and each launch is a node. Of rule 0 the class db is a member,
// of rule 1 web is one and own.
func TestTogether(t *testing.T) {
	const db, web, app, ring = 0, 1, 2, 3
	zone, node := []int{0, 1, NoDomain}, []int{EachNode, EachNode, EachNode}
	rules := []Rule{
		{Kind: Together, Domain: zone, Before: []int64{0, 0}}, // by app, with db
		{Kind: Together, Domain: zone, Before: []int64{0, 0}}, // by web, with web and ring
		{Kind: Together, Domain: node},                        // by ring, with web
	}
	classes := []Class{db: {InRules: []int{0}}, web: {InRules: []int{1, 2}, OwnsRules: []int{1}}, app: {OwnsRules: []int{0}}, ring: {InRules: []int{1}, OwnsRules: []int{2}}}
	for name, tt := range map[string]struct {
		s    Solution
		rule int
	}{
		"company in the zone":               {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: db, N: 1}}}, {Bin: 0, Times: 2, Counts: []Count{{Class: app, N: 3}}}}, -1},
		"company in another zone":           {Solution{{Bin: 1, Times: 1, Counts: []Count{{Class: db, N: 1}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: app, N: 3}}}}, 0},
		"company in no zone":                {Solution{{Bin: 2, Times: 1, Counts: []Count{{Class: db, N: 1}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: app, N: 3}}}}, 0},
		"no company":                        {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: app, N: 1}}}}, 0},
		"who is in no zone needs none":      {Solution{{Bin: 2, Times: 1, Counts: []Count{{Class: app, N: 1}}}}, -1},
		"the first":                         {Solution{{Bin: 0, Times: 3, Counts: []Count{{Class: web, N: 2}}}}, -1},
		"two firsts":                        {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: web, N: 2}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: web, N: 2}}}}, 1},
		"company by node":                   {Solution{{Bin: 0, Times: 2, Counts: []Count{{Class: web, N: 1}, {Class: ring, N: 3}}}}, -1},
		"company on another node":           {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: web, N: 1}}}, {Bin: 0, Times: 1, Counts: []Count{{Class: ring, N: 1}}}}, 2},
		"the first before who is elsewhere": {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: web, N: 1}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: web, N: 1}, {Class: ring, N: 1}}}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rule, _ := tt.s.Broken(&Model{Classes: classes, Rules: rules, Bins: make([]Bin, 3)})
			require.Equal(t, tt.rule, rule)
		})
	}
}

// TestTogetherInTurn: two classes that need each other cannot come, neither the one
// nor the other, unless one of them is there.
func TestTogetherInTurn(t *testing.T) {
	m := &Model{
		Classes: []Class{{OwnsRules: []int{0}, InRules: []int{1}}, {OwnsRules: []int{1}, InRules: []int{0}}},
		Rules:   []Rule{{Kind: Together, Domain: []int{0}, Before: []int64{0}}, {Kind: Together, Domain: []int{0}, Before: []int64{0}}},
		Bins:    make([]Bin, 1),
	}
	s := Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 1}, {Class: 1, N: 1}}}}
	rule, domain := s.Broken(m)
	require.Equal(t, [2]int{0, 0}, [2]int{rule, domain})
	m.Rules[0].Before[0] = 1 // one of the second class
	rule, _ = s.Broken(m)
	require.Equal(t, -1, rule)
}

// TestBrokenSpread: the skew is over the domain with the fewest, also where
// nothing can be launched there.
func TestBrokenSpread(t *testing.T) {
	rule := Rule{Kind: Spread, Most: 1, Domain: []int{0, 1}, Before: []int64{0, 0, 1}}
	m := &Model{Classes: []Class{{OwnsRules: []int{0}, InRules: []int{0}}, {InRules: []int{0}}}, Bins: make([]Bin, 2)}
	for name, tt := range map[string]struct {
		s      Solution
		sparse bool
		domain int
	}{
		"even":                                {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 2}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 1}}}}, false, -1},
		"uneven":                              {Solution{{Bin: 0, Times: 2, Counts: []Count{{Class: 0, N: 1}}}}, false, 0},
		"too few domains":                     {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 2}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 1}}}}, true, 0},
		"others count":                        {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 1}, {Class: 1, N: 1}}}}, false, 0},
		"who does not own it may be anywhere": {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 1, N: 9}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 1}}}}, false, -1},
		"the third has one, and gets none":    {Solution{{Bin: 0, Times: 1, Counts: []Count{{Class: 0, N: 3}}}, {Bin: 1, Times: 1, Counts: []Count{{Class: 0, N: 3}}}}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m.Rules = []Rule{rule}
			m.Rules[0].Sparse = tt.sparse
			_, domain := tt.s.Broken(m)
			require.Equal(t, tt.domain, domain)
		})
	}
}

// TestRoom: what a rule still allows in a domain, from the members there and elsewhere.
func TestRoom(t *testing.T) {
	before := []int64{0, 0, 0}
	for name, tt := range map[string]struct {
		rule    Rule
		members []int64
		want    []int64
	}{
		"spread":                 {Rule{Kind: Spread, Most: 1, Before: before}, []int64{3, 1, 2}, []int64{-1, 2, 0}},
		"spread, too few":        {Rule{Kind: Spread, Most: 1, Before: before, Sparse: true}, []int64{3, 1, 2}, []int64{-2, 0, -1}},
		"spread, single nodes":   {Rule{Kind: Spread, Most: 2}, []int64{3, 1}, []int64{-1, 1}},
		"spread, nodes and more": {Rule{Kind: Spread, Most: 2, Before: before[:2]}, []int64{3, 1, 4}, []int64{0, 4, -1}},
		"apart":                  {Rule{Kind: Apart, Most: 2, Before: before}, []int64{3, 1, 2}, []int64{-1, 1, 0}},
		"together":               {Rule{Kind: Together, Before: before}, []int64{0, 1}, []int64{Unlimited, Unlimited}},
	} {
		t.Run(name, func(t *testing.T) {
			for d, want := range tt.want {
				require.Equal(t, want, tt.rule.RoomBeside(tt.members[d], tt.rule.Fewest(tt.members), d), "domain %d", d)
			}
		})
	}
	alone := Rule{Kind: Spread, Most: 1, Before: before[:1]}
	many := []int64{1 << 40}
	require.Greater(t, alone.RoomBeside(many[0], alone.Fewest(many), 0), int64(1<<40), "there is nowhere else")
}

// TestFewestOfGrowing: what is known of the fewest stays true as domains grow.
func TestFewestOfGrowing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "domains")
		rule := Rule{Kind: Spread, Most: 1, Before: make([]int64, n)}
		members := rapid.SliceOfN(rapid.Int64Range(0, 3), n, n).Draw(t, "members")
		known := rule.Fewest(members)
		for range 10 {
			d, more := rapid.IntRange(0, n-1).Draw(t, "domain"), rapid.Int64Range(0, 2).Draw(t, "more")
			grown, ok := known.Grown(d, members[d], more)
			members[d] += more
			if known = rule.Fewest(members); !ok {
				continue
			}
			for e := range members {
				require.Equal(t, rule.RoomBeside(members[e], known, e), rule.RoomBeside(members[e], grown, e))
			}
			known = grown
		}
	})
}
