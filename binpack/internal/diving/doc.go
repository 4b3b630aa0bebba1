// Package diving makes integral solutions of the linear program over columns. It launches
// each column as often as the program does, rounded down, solves again for what is left,
// and so on; where that launches little, the columns with the largest fractions are
// launched once more. After each step the rest is also packed greedily, and the best of
// these solutions is the result. A dive ends when the program's cost is no less than that
// of the best solution so far.
//
// Where a dive rounded a column up near its top, it comes back and does without it:
// limited discrepancy search (Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, Primal
// Heuristics for Branch and Price, 2019). Later dives shake the order instead.
//
// Around improves a solution piece by piece: some nodes are taken out, and where the
// program for their pods says that they may cost less, a dive tries to.
package diving
