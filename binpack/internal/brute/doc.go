// Package brute finds, by looking at everything, what the best plan of a tiny
// instance leaves and costs. It is the oracle of property tests: no bounds, no
// order. It spares itself two things only: equal states are looked at once,
// and a launch is filled until no further pod fits.
//
// An instance is what the bound reads of a problem. Another oracle, in the tests
// of package binpack, enumerates the plans of whole problems.
package brute
