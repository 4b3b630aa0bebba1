// Package model holds a compiled problem: integers and slices, nothing of
// Kubernetes and nothing of any cloud. It is what every stage of the solver
// reads and none writes.
//
// The problem in one formula: choose columns j, each a bin b(j) with counts
// a(c,j) of the classes on it, and how often each is launched, x(j), to
//
//	minimise   Σ_j price(b(j))·x(j)
//	subject to Σ_j a(c,j)·x(j) = count(c) − left(c)   for every class c
//	           Σ_j use(k,b(j))·x(j) ≤ limit(k)        for every cap k
//	           Σ_c request(c,r)·a(c,j) ≤ capacity(b(j),r)
//	           a(c,j) > 0 only where b(j) admits c
//	           Σ_{c in g} a(c,j) ≤ most(g)            where j has an owner of group g
//	           x, a whole numbers,
//
// where first left is as small as can be, level by level of priority, and then
// the cost.
//
// Invariants: classes differ from each other in requests, level, groups or in
// the bins that admit them, bins in price, capacity, admitted classes, uses or pool. Their
// order depends on their content and names alone, never on the order of the
// input. All amounts of a resource are in one unit, the greatest that divides
// every request, so that sums stay far from overflow.
//
// Names: m model, c class, b bin, r resource, k cap, g group, j column.
package model
