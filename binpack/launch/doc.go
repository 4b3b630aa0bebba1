// Package launch carries a plan out when the market does not have everything
// that the plan wants.
//
// [UnavailableOfferings] remembers what could not be launched, and for how long
// not to try it again. It is a [binpack.Availability], as are [Counts],
// [Without], [Only] and any function ([Func]); [All] composes them.
//
// [EC2] knows what an error code of Amazon EC2 says: of what there is none now,
// and whether to launch something else, to ask again, or to stop.
package launch
