// Package naive states Kubernetes' placement rules once more, slow and
// obvious: one pod, one node, one answer. The verifier judges plans by it. It
// is written from the API's documentation and shares no code with package
// kube, which serves the compiler, so that an error in one shows as a
// difference from the other.
//
// Each rule of a pod is one file and one function. A rule about nodes takes a
// pod and a node to a Refusal; rules lists them. A rule about the pods of one
// node is a Limit; limits lists them. A node is a
// *corev1.Node: New makes the one that a launch becomes, and CrewOf tells which
// daemon pods it has. What it holds is counted in Amounts, exact integers.
package naive
