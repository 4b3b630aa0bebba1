package colgen

// MaxRounds bounds the column generation: it seldom needs as many.
const MaxRounds = 400

// Quick is the level of effort of a first solve: then a dive is worth more than the last
// columns.
const Quick = 1
