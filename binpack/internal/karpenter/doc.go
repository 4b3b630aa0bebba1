// Package karpenter runs the provisioning scheduler of Karpenter, the module
// sigs.k8s.io/karpenter itself and not an imitation, on a [binpack.Problem],
// and returns what it would launch as a [binpack.Plan]. It is the yardstick of
// the tests and tables: same pods, same types, same prices, same machine.
//
// There is no cluster. Each batch of [Solve] makes Karpenter's inputs anew:
//
//	pool.go     Pool → NodePool and its list of cloud-provider types
//	openkey.go  the keys that a pool leaves each node to choose
//	cluster.go  nodes with the pods on them → a fake API and Karpenter's cluster state
//	pod.go      Pods, Workloads and DaemonPods → single pods, and back to counts
//	launch.go   NodeClaim → the launch of its cheapest offering
//	ignored.go  what a problem states that Karpenter has no notion of
//
// README.md lists where a problem had to be bent to fit Karpenter, and where
// Karpenter's own way costs it money or breaks a rule. The command in compare/
// sets it beside Stowage.
//
// This is a module of its own, so that whoever imports Stowage never sees
// Karpenter's dependencies.
package karpenter
