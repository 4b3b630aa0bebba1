// Package proof proves lower bounds of a model's plans beside the search for one. It
// chooses values of pods, as the duals of linear programs give them, and lets package
// bound say in integers what they prove: each set of values is a cut that the numbers of
// nodes of every plan must meet.
//
// Where weight puts pools before others, every plan is in one of several branches; the
// bound is the least over the branches. Package separation looks for cuts that the nodes of
// a bound do not meet.
package proof
