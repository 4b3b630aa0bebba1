package settling

// A box is bounds of the variables.
type box struct {
	low, high []int64
	bound     float64
	number    int // in the order in which they were made
}

// boxes have the one with the least bound first, and of those the newest.
type boxes []*box

func (l boxes) Len() int { return len(l) }
func (l boxes) Less(i, j int) bool {
	return l[i].bound < l[j].bound || l[i].bound == l[j].bound && l[i].number > l[j].number
}
func (l boxes) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *boxes) Push(x any)   { *l = append(*l, x.(*box)) }
func (l *boxes) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
