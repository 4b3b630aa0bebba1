// Package settling decides by price in which domains pods settle. It looks for whole numbers
// of columns and of pods in each cell,
//
//	minimise   Σ_j price(j)·x(j)
//	subject to Σ_j a(c,cell,j)·x(j) ≥ n(c,cell)     for every class c and cell,
//	           Σ_cell n(c,cell) + left(c) ≥ count(c), Σ_c left(c) ≤ those the incumbent leaves,
//	           the rules over domains, as rows of n   (program.go),
//
// where a cell is the bins that no rule of the class tells apart. Pods of a class that a rule
// keeps away from others are in a domain or they are not: that is a variable of its own, which is
// 0 or 1.
//
// The linear program is solved by column generation (relaxation.go): its duals say what a pod is
// worth in each domain. Of columns those count whose reduced cost is less than the gap to the
// incumbent: no better solution has another (Baldacci, Christofides and Mingozzi, An exact algorithm for the
// vehicle routing problem based on the set partitioning formulation with additional cuts, 2008).
// Branch and bound (branching.go) decides first which pods may be in which domain, then how many, then on
// columns; from the box of the least bound and from the newest in turn it plunges until nothing better is left, or a solution is
// found (Achterberg, Constraint Integer Programming, 2007, on node selection).
//
// It is for small models, in which what is a choice of one among few decides most of the cost, and package
// cells made it before anything had a price. What it finds costs less; that it finds
// nothing proves nothing. Affinity it cannot state.
//
// Names: c class, r rule, d domain, j column; a part is the pods of a class in a cell.
package settling
