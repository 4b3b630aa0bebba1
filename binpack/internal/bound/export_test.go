package bound

import "context"

// MostPlaced returns an upper bound on the number of pods that launches within
// all limits can hold.
func MostPlaced(ctx context.Context, in *Instance) (int64, error) {
	return maxValueHeld(ctx, in, 0, func(*Kind) int64 { return 1 })
}
