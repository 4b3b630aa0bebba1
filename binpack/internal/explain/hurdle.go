package explain

import (
	"slices"

	"github.com/stowage/stowage/binpack"
)

// A hurdle is one rule between a kind of pods and the offers of a pool.
type hurdle struct {
	about    about
	passes   func(offer int) bool
	blames   func(offers []int) stop            // that came so far; none passes
	domains  func() []binpack.Domain            // of a rule about the pods of a domain; nil: of any other
	change   func(offers []int) *binpack.Change // that lets one of the offers pass; nil: none does
	asksLess bool                               // the change is that the pod asks for less
}

// about says what a hurdle is about.
type about int

const (
	aboutNode   about = iota // a node and the pod alone on it
	aboutPods                // other pods
	aboutSupply              // what can be launched
)

// A stop is what keeps pods of a kind out of a pool, whatever becomes of their
// gang; without a reason: nothing.
type stop struct {
	reason binpack.Reason
	detail binpack.Detail
}

// stopped returns the first hurdle that none of the offers passes, and those that
// come to it; -1: some offer passes all. Where other pods keep the pod off some
// and the supply off the others, it is the rule about pods: that says of each
// domain what closes it.
func stopped(hurdles []hurdle, offers []int) (at int, left []int) {
	for _, order := range [][]about{{aboutNode, aboutPods}, {aboutNode, aboutSupply, aboutPods}} {
		left = offers
		for _, about := range order {
			for at, h := range hurdles {
				if h.about != about {
					continue
				}
				passed := slices.DeleteFunc(slices.Clone(left), func(o int) bool { return !h.passes(o) })
				if len(passed) == 0 {
					return at, left
				}
				left = passed
			}
		}
	}
	return -1, left
}
func passesAll(hurdles []hurdle, offer int) bool {
	return !slices.ContainsFunc(hurdles, func(h hurdle) bool { return !h.passes(offer) })
}

// soleHurdle returns the hurdle that an offer does not pass, and whether there is
// one only.
func soleHurdle(hurdles []hurdle, offer int) (hurdle int, one bool) {
	for h := range hurdles {
		switch {
		case hurdles[h].passes(offer):
		case one:
			return 0, false
		default:
			hurdle, one = h, true
		}
	}
	return hurdle, one
}
