package packing

import "context"

// Filled, Counted and Completed are the ways of Ask; only the last one knows of rules.
func (s *Search) Filled(launches []int64, ticks int) Answer {
	s.begin()
	return s.filled(context.Background(), launches, ticks)
}

func (s *Search) Counted(launches []int64, ticks int) Answer {
	s.begin()
	return s.counted(context.Background(), launches, ticks)
}

func (s *Search) Completed(launches []int64, ticks int) Answer {
	s.begin()
	return s.completed(context.Background(), launches, ticks)
}
