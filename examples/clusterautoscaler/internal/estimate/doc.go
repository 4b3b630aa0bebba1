// Package estimate does what Cluster Autoscaler's estimator does: it says how many
// nodes of a group the pending pods need, and which of them the group then holds.
//
//	n, S = grow(group, pending):  large pods first, each on the first new node with room;
//	                              a new node where there is none; until no pod fits
//
// Cluster Autoscaler puts every pod that a group can hold on that group. So what is
// left after an answer is known, and a chooser can look ahead.
//
// Alike pods are one kind with a count, and alike nodes one run with a number, so an
// estimate takes kinds × runs steps and not pods × nodes.
//
// The rules are those of kube-scheduler's filters as far as templates state them: requests,
// node selector and affinity, taints, host ports, spread, affinity and anti-affinity
// between pods. Volumes, resource claims and preferences are left out: Cluster Autoscaler
// has tried them before it asks. The method is described in
// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md.
package estimate
