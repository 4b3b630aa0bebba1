// Package conformance asks the kube-scheduler and Stowage the same question,
// may this pod go to that node?, about random clusters, and compares the
// answers. The scheduler is Kubernetes' own: the filter plugins of the module
// k8s.io/kubernetes in their default configuration, with the API server's
// defaults and validation before them. There is no API server and no cluster.
//
//	draw*.go      random clusters: nodes, pods on them, one pod that waits
//	world.go      what all clusters have in common: namespaces and storage
//	supply.go     what may be launched: nodes for the scheduler, offerings for Stowage
//	apiserver.go  a manifest → the pod as the API server stores it
//	scheduler.go  the plugins, and which of them refuse a node
//	ask.go        a problem → the scheduler's nodes and pods
//	stowage.go    a problem → the places that Solve knows for its pod
//	rules.go      the rules of packages kube and naive, one by one
//	compare.go    all answers side by side
//
// README.md says what is compared, and where the two differ on purpose.
//
// This is a module of its own, so that whoever imports Stowage never sees the
// dependencies of Kubernetes.
package conformance
