// Package launch carries a plan out when the market does not have everything
// that the plan wants.
//
// [UnavailableOfferings] remembers what could not be launched, and for how long
// not to try it again. It is a [binpack.Availability], as are [Counts],
// [Without], [Only] and any function ([Func]); [All] composes them.
//
// A [Runner] launches through the embedder's [Launcher], in requests for nodes that
// are alike. What fails is marked, and a [Fallback] says what is launched instead:
//
//	plan ─requests─► Launcher ─answers─► nodes, failures
//	failures ─EC2─► marks ─► UnavailableOfferings
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
