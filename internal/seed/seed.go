// Package seed makes tests draw the same each time, so that a change is not refused for a
// fault that was there before. Tests that draw with rapid import it, or a package of tests
// that does. -rapid.seed=0 draws others.
package seed

import (
	"flag"

	_ "pgregory.net/rapid" // has the flag
)

func init() {
	if err := flag.Set("rapid.seed", "1"); err != nil {
		panic(err) // rapid has no such flag any more
	}
}
