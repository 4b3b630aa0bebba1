package solver

import "github.com/stowage/stowage/binpack/internal/technique"

// Without returns the solver without one technique.
func (s Solver) Without(t technique.Technique) Solver {
	s.without = s.without.Without(t)
	return s
}
