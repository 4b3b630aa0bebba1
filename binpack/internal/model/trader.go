package model

// A Trader moves pods between classes that are alike but for the bins that admit
// them, as far as it may be.
type Trader interface {
	Siblings(class int) []int // classes that pods of a class could be of
	Shift(from, to int) bool  // makes one pod of from one of to; false: it may not
	Undo(from, to int)        // takes back such a shift
}
