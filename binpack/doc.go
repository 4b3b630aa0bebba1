// Package binpack finds the cheapest set of instance launches for pending
// pods, and proves how cheap that is.
//
// A [Problem] says what must be placed and what may be launched: pods as the
// Kubernetes API states them, pools, and a catalog with prices. [solver.Solve]
// turns it into a [Plan]: launches, the pods on each, and the pods that cannot be
// placed with the reasons. What to call:
//
//	plan, err := solver.Solve(ctx, problem)            what to launch, and which pods go where
//	err = verify.Plan(ctx, problem, plan)              nil: it keeps every rule
//	outcome, err := launch.Runner{...}.Run(ctx, problem, plan)  with whatever the market has
//	handover.Driver{...}.Run(ctx, handed)              the pods run on their nodes
//	rest := problem.After(outcome.Plan())              what then still waits
//
// # The second round
//
// Once launches are under way, plan again with what there is: the pods that still
// wait, existing nodes as [Problem.Existing], instances that have not joined as
// Joining nodes (or as launches that [Problem.After] applies), what the pools' nodes
// use as [Pool.Used], and what the cloud had none of as [Problem.Availability]. The plan
// before goes to solver.Solver.Start: its pods are known by UID, name or content, so
// that objects that were read again will do. What it launched is a node by now: its
// pods there are a [Nomination] for that node of Existing. Package launch has an
// example; a whole autoscaler that does so, against a fake cluster, is examples/loop.
//
// Who waits is for the caller to say. Pods that have status.nominatedNodeName, for
// a node that exists, are about to run there: leave them out, unless the nomination
// was the caller's own and its handover has ended. Pods with scheduling gates may
// be left in: they stay, and say [SchedulingGated]. Pods of another
// spec.schedulerName are to be left out, unless that scheduler knows all of
// Kubernetes' rules.
//
// [Requests], [Problem.DaemonsOn], [Problem.RequestsOn] and [Unfit] answer single
// questions by the rules that plans go by.
//
// # What is promised
//
//   - Every plan keeps the rules: verify.Plan checks one from the API objects, by
//     rules that share no code with the compiler's. A rule that is not modelled
//     is never ignored: its pods are not placed, and say [Unsupported].
//   - [Plan.LowerBound] holds: no plan that leaves as few pods costs less. It is
//     an integer, proven in integers; verify.Bound proves it again from
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
// offerings and [Availability]; existing nodes, and nodes on their way. RULES.md has a
// table of them, and of how they are read differently from the scheduler.
//
// Not there: resource claims, disks without a claim, tolerations that compare numbers,
// and spreads over domains that count daemons. Of a daemon with any of these, or with a
// claim, the requests count, and a [Note] says so. A pod that cannot be read is left with
// reason [Invalid]; all others get their plan.
//
// # The way of the data
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
// [solver.Solve]: https://pkg.go.dev/github.com/stowage/stowage/binpack/solver#Solve
package binpack
