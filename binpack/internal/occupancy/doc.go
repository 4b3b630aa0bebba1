// Package occupancy says which pods nodes hold, and which they would take, as
// kube-scheduler reads it. Pods that are on their way are there or not: what it says is
// right in both cases.
package occupancy
