// Package binpack finds the cheapest set of instance launches for pending
// pods, and proves how cheap that is.
//
// A [Problem] says what must be placed and what may be launched: pods as the
// Kubernetes API states them, pools, and a catalog with prices. [Solve] turns
// it into a [Plan]: launches, the pods on each, and the pods that cannot be
// placed with the reasons. The way of the data:
//
//	Problem ─validate─► pods in kinds ─compile─► model.Model: classes, bins, caps
//	model ─cells─► the same without rules over domains
//	cells ─relax─► values of pods ─greedy or single─► first solution
//	colgen, diving, search ─► better solutions, better values
//	values ─bound─► lower bound and certificate
//	solution ─report─► Plan ─Verify, VerifyBound─► nothing to object to
//
// Alike pods are one class with a count, and alike offerings one bin, so the
// effort grows with what is different, not with the number of pods. Below
// compile there is no Kubernetes and no cloud, only integers.
//
// # What is promised
//
//   - Every plan keeps the rules: [Verify] checks one from the API objects, by
//     rules that share no code with the compiler's. A rule that is not modelled
//     is never ignored: its pods are not placed, and say [Unsupported].
//   - [Plan.LowerBound] holds: no plan that leaves as few pods costs less. It is
//     an integer, proven in integers; [VerifyBound] proves it again from
//     [Plan.Certificate], with code that shares nothing with the search.
//   - The same Problem gives the same Plan, byte for byte, on every machine of an
//     architecture, unless a context cuts the search. Another order of pods,
//     pools, types and offerings gives the same cost, bound and launches by
//     type.
//   - Nothing is logged, nothing that is passed in is modified, and no goroutine
//     outlives a call.
//
// # What is modelled
//
// Every placement rule of Kubernetes' pods, and what pools and clusters add:
// requests and the pod limit, node selectors and affinity, taints, spread, affinity
// and anti-affinity between pods over any topology key, host ports, volumes with
// claims, priority, preferences and gangs; pools with labels, taints, requirements,
// limits, weights, minValues and labels to be chosen; daemons, quotas, limits of
// offerings and [Availability]; nodes that are up, or on their way. The README has a table of them,
// and of where they are read otherwise than by the scheduler.
//
// Not there: resource claims, disks without a claim, tolerations that compare numbers,
// and spreads over domains that count daemons. Of a daemon with any of these, or with a
// claim, the requests count, and a [Note] says so. A pod that cannot be read is left with
// reason [Invalid]; all others get their plan.
package binpack
