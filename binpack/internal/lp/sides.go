package lp

// SetSides changes what it costs to leave the first rows uncovered, per unit.
func (p *Master) SetSides(costs []float64) {
	for i, c := range costs {
		p.columns[i].cost = c
	}
	p.setDuals()
}

// Uncovered reports, of each of the first n rows of a program, whether its last solve leaves
// some of it uncovered.
func Uncovered(p *Master, n int) []bool {
	out := make([]bool, n)
	for i, j := range p.basis {
		if j < n {
			out[j] = p.x[i] > feasibleTol
		}
	}
	return out
}
