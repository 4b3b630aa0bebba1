package work_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/internal/work"
)

// TestMeter: the limit counts at once, the end of the context at the next look at it.
func TestMeter(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	m := work.NewMeter(ctx, 100)
	m.Spend(99)
	require.False(t, m.Done())
	m.Spend(1)
	require.True(t, m.Done())
	require.False(t, m.Interrupted())

	m = work.NewMeter(ctx, -1)
	require.False(t, m.Done())
	end()
	require.False(t, m.Done(), "it does not look every time")
	require.True(t, m.Interrupted())
	require.True(t, m.Done(), "though nothing was spent since")
}
