package model

// Partial returns a gang with some pods placed by s and others left, or 0.
func (s Solution) Partial(m *Model) int {
	if m.Gangs == 0 {
		return 0
	}
	placed, left := make([]bool, m.Gangs+1), make([]bool, m.Gangs+1)
	for c, n := range s.Left(m) {
		g := m.Classes[c].Gang
		placed[g] = placed[g] || n < m.Classes[c].Count
		left[g] = left[g] || n > 0
	}
	for g := 1; g <= m.Gangs; g++ {
		if placed[g] && left[g] {
			return g
		}
	}
	return 0
}
