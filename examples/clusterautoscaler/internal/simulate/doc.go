// Package simulate is Cluster Autoscaler's loop without a cluster: what all rounds
// together launch when an expander chooses.
//
//	until no group holds a pending pod:
//	    pods settle on nodes that have room
//	    options = estimate of each group ─expander─► a group
//	    the group grows by its estimate, shared with similar groups where that is on
//
// Groups are made of a Problem: one for each pool, offering and value of an open label.
// The outcome is a Plan, which verify.Plan judges by rules that share nothing with it.
package simulate
