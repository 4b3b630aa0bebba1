package spread

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// Apart is some of a list of spreads that keep away from each other: of each pair no domain
// holds pods of both. So some pods may have to be left, or be where they are worth more. None of
// them has a Surplus.
type Apart struct {
	Spreads []int    // their numbers in the list
	Domains [][]int  // per spread and domain of it, which domain of all it is; below 0: no node holds its pods there
	Pairs   [][2]int // places in Spreads
}

const (
	// maxDomains bounds the domains of an Apart, since sets of them are tried.
	maxDomains = 6
	// maxSteps bounds a search through what spreads may be in which domains.
	maxSteps = 100_000
)

// A choice is some domains that a spread may use.
type choice struct {
	domains uint  // a bit for each domain of all
	left    int64 // pods that find no room in them
	value   int64 // the least of the others
}

// CheckAparts returns what is wrong with some Aparts, given the list of spreads. No two may
// have a spread in common.
func CheckAparts(aparts []Apart, list []Spread) error {
	seen := map[int]bool{}
	for i, a := range aparts {
		if err := a.check(list); err != nil {
			return fmt.Errorf("spread: Apart %d: %w", i, err)
		}
		for _, s := range a.Spreads {
			if seen[s] {
				return fmt.Errorf("spread: Apart %d has spread %d of another", i, s)
			}
			seen[s] = true
		}
	}
	return nil
}

func (a *Apart) check(list []Spread) error {
	if len(a.Domains) != len(a.Spreads) {
		return fmt.Errorf("domains of %d spreads for %d", len(a.Domains), len(a.Spreads))
	}
	for i, s := range a.Spreads {
		if s < 0 || s >= len(list) || slices.Index(a.Spreads, s) < i || len(a.Domains[i]) != len(list[s].Before) {
			return fmt.Errorf("spread %d is none, or there twice, or has other domains", s)
		}
	}
	for _, p := range a.Pairs {
		if p[0] == p[1] || min(p[0], p[1]) < 0 || max(p[0], p[1]) >= len(a.Spreads) {
			return fmt.Errorf("a pair of %d and %d", p[0], p[1])
		}
	}
	return nil
}

// Without returns what is left of it without some spreads.
func (a *Apart) Without(drop func(spread int) bool) Apart {
	var out Apart
	at := make([]int, len(a.Spreads)) // places in out, from 1 on
	for i, s := range a.Spreads {
		if !drop(s) {
			out.Spreads, out.Domains = append(out.Spreads, s), append(out.Domains, a.Domains[i])
			at[i] = len(out.Spreads)
		}
	}
	for _, p := range a.Pairs {
		if i, k := at[p[0]], at[p[1]]; i > 0 && k > 0 {
			out.Pairs = append(out.Pairs, [2]int{i - 1, k - 1})
		}
	}
	return out
}

// Close says in which domains of a spread no node holds its pods.
func (a *Apart) Close(closed func(spread, domain int) bool) {
	for i, s := range a.Spreads {
		a.Domains[i] = slices.Clone(a.Domains[i])
		for d := range a.Domains[i] {
			if closed(s, d) {
				a.Domains[i][d] = -1
			}
		}
	}
}

// Fewest returns the fewest pods that are left; ok is false where the search for it would
// take too long.
func (a *Apart) Fewest(list []Spread) (left int64, ok bool) {
	s := a.search(list, nil, func(c *choice) int64 { return c.left }, math.MaxInt64)
	return s.best, s.found()
}

// Least returns the least value of pods in domains, when left of them are left at most.
// values is that of one pod, per spread of the list and domain. ok is false where the search for it would
// take too long, or there is no such way to place them.
//
// Each pod that is left beside those that find no room takes the value of the most
// valuable one away.
func (a *Apart) Least(list []Spread, values [][]int64, left int64) (value int64, ok bool) {
	most := int64(0)
	for _, s := range a.Spreads {
		most = max(most, slices.Max(values[s]))
	}
	all := arith.Mul(left, most)
	s := a.search(list, values, func(c *choice) int64 { return arith.Add(c.value, arith.Mul(c.left, most)) }, left)
	return max(0, s.best-all), s.found() && all < maxValue
}

// maxValue bounds what pods that are left are worth together.
const maxValue = 1 << 62

// A search chooses for one spread after the other.
type search struct {
	choices [][]choice
	before  [][]int // per spread, those before it that it keeps away from
	cost    func(*choice) int64
	ahead   []int64 // the least cost of a spread and all after it
	taken   []uint  // domains of the spreads chosen so far
	left    int64   // most pods that may be left
	best    int64
	steps   int
}

// search finds the choices of the least cost that leave at most left pods. values is per spread
// and domain; nil: none.
func (a *Apart) search(list []Spread, values [][]int64, cost func(*choice) int64, left int64) *search {
	n := len(a.Spreads)
	s := &search{before: make([][]int, n), cost: cost, ahead: make([]int64, n+1), taken: make([]uint, n), left: left, best: math.MaxInt64}
	for i, number := range a.Spreads {
		of := make([]int64, len(a.Domains[i]))
		if values != nil {
			of = values[number]
		}
		if slices.Max(a.Domains[i]) >= maxDomains {
			return s
		}
		s.choices = append(s.choices, list[number].choices(of, a.Domains[i]))
	}
	for _, p := range a.Pairs {
		s.before[max(p[0], p[1])] = append(s.before[max(p[0], p[1])], min(p[0], p[1]))
	}
	for i := n - 1; i >= 0; i-- {
		cheapest := slices.MinFunc(s.choices[i], func(a, b choice) int { return cmp.Compare(cost(&a), cost(&b)) })
		s.ahead[i] = arith.Add(cost(&cheapest), s.ahead[i+1])
	}
	s.try(0, 0, 0)
	return s
}

// found reports whether there are such choices, and they were found in time.
func (s *search) found() bool { return s.best < math.MaxInt64 && s.steps < maxSteps }

// try chooses for the i-th spread and those after it.
func (s *search) try(i int, cost, left int64) {
	if s.steps++; s.steps >= maxSteps || left > s.left || arith.Add(cost, s.ahead[i]) >= s.best {
		return
	}
	if i == len(s.choices) {
		s.best = cost
		return
	}
	for k := range s.choices[i] {
		c := &s.choices[i][k]
		if slices.ContainsFunc(s.before[i], func(n int) bool { return s.taken[n]&c.domains != 0 }) {
			continue
		}
		s.taken[i] = c.domains
		s.try(i+1, arith.Add(cost, s.cost(c)), arith.Add(left, c.left))
	}
}

// choices returns what may be of use: each set of domains with room, as far as fewer do not
// hold all, and none.
func (s *Spread) choices(values []int64, domains []int) []choice {
	most := s.Most()
	roomy := !slices.ContainsFunc(most, func(n int64) bool { return 0 < n && n < s.Count })
	order := make([]int, 0, len(most)) // the cheapest first
	for d, n := range most {
		if n > 0 && domains[d] >= 0 {
			order = append(order, d)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	var out []choice
	for set := 1; set < 1<<len(order); set++ {
		if roomy && set&(set-1) != 0 {
			continue // one domain holds all
		}
		c := choice{left: s.Count}
		for i, d := range order {
			if set>>i&1 != 0 {
				n := min(c.left, most[d])
				c.left -= n
				c.value = arith.Add(c.value, arith.Mul(n, values[d]))
				c.domains |= 1 << domains[d]
			}
		}
		if least, in := s.Least(values); c.left == 0 && in != nil {
			c.value = max(c.value, least)
		}
		out = append(out, c)
	}
	return append(out, choice{left: s.Count})
}
