// Package explain says why pools take no more of the pods that a solution leaves: for
// each kind of pods and each pool the first rule that no offer of the pool passes, what
// decided, and the smallest change by which one more pod could be placed.
//
// Rules are asked as hurdles, in the scheduler's order: about the node and the pod alone
// on it, about other pods, about what can be launched. What compiling decided is looked
// up: an offer that its pool refuses keeps the rule that refused it.
package explain
