// Package naive states Kubernetes' placement rules once more, slow and
// obvious: one pod, one node, one answer. The verifier judges plans by it. It
// is written from the API's documentation and shares no code with package
// kube, which serves the compiler, so that an error in one shows as a
// difference from the other.
//
// Each rule is one file. A rule about nodes takes a pod and a node to a Refusal;
// rules lists them. A rule about the pods of one node is a Limit; limits lists
// them. A rule about the pods of a domain, the nodes with one value of a label,
// says whom it selects and what it allows, and leaves it to the caller to count:
// a Spread, an anti-affinity Term, an Affinity. What a pod would rather have is
// a Penalty. What its volumes ask of a node a Storage tells. Beside these are the
// rules of pools and gangs: OpenKeys, MustLaunch, TooFewValues, Gang.
//
// A node is a *corev1.Node: New makes the one that a launch becomes, Existing
// reads one that is there, and a Crew is who is on it before any other pod
// comes. What it holds is counted in Amounts, exact integers.
package naive
