package solver

// Techniques names what Without can leave out.
func Techniques() []string {
	var names []string
	for t := range techniques {
		names = append(names, t.String())
	}
	return names
}

// Without returns the solver without its technique of that number.
func (s Solver) Without(technique int) Solver {
	s.without |= 1 << technique
	return s
}
