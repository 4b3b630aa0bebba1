package work_test

import (
	"context"
	"testing"
	"time"

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

// late is a context whose deadline has passed, and whose timer has not fired yet.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func TestPrompt(t *testing.T) {
	require.NoError(t, work.Prompt(context.Background()).Err())
	ctx, end := context.WithTimeout(context.Background(), time.Hour)
	require.NoError(t, work.Prompt(ctx).Err())
	end()
	require.ErrorIs(t, work.Prompt(ctx).Err(), context.Canceled)
	require.ErrorIs(t, work.Prompt(late{context.Background()}).Err(), context.DeadlineExceeded)
}
