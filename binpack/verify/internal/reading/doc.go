// Package reading reads a Problem by the rules of package naive, for the checks
// of package verify. It shares nothing with the compiler of the solver.
//
// Of reads in this order, each value from those before it:
//
//	Rules     the rules between pods, numbered by content
//	Kinds     pods that no rule tells apart
//	Existing  the existing nodes, and what the pods on them mean to others
//	Supply    the pools, and the node templates that they can launch
package reading
