// Package kube knows what Kubernetes means by the placement rules of a pod, as
// the compiler of problems needs it: one rule, one file. Each rule comes as a
// question about one pod, or about one pod and what a node shows.
//
// What upstream defines and keeps stable is asked of k8s.io/component-helpers:
// what a pod requests, and whether node selector and required node affinity
// match a node. Taints are restated here, since the helpers' signatures change
// between releases. Package naive states the same rules once more, for the
// verifier; neither may use the other.
package kube
