// Package diving makes whole solutions of the linear program over columns: it
// launches what the program launches whole, rounded down, solves again for what
// is left, and so on; where little is whole, the columns that are nearest to it
// are launched once more. After each step the rest is also packed greedily, and the
// best of these solutions is the result. What the program says that will cost no
// less than the best so far is given up.
//
// Where a dive rounded up near its top it comes back and does without that column:
// limited discrepancy search (Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, Primal
// Heuristics for Branch and Price, 2019). Later dives shake the order instead.
//
// Around betters a solution piece by piece: some nodes are taken out, and where the
// program for their pods says that they may cost less, a dive tries to.
package diving
