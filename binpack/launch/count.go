package launch

import (
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Lists of launches are lists of nodes: the nodes of the first launch, then those of
// the second, and so on.

// nodesIn returns how many nodes a list has.
func nodesIn(launches []binpack.Launch) int {
	n := 0
	for _, l := range launches {
		n += l.Nodes()
	}
	return n
}

// costOf returns what the nodes of a list cost, per hour.
func costOf(launches []binpack.Launch) catalog.Price {
	sum := catalog.Price(0)
	for _, l := range launches {
		sum += l.Price * catalog.Price(l.Nodes())
	}
	return sum
}

// cut returns the first n nodes of a list, and the rest. A launch that is of both
// parts is split.
func cut(launches []binpack.Launch, n int) (first, rest []binpack.Launch) {
	for i, l := range launches {
		if n < l.Nodes() {
			first, rest = slices.Clone(launches[:i]), slices.Clone(launches[i:])
			if n > 0 {
				rest[0].Count = l.Nodes() - n
				l.Count = n
				first = append(first, l)
			}
			return first, rest
		}
		n -= l.Nodes()
	}
	return slices.Clone(launches), nil
}

// single makes node n of a list a launch of its own, and returns the list and where
// it is.
func single(launches []binpack.Launch, n int) ([]binpack.Launch, int) {
	first, rest := cut(launches, n)
	one, rest := cut(rest, 1)
	return slices.Concat(first, one, rest), len(first)
}
