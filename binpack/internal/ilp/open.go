package ilp

// Open is what branch and bound has yet to look at, in the order of package heap: first what
// comes before all others.
type Open[T interface{ Before(T) bool }] []T

// Len, Less, Swap, Push and Pop are those of heap.Interface.
func (l Open[T]) Len() int           { return len(l) }
func (l Open[T]) Less(i, j int) bool { return l[i].Before(l[j]) }
func (l Open[T]) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *Open[T]) Push(x any)        { *l = append(*l, x.(T)) }

// Pop takes the last out.
func (l *Open[T]) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
