// Package launch carries a plan out when the market does not have everything
// that the plan wants. What to call:
//
//	outcome, err := launch.Runner{Launcher: cloud, Unavailable: memory}.Run(ctx, problem, plan)
//	done := outcome.Plan()                                   what was launched, and the pods on it
//	next.Availability = launch.All(stock, memory)            for the next plan: what is known of the market
//
// The [Launcher] is the embedder's: it starts nodes that are alike, and answers with
// the instances, or with the error code of the cloud. Where nodes are started later (a
// managed group, a NodeClaim) it answers how many are accepted. The memory is an
// [UnavailableOfferings]: what could not be launched, and for how long not to try it
// again. It is a [binpack.Availability], as are [Counts], [Without], [Only] and any
// function ([Func]); [All] composes them. A cloud other than Amazon EC2 has error codes
// of its own: Runner.Codes says what they mean.
//
// # The next round
//
// A node that was launched or accepted is a launch for [binpack.Problem.After] until it
// has joined, and then one of Problem.Existing. Its pods may wait all that time: then
// leave them out of the launch, and let Solver.Start nominate them for the node, so
// that they stay with it. What was accepted and does not come is no launch any more:
// its pods are planned again. The example of the next round has all of this.
//
// # How it works
//
// A [Runner] launches in requests for nodes that are alike. What fails is marked, and a
// [Fallback] says what is launched instead:
//
//	plan ─requests─► Launcher ─answers─► nodes, failures
//	failures ─Codes─► marks ─► UnavailableOfferings
//	nodes ─Problem.After─► rest: the pods that wait, and the existing nodes
//	rest ─Fallback─► more launches ─requests─► … ─► Outcome
//
// The [Outcome] has each pod once: on a node, or left over with the reason. Whatever
// a Launcher does (fewer nodes, others, the same twice, no answer, a panic), that
// stays so. Package launchtest has a Launcher for tests.
//
// [EC2] knows what an error code of Amazon EC2 says: of what there is none now,
// and whether to launch something else, to ask again, or to stop.
package launch
