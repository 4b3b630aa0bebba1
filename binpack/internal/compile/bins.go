package compile

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// bins are offers that nothing tells apart. Which is launched, and the order of the
// bins, is by name.
type bins struct {
	list   []model.Bin // without what they admit
	of     []int       // offer → bin; -1: in none
	offers [][]int     // bin → its offers, by name: the first is launched, existing nodes one after the other
	others [][]int     // bin → of the offers whose set it stands for, one of each other profile
	taking [][]int     // rule set → the bins that it admits, with all that they stand for
	graded []bool      // rule set → some profile meets its preferences less well than others may
	ranks  int
}

// A binner merges offers into bins.
type binner struct {
	supply   *supply.Supply
	choice   choice
	uses     [][]model.Use
	groups   []podGroup
	shares   shares
	rules    []DomainRule
	topology []string
	twins    supply.Twins
	charge   int64 // of each launch
	alike    []int // per profile: a number that those have which rules do not tell apart
}

// numberProfiles fills in alike, and returns for each profile the rule sets that it admits,
// and which rule sets have preferences that some profile does not meet.
func (m *binner) numberProfiles() (admitted [][]int, graded []bool) {
	profiles := m.supply.Profiles
	if len(profiles) > 0 {
		graded = make([]bool, len(profiles[0].Admits))
	}
	index := map[string]int{}
	var key []byte
	m.alike, admitted = make([]int, len(profiles)), make([][]int, len(profiles))
	for i := range profiles {
		key = key[:0]
		for set, a := range profiles[i].Admits {
			if key = binary.AppendVarint(key, int64(a)); a != kube.Never {
				admitted[i] = append(admitted[i], set)
				graded[set] = graded[set] || a > 0
			}
		}
		for _, d := range profiles[i].Daemons {
			key = binary.AppendVarint(key, int64(d))
		}
		for _, k := range m.topology {
			key = append(append(key, profiles[i].Node.Labels[k]...), 0)
		}
		n, known := index[string(key)]
		if !known {
			n = len(index)
			index[string(key)] = n
		}
		m.alike[i] = n
	}
	return admitted, graded
}

// binsOf returns the bins, and the caps with those on alike existing nodes.
func (m *binner) binsOf(c caps) (bins, caps) {
	out := bins{of: make([]int, len(m.choice.offers))}
	index := map[string]int{}
	admitted, graded := m.numberProfiles()
	out.graded = graded
	var key []byte
	for i := range m.choice.offers {
		o := &m.choice.offers[i]
		out.of[i] = -1
		if o.Limit == 0 {
			continue
		}
		key = m.appendBin(key[:0], i)
		b, ok := index[string(key)]
		if !ok {
			b = len(out.offers)
			index[string(key)] = b
			out.offers = append(out.offers, nil)
		}
		out.of[i] = b
		out.offers[b] = append(out.offers[b], i)
	}
	ranks, n := ranksOf(m.supply.Pools)
	out.ranks, out.list = n, make([]model.Bin, len(out.offers))
	for b, offers := range out.offers {
		i := offers[0]
		o := &m.choice.offers[i]
		out.list[b] = model.Bin{Price: m.price(o), Capacity: m.choice.capacities[i], Uses: m.uses[i], Residents: m.there(o), Held: m.shares.heldOn(o)}
		if o.Existing == nil {
			out.list[b].Rank = ranks[o.Pool]
		} else {
			out.list[b].Uses = []model.Use{{Cap: len(c.list), Amount: 1}}
			c.list = append(c.list, counting(int64(len(offers))))
		}
		if out.taking == nil {
			out.taking = make([][]int, len(m.supply.Profiles[o.Profile].Admits))
		}
		out.others = append(out.others, m.othersOf(i))
		for _, set := range admitted[o.Profile] {
			if !slices.ContainsFunc(out.others[b], func(i int) bool { return m.supply.ProfileOf(&m.choice.offers[i]).Admits[set] == kube.Never }) {
				out.taking[set] = append(out.taking[set], b)
			}
		}
	}
	return out, c
}

// othersOf returns of the offers whose set an offer stands for one of each other profile.
func (m *binner) othersOf(offer int) []int {
	var out []int
	profile := func(i int) int { return m.choice.offers[i].Profile }
	for _, i := range m.choice.among[offer] {
		if profile(i) != profile(offer) && !slices.ContainsFunc(out, func(o int) bool { return profile(o) == profile(i) }) {
			out = append(out, i)
		}
	}
	return out
}

// there returns what pods are on a node of the offer before, as the groups count them.
func (m *binner) there(o *supply.Offer) []model.Resident {
	return thereOn(o, m.groups, m.supply.ProfileOf(o).Daemons)
}

// price returns what one launch of the offer adds to what is minimised.
func (m *binner) price(o *supply.Offer) int64 {
	if o.Existing != nil {
		return 0
	}
	return o.Price() + m.charge
}

// appendBin appends all that tells bins apart.
func (m *binner) appendBin(key []byte, i int) []byte {
	o := &m.choice.offers[i]
	key = binary.AppendVarint(binary.AppendVarint(key, int64(o.Pool)), m.price(o))
	key = binary.AppendVarint(key, int64(m.alike[o.Profile]))
	for _, n := range m.choice.capacities[i] {
		key = binary.AppendVarint(key, n)
	}
	for _, u := range m.uses[i] {
		key = binary.AppendVarint(binary.AppendVarint(key, int64(u.Cap)), u.Amount)
	}
	for _, t := range m.there(o) {
		key = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(key, int64(t.Group)), t.Owners), t.Members)
	}
	for _, i := range m.choice.among[i] {
		key = binary.AppendVarint(key, int64(m.choice.offers[i].Profile))
	}
	for k, is := range m.choice.only[i] {
		if k%8 == 0 {
			key = append(key, 0)
		}
		if is {
			key[len(key)-1] |= 1 << (k % 8)
		}
	}
	for r := range m.rules {
		key = binary.AppendVarint(key, int64(m.rules[r].DomainOf[i]))
	}
	if o.Existing != nil {
		key = fmt.Append(key, o.Existing.Ports, m.twins.Second(o.Existing.Number))
	}
	for _, s := range m.shares.heldOn(o) {
		key = binary.AppendVarint(key, int64(s))
	}
	return key
}

// limited reports whether limits may leave pods pending that fit on a node.
func limited(p *binpack.Problem, s *supply.Supply) bool {
	for _, q := range p.Quotas {
		if len(q.Left) > 0 {
			return true
		}
	}
	for _, pool := range s.Pools {
		if len(pool.Limits) > 0 {
			return true
		}
	}
	for i := range s.Offers {
		if s.Offers[i].Limit != binpack.Unlimited {
			return true
		}
	}
	return false
}
