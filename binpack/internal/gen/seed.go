package gen

import "flag"

// Whoever draws problems draws the same ones each time, so that a change is not refused
// for a fault that was there before. -rapid.seed=0 draws others.
func init() {
	if err := flag.Set("rapid.seed", "1"); err != nil {
		panic(err) // rapid, which this package imports, has no such flag any more
	}
}
