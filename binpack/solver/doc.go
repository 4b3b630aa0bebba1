// Package solver finds plans: [Solve] is what to call, with a Problem that states pods,
// pools and a catalog; the settings of a [Solver] say how long to search, what an earlier
// plan to start from was, and what a plan may cost beside prices. [Solver.Plans] yields
// plans as they become better. Package verify checks what comes of it.
package solver
