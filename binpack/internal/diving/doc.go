// Package diving makes whole solutions of the linear program over columns: it
// launches what the program launches whole, rounded down, solves again for what
// is left, and so on; where nothing is whole, the column that is nearest to it
// is launched once (Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, Primal
// Heuristics for Branch and Price, 2019). After each step the rest is also
// packed greedily, and the best of these solutions is the result.
package diving
