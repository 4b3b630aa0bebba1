package packing

import "context"

// Filled and Counted are the two ways of Ask.
func (s *Search) Filled(launches []int64, ticks int) Answer {
	s.begin()
	return s.filled(context.Background(), launches, ticks)
}

func (s *Search) Counted(launches []int64, ticks int) Answer {
	s.begin()
	return s.counted(context.Background(), launches, ticks)
}
