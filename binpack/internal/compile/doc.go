// Package compile turns a Problem into a model of whole numbers, and knows the way back
// from it. It is a chain of values, each made by one function from those before it:
//
//	Read     Problem → Reading: pods in kinds, rule sets, the supply
//	amounts  what each kind requests, and what each offer holds
//	groups   rules about the pods of one node; those that hold everywhere become resources
//	choice   offers of pools with MinValues stand for sets of offers
//	domains  rules about the pods of one domain
//	caps     limits of offerings and pools, quotas
//	bins     offers that nothing tells apart
//	classes  kinds that nothing tells apart, and which bins admit them
//	model    all of it, for the rooms that search and prove
//
// Nothing below this package knows of Kubernetes.
package compile
