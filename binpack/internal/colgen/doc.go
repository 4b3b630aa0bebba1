// Package colgen solves the linear program over all columns,
//
//	minimise   Σ_j price(b(j))·x(j)
//	subject to Σ_j a(c,j)·x(j) ≥ count(c)       for every class c
//	           Σ_j use(k,b(j))·x(j) ≤ limit(k)  for every cap k,  x ≥ 0,
//
// by column generation (Gilmore and Gomory, 1961): a restricted master with the
// columns found so far gives duals, a knapsack per bin looks for columns that
// are worth more than their price by these duals, and they join the master.
//
// The knapsack is a heuristic, so the end is near the program's optimum but
// not proven to be there. The duals serve as values of pods: package bound
// makes a true bound of them. The columns are patterns that fit well together;
// package diving makes solutions of them.
//
// Names: pi duals, j column, x values.
package colgen
