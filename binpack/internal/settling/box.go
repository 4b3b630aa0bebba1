package settling

// A box is bounds of the variables.
type box struct {
	low, high []int64
	bound     float64
	number    int // in the order in which they were made
}

// Before reports whether x comes before o: that of the least bound does, of those the newest.
func (x *box) Before(o *box) bool {
	return x.bound < o.bound || x.bound == o.bound && x.number > o.number
}
