package cli

import "github.com/stowage/stowage/binpack"

// Nodes returns how many nodes launches start.
func Nodes(launches []binpack.Launch) int {
	n := 0
	for _, l := range launches {
		n += l.Nodes()
	}
	return n
}
