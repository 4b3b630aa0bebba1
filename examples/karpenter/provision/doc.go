// Package provision is Karpenter's provisioner with Stowage as its planner: it takes the
// place of upstream's controller of that name and of the two that trigger it, and leaves
// all others as they are.
//
//	replace.go      which of upstream's controllers are kept, and which are replaced
//	triggers.go     pods that wait and nodes that go away start a batch
//	provisioner.go  batch → plan → NodeClaims, events, metrics
//	gather.go       what Karpenter knows, as a translate.Cluster
//	held.go         nodes that the handover's taint holds, and the pods meant for them
//	handover.go     the plan comes true: nominations, bindings, releases
//	api.go          the calls that a handover makes
//	settings.go     flags
//	metrics.go      what is measured
package provision
