package launch

import (
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Func is a function as a [binpack.Availability].
type Func func(k catalog.Key) int

// Available returns f(k).
func (f Func) Available(k catalog.Key) int { return f(k) }

// Counts is how many launches of single offerings are possible. Of an offering
// that is not in it there is no limit. A key stands for one offering: its empty
// fields match only what is empty too, as a supply that several offerings share is
// a [binpack.Quota].
type Counts map[catalog.Key]int

// Available returns the count of k, or binpack.Unlimited.
func (c Counts) Available(k catalog.Key) int {
	if n, counted := c[k]; counted {
		return max(n, 0)
	}
	return binpack.Unlimited
}

// Without is patterns of offerings that cannot be launched.
type Without []catalog.Key

// Available returns 0 for what some pattern matches.
func (w Without) Available(k catalog.Key) int {
	if matches(w, k) {
		return 0
	}
	return binpack.Unlimited
}

// Only is patterns of the offerings that can be launched, and no others.
type Only []catalog.Key

// Available returns 0 for what no pattern matches.
func (o Only) Available(k catalog.Key) int {
	if matches(o, k) {
		return binpack.Unlimited
	}
	return 0
}

func matches(patterns []catalog.Key, k catalog.Key) bool {
	return slices.ContainsFunc(patterns, func(p catalog.Key) bool { return p.Matches(k) })
}

// All composes: what it answers of an offering is the least that one of them
// answers. Those that are nil know no limit.
func All(all ...binpack.Availability) binpack.Availability {
	all = slices.DeleteFunc(slices.Clone(all), func(a binpack.Availability) bool { return a == nil })
	return Func(func(k catalog.Key) int {
		least := binpack.Unlimited
		for _, a := range all {
			least = min(least, max(a.Available(k), 0))
		}
		return least
	})
}
