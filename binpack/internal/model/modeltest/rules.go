package modeltest

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model"
)

// Rules says what DrawWith adds to a model like those of Draw.
type Rules struct {
	Domains bool // rules over domains
	There   bool // existing nodes, with pods on them
	Gangs   bool
	Levels  bool // of priority
	Stages  bool // of pools
	Roomy   bool // every launch holds all pods of every class, as often as one likes
}

// DrawWith draws a model of few pods, so that all its plans can be looked at, with
// such rules. It is one that could come of a problem: classes are not admitted
// where a rule over domains could never let them be.
func DrawWith(t *rapid.T, rules Rules) *model.Model {
	m := Draw(t)
	for c := range m.Classes {
		m.Classes[c].Count = (m.Classes[c].Count + 1) / 2 // 1 or 2
		if in := m.Classes[c].In; len(in) > 0 && rapid.IntRange(0, 3).Draw(t, "counts twice") == 3 {
			m.Classes[c].In = slices.Insert(in, 0, in[0])
		}
		if rules.Levels {
			m.Classes[c].Level = rapid.IntRange(0, 1).Draw(t, "level")
		}
	}
	if rules.Gangs {
		gangs(t, m)
	}
	if rules.Roomy {
		makeRoomy(m)
	}
	if rules.There {
		nodesUp(t, m)
	}
	if rules.Domains {
		for r := range rapid.IntRange(1, 2).Draw(t, "rules") {
			m.Rules = append(m.Rules, rule(t, m, r, rules.There))
			bar(m, r)
		}
	}
	if rules.Stages {
		stages(t, m)
	}
	return m
}

func gangs(t *rapid.T, m *model.Model) {
	m.Gangs = rapid.IntRange(1, 2).Draw(t, "gangs")
	for c := range m.Classes {
		m.Classes[c].Gang = rapid.IntRange(0, m.Gangs).Draw(t, "gang")
	}
}

// makeRoomy takes out all that bounds how many pods are placed.
func makeRoomy(m *model.Model) {
	m.Caps, m.Groups = nil, nil
	for c := range m.Classes {
		m.Classes[c].Owns, m.Classes[c].In = nil, nil
	}
	for b := range m.Bins {
		m.Bins[b].Uses = nil
		m.Bins[b].Capacity = slices.Repeat([]int64{model.Unlimited}, m.Resources)
	}
}

// nodesUp adds one or two existing nodes.
func nodesUp(t *rapid.T, m *model.Model) {
	for range rapid.IntRange(1, 2).Draw(t, "up") {
		m.Caps = append(m.Caps, 1)
		b := model.Bin{
			Capacity: rapid.SliceOfN(rapid.Int64Range(0, 6), m.Resources, m.Resources).Draw(t, "room"),
			Admits:   model.ClassesWhere(rapid.SliceOfN(rapid.Bool(), len(m.Classes), len(m.Classes)).Draw(t, "admits")...),
			Uses:     []model.Use{{Cap: len(m.Caps) - 1, Amount: 1}},
		}
		for g := range m.Groups {
			there := model.Resident{Group: g, Owners: rapid.Int64Range(0, 1).Draw(t, "owners there"), Members: rapid.Int64Range(0, 2).Draw(t, "members there")}
			if there.Owners+there.Members > 0 {
				b.Residents = append(b.Residents, there)
			}
		}
		m.Bins = append(m.Bins, b)
	}
}

// isUp reports whether a bin is an existing node.
func isUp(m *model.Model, b int) bool {
	uses := m.Bins[b].Uses
	return m.Bins[b].Price == 0 && len(uses) == 1 && uses[0].Amount == 1 && m.Caps[uses[0].Cap] == 1
}

// rule draws rule number r, with its owners and members.
func rule(t *rapid.T, m *model.Model, r int, before bool) model.Rule {
	rule := model.Rule{Kind: model.RuleKind(rapid.IntRange(0, 2).Draw(t, "kind"))}
	if rule.Kind == model.Together && rapid.IntRange(0, 3).Draw(t, "by node") == 3 {
		for b := range m.Bins {
			d := model.EachNode
			if isUp(m, b) {
				d = len(rule.Before)
				rule.Before = append(rule.Before, 0)
			}
			rule.Domain = append(rule.Domain, d)
		}
	} else {
		rule.Before = make([]int64, rapid.IntRange(1, 3).Draw(t, "domains"))
		for range m.Bins {
			d := rapid.IntRange(0, len(rule.Before)).Draw(t, "domain")
			if d == len(rule.Before) {
				d = model.NoDomain
			}
			rule.Domain = append(rule.Domain, d)
		}
	}
	for d := range rule.Before {
		if before {
			rule.Before[d] = max(0, rapid.Int64Range(-2, 2).Draw(t, "before"))
		}
	}
	rule.Most = rapid.Int64Range(1, 2).Draw(t, "most")
	if rule.Kind == model.Apart {
		rule.Most = rapid.Int64Range(0, 1).Draw(t, "itself")
	}
	rule.Sparse = rule.Kind == model.Spread && rapid.IntRange(0, 3).Draw(t, "sparse") == 3
	for c := range m.Classes {
		in, owns := rapid.Bool().Draw(t, "in rule"), rapid.Bool().Draw(t, "owns rule")
		if in {
			m.Classes[c].InRules = append(m.Classes[c].InRules, r)
		}
		// Who must be apart from itself counts itself.
		if owns && (rule.Kind != model.Apart || in == (rule.Most == 1)) {
			m.Classes[c].OwnsRules = append(m.Classes[c].OwnsRules, r)
		}
	}
	return rule
}

// bar keeps the owners of a rule out of the bins where they can never be.
func bar(m *model.Model, r int) {
	rule := &m.Rules[r]
	for b, d := range rule.Domain {
		barred := d == model.NoDomain
		if rule.Kind == model.Apart {
			barred = d >= 0 && rule.Before[d] > 0
		}
		for c := range m.Classes {
			if barred && slices.Contains(m.Classes[c].OwnsRules, r) {
				m.Bins[b].Admits = m.Bins[b].Admits.Where(len(m.Classes), func(k int) bool { return k != c })
			}
		}
	}
}

// ranks deals the bins to pools of two ranks, and says which are ahead.
func stages(t *rapid.T, m *model.Model) {
	m.Ranks, m.Counted = 2, make([]bool, len(m.Caps))
	pools := make([][]int, 3) // the first two are of rank 0
	for b := range m.Bins {
		if !isUp(m, b) {
			pool := rapid.IntRange(0, 2).Draw(t, "pool")
			pools[pool] = append(pools[pool], b)
			m.Bins[b].Rank = pool / 2
		}
	}
	for k := range m.Counted {
		m.Counted[k] = rapid.Bool().Draw(t, "counted")
	}
	for c := range m.Classes {
		for _, bins := range pools[:2] {
			holds := slices.DeleteFunc(slices.Clone(bins), func(b int) bool { return m.MostOf(c, b) == 0 })
			slices.SortStableFunc(holds, func(a, b int) int { return cmp.Compare(m.Bins[a].Price, m.Bins[b].Price) })
			if len(holds) > 0 {
				m.Classes[c].Preferred = append(m.Classes[c].Preferred, model.PreferredPool{Rank: 0, Bins: holds})
			}
		}
	}
}
