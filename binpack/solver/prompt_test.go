package solver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// late is a context whose deadline has passed, and whose timer has not fired yet.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func TestPrompt(t *testing.T) {
	require.NoError(t, prompt(context.Background()).Err())
	ctx, end := context.WithTimeout(context.Background(), time.Hour)
	require.NoError(t, prompt(ctx).Err())
	end()
	require.ErrorIs(t, prompt(ctx).Err(), context.Canceled)
	require.ErrorIs(t, prompt(late{context.Background()}).Err(), context.DeadlineExceeded)
}
