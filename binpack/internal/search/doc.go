// Package search improves a solution by large neighbourhood search: it takes
// a few nodes out of the solution, packs their pods anew with values that are
// shaken a little, and keeps the result where it is no worse (Shaw, Using
// Constraint Programming and Local Search Methods to Solve Vehicle Routing
// Problems, 1998).
//
// Or it drains a node: all other nodes exchange pods with it, until the waste of all is on
// that one.
//
// A solution is better that leaves fewer pods, level by level of priority, or as few at a
// lower cost. Equally good ones are accepted too, which moves the search along plateaus.
// The random numbers are seeded alike in every call, so that the same model
// and limit give the same result.
package search
