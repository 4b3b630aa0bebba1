// Package translate makes a binpack.Problem of what Karpenter knows, and NodeClaims of the
// Plan. It is pure: data in, data out, no client and no clock.
//
//	Cluster ─Problem─► Translation{Problem, Lost} ─solver─► Plan ─Claims─► NodeClaims
//
//	cluster.go  what goes in, and what is lost
//	problem.go  the whole, with pods and the way back
//	pools.go    NodePool → Pool
//	types.go    InstanceType → catalog
//	nodes.go    StateNode → ExistingNode
//	choice.go   further types of a claim
//	claims.go   Plan → NodeClaims and nominations
//	fields.go   every field of NodePool and InstanceType, and what becomes of it
package translate
