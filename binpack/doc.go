// Package binpack finds the cheapest set of instance launches for pending
// pods, and proves how cheap that is.
//
// A [Problem] says what must be placed and what may be launched: pods as the
// Kubernetes API states them, pools, and a catalog with prices. [Solve] turns
// it into a [Plan]: launches, the pods on each, and the pods that cannot be
// placed with the reasons. The way of the data:
//
//	Problem ─validate─► pods in kinds ─compile─► model.Model: classes, bins, caps
//	model ─relax─► values of pods ─greedy or single─► first solution
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
// Requests of every resource as the scheduler counts them, the pod limit, node
// selectors, required node affinity, taints and tolerations; pools with labels,
// taints, requirements and limits, limits of offerings, quotas and
// [Availability]; daemons, host ports, spread and required anti-affinity by
// hostname; priority where limits are short. A PreferNoSchedule taint keeps pods
// away as long as another node is possible.
//
// Not yet: spread and anti-affinity over zones and other keys, affinity between
// pods, existing nodes, weights, minValues, requirements on labels that a launch
// would have to choose, volumes with claims, gangs and preferences.
package binpack
