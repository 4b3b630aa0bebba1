package lp

import "slices"

// Add adds a row of coefficients that sum up to at most side.
func (t *Tableau) Add(row []float64, side float64) {
	own := make([]float64, t.columns)
	for k, v := range t.nonbasic {
		if v < t.columns {
			own[k] = row[v]
		}
	}
	for i, v := range t.basic {
		if v >= t.columns || row[v] == 0 {
			continue
		}
		side -= float64(row[v] * t.beta[i])
		for k, a := range t.t[i*t.columns : (i+1)*t.columns] {
			own[k] -= float64(row[v] * a)
		}
	}
	t.t, t.beta = append(t.t, own...), append(t.beta, side)
	t.basic = append(t.basic, t.columns+len(t.basic))
	t.upper, t.equal = append(t.upper, false), append(t.equal, false)
}

// DropLoose drops the rows after the first ones whose slack is basic: they do not
// count where the solution is now. It returns the numbers of all rows that stay.
func (t *Tableau) DropLoose(first int) (stay []int) {
	place := make([]int, len(t.basic)) // of each slack that stays
	for i := range place {
		loose := slices.Index(t.basic, t.columns+i)
		if i < first || loose < 0 {
			place[i] = t.columns + len(stay)
			stay = append(stay, i)
			continue
		}
		t.t = slices.Delete(t.t, loose*t.columns, (loose+1)*t.columns)
		t.beta = slices.Delete(t.beta, loose, loose+1)
		t.basic = slices.Delete(t.basic, loose, loose+1)
	}
	for _, variables := range [][]int{t.basic, t.nonbasic} {
		for i, v := range variables {
			if v >= t.columns {
				variables[i] = place[v-t.columns]
			}
		}
	}
	for to, from := range stay {
		t.upper[t.columns+to], t.equal[to] = t.upper[t.columns+from], t.equal[from]
	}
	t.upper, t.equal = t.upper[:t.columns+len(stay)], t.equal[:len(stay)]
	return stay
}

// Basic returns the basic variable of each row of the tableau; a number that is no less than that of all variables
// is that of a slack.
func (t *Tableau) Basic() []int { return t.basic }

// Multipliers returns the multipliers of the rows that sum up to a row of the tableau.
func (t *Tableau) Multipliers(row int) []float64 {
	out := t.ofSlacks(t.t[row*t.columns : (row+1)*t.columns])
	if v := t.basic[row]; v >= t.columns {
		out[v-t.columns] = 1
	}
	return out
}

// ofSlacks returns what numbers of the nonbasic variables are of the slack of each row; 0 where that is basic.
func (t *Tableau) ofSlacks(numbers []float64) []float64 {
	out := make([]float64, len(t.basic))
	for k, v := range t.nonbasic {
		if v >= t.columns {
			out[v-t.columns] = numbers[k]
		}
	}
	return out
}
