// Package check says what of a pod, or of what may be launched, cannot be read: a
// quantity that is negative or absurd, an operator that Kubernetes does not have, a
// selector that does not parse. It decides on nothing that can be read; what pods and
// nodes go together is for the rules to say.
package check
