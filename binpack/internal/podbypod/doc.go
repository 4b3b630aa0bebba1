// Package podbypod has a second judge of plans, in its tests. It lays a plan out as nodes
// and single pods and asks each pair of them by the public rules of Kubernetes and those of
// RULES.md. It is slow and simple, shares no code with verify, naive or the compiler, and
// knows neither kinds of pods nor folded launches. TestAgreement spoils plans of drawn
// problems and compares what verify.Plan and this judge say.
//
// Not in its scope, because package gen draws none of it: choices of instance types,
// catalogs of pools, launches of joining nodes that are stated, CSINodes and
// VolumeAttachments, claims of classes that make no volumes, claims that one pod may have,
// resource claims, and disks without a claim. It says no more than that a plan is refused,
// not by which rule.
package podbypod
