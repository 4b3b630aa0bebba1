package spread

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stowage/stowage/binpack/internal/arith"
)

// Apart is some of a list of spreads that keep away from each other: of each pair no domain
// holds pods of both. So some pods may have to be left, or be where they are worth more. None of
// them has a Surplus.
type Apart struct {
	Spreads []int    // their numbers in the list
	Domains [][]int  // per spread and domain of it, which domain of all it is; below 0: no node holds its pods there
	Pairs   [][2]int // places in Spreads
	Level   int      // of all their pods, as callers count
}

const (
	// maxDomains bounds the domains of an Apart, since sets of them are tried.
	maxDomains = 6
	// maxTries bounds the choices that are looked at.
	maxTries = 50_000
	// maxLeft bounds the pods that may be left where it is looked at which ones.
	maxLeft = 8
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
	out := Apart{Level: a.Level}
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
	return a.least(list, nil, func(c *choice) int64 { return c.left }, math.MaxInt64, 0)
}

// Least returns the least value of pods in domains, when left of them are left at most.
// values is that of one pod, per spread of the list and domain. ok is false where the search for it would
// take too long, or there is no such way to place them.
//
// Where many may be left, or it would take long to see which, each that is left beside those that find no
// room takes the value of the most valuable one away.
func (a *Apart) Least(list []Spread, values [][]int64, left int64) (value int64, ok bool) {
	most := int64(0)
	for _, s := range a.Spreads {
		most = max(most, slices.Max(values[s]))
	}
	if left <= maxLeft {
		if value, ok = a.least(list, values, func(c *choice) int64 { return c.value }, left, left); ok {
			return value, true
		}
	}
	all := arith.Mul(left, most)
	least, ok := a.least(list, values, func(c *choice) int64 { return arith.Add(c.value, arith.Mul(c.left, most)) }, left, 0)
	return max(0, least-all), ok && all < maxValue
}

// maxValue bounds what pods that are left are worth together.
const maxValue = 1 << 62

// A partial is choices for the first spreads, as far as they matter for those after them.
type partial struct {
	taken string // the domains of each that some later one keeps away from; 0: of the others
	left  int64
	cost  int64
}

// least returns the least cost of choices that leave at most left pods; ok is false where there
// are none, or too many are to be looked at. values is per spread and domain; nil: none. Of each spread up to
// extra pods may be left beside those that find no room.
//
// It is a dynamic program over the spreads, one after the other: of choices that differ only in
// what none of the later spreads keeps away from, those count that cost or leave less than others.
func (a *Apart) least(list []Spread, values [][]int64, cost func(*choice) int64, left, extra int64) (least int64, ok bool) {
	near := make([][]int, len(a.Spreads))
	for _, p := range a.Pairs {
		near[p[0]], near[p[1]] = append(near[p[0]], p[1]), append(near[p[1]], p[0])
	}
	done, tries := make([]bool, len(a.Spreads)), 0
	states := []partial{{taken: strings.Repeat("\x00", len(a.Spreads))}}
	for range a.Spreads {
		i := narrowest(near, done)
		done[i] = true
		if slices.Max(a.Domains[i]) >= maxDomains {
			return 0, false
		}
		number := a.Spreads[i]
		of := make([]int64, len(a.Domains[i]))
		if values != nil {
			of = values[number]
		}
		choices := list[number].choices(of, a.Domains[i], extra)
		if tries += len(states) * len(choices); tries > maxTries {
			return 0, false
		}
		if states = chosen(states, choices, i, near, done, cost, left); len(states) == 0 {
			return 0, false
		}
	}
	least = states[0].cost
	for _, s := range states {
		least = min(least, s.cost)
	}
	return least, true
}

// narrowest returns the spread that is not done after which the fewest of those that are done keep away
// from one that is not.
func narrowest(near [][]int, done []bool) int {
	out, fewest := -1, len(near)+1
	for i := range near {
		if done[i] {
			continue
		}
		open := 0
		done[i] = true
		for n := range near {
			if done[n] && matters(n, near, done) {
				open++
			}
		}
		done[i] = false
		if open < fewest {
			out, fewest = i, open
		}
	}
	return out
}

// matters reports whether some spread that is not done keeps away from spread i.
func matters(i int, near [][]int, done []bool) bool {
	return slices.ContainsFunc(near[i], func(n int) bool { return !done[n] })
}

// chosen returns the states after each choice for spread i, the last that is done.
func chosen(states []partial, choices []choice, i int, near [][]int, done []bool, cost func(*choice) int64, left int64) []partial {
	var out []partial
	var over []int // those before it that no later one keeps away from
	for _, n := range near[i] {
		if done[n] && !matters(n, near, done) {
			over = append(over, n)
		}
	}
	counts := matters(i, near, done)
	for _, s := range states {
		taken, kept := uint(0), []byte(s.taken)
		for _, n := range near[i] {
			taken |= uint(s.taken[n])
		}
		for _, n := range over {
			kept[n] = 0
		}
		for k := range choices {
			c := &choices[k]
			if taken&c.domains != 0 || arith.Add(s.left, c.left) > left {
				continue
			}
			if counts {
				kept[i] = byte(c.domains)
			}
			out = append(out, partial{string(kept), s.left + c.left, arith.Add(s.cost, cost(c))})
		}
	}
	slices.SortFunc(out, func(a, b partial) int {
		return cmp.Or(cmp.Compare(a.taken, b.taken), cmp.Compare(a.left, b.left), cmp.Compare(a.cost, b.cost))
	})
	kept := out[:0]
	for _, s := range out {
		if n := len(kept); n == 0 || kept[n-1].taken != s.taken || s.cost < kept[n-1].cost {
			kept = append(kept, s)
		}
	}
	return kept
}

// choices returns what may be of use: each set of domains with room, as far as fewer do not
// hold all, and none; with up to extra pods left beside those that find no room.
func (s *Spread) choices(values []int64, domains []int, extra int64) []choice {
	most := s.Most()
	roomy := !slices.ContainsFunc(most, func(n int64) bool { return 0 < n && n < s.Count })
	order := make([]int, 0, len(most)) // the cheapest first
	for d, n := range most {
		if n > 0 && domains[d] >= 0 {
			order = append(order, d)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	least, in := s.Least(values)
	var out []choice
	for set := 1; set < 1<<len(order); set++ {
		if roomy && set&(set-1) != 0 {
			continue // one domain holds all
		}
		room := int64(0)
		for i, d := range order {
			if set>>i&1 != 0 {
				room += most[d]
			}
		}
		for placed := min(room, s.Count); placed > 0 && placed >= min(room, s.Count)-extra; placed-- {
			c := choice{left: s.Count - placed}
			rest := placed
			for i, d := range order {
				if set>>i&1 != 0 {
					n := min(rest, most[d])
					rest -= n
					c.value = arith.Add(c.value, arith.Mul(n, values[d]))
					c.domains |= 1 << domains[d]
				}
			}
			if c.left == 0 && in != nil {
				c.value = max(c.value, least)
			}
			out = append(out, c)
		}
	}
	return append(out, choice{left: s.Count})
}
