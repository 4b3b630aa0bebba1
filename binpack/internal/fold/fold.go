// Package fold counts alike launches of a plan as one, and takes them apart again.
package fold

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
)

// Append appends l to launches, which it may modify: where the last of them is alike,
// the nodes of l are added to its Count. The Count of each launch that it appends is at
// least 1.
func Append(launches []binpack.Launch, l binpack.Launch) []binpack.Launch {
	l.Count = l.Nodes()
	if n := len(launches); n > 0 && Alike(launches[n-1], l) {
		launches[n-1].Count = launches[n-1].Nodes() + l.Count
		return launches
	}
	return append(launches, l)
}

// Alike reports whether two launches say the same of each of their nodes.
func Alike(a, b binpack.Launch) bool {
	return a.Pool == b.Pool && a.Offering == b.Offering && a.Price == b.Price && maps.Equal(a.Labels, b.Labels) &&
		slices.Equal(a.Pods, b.Pods) && slices.EqualFunc(a.Alternatives, b.Alternatives, alikeAlternatives)
}

func alikeAlternatives(a, b binpack.Alternative) bool {
	return a.Pool == b.Pool && a.Offering == b.Offering && a.Price == b.Price && a.Extra == b.Extra && maps.Equal(a.Labels, b.Labels)
}

// Fold returns launches with those that follow each other and are alike as one.
func Fold(launches []binpack.Launch) []binpack.Launch {
	var out []binpack.Launch
	for _, l := range launches {
		out = Append(out, l)
	}
	return out
}

// Unfold returns a launch for each node, in order.
func Unfold(launches []binpack.Launch) []binpack.Launch {
	var out []binpack.Launch
	for _, l := range launches {
		n := l.Nodes()
		l.Count = 1
		out = append(out, slices.Repeat([]binpack.Launch{l}, n)...)
	}
	return out
}

// Nodes returns how many nodes launches start.
func Nodes(launches []binpack.Launch) int {
	n := 0
	for _, l := range launches {
		n += l.Nodes()
	}
	return n
}
