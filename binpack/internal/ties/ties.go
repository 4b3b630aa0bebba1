// Package ties finds what of many things hangs together: the classes of the least
// equivalence relation
//
//	~   with   i ~ j   for all i, j that were tied.
//
// Source: disjoint sets as trees with path halving, Tarjan and van Leeuwen, Worst-Case
// Analysis of Set Union Algorithms, 1984.
package ties

// Ties says of numbers from 0 on which are tied together.
type Ties []int

// Of returns n numbers without ties.
func Of(n int) Ties {
	t := make(Ties, n)
	for i := range t {
		t[i] = i
	}
	return t
}

// Root returns the number that stands for all that i is tied to.
func (t Ties) Root(i int) int {
	for t[i] != i {
		t[i] = t[t[i]]
		i = t[i]
	}
	return i
}

// Tie ties j, and all that it is tied to, to i.
func (t Ties) Tie(i, j int) { t[t.Root(j)] = t.Root(i) }
