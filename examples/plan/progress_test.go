package main

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/examples/internal/cli"
)

// screen is a terminal that tells when it is written to.
type screen struct {
	mutex   sync.Mutex
	text    bytes.Buffer
	written chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	select {
	case s.written <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func TestProgress(t *testing.T) {
	s := &screen{written: make(chan struct{}, 1)}
	line := newProgress(s, "USD/h", 0, time.Millisecond)
	<-s.written
	line.show(binpack.Plan{Cost: 200_000_000, LowerBound: 150_000_000})
	<-s.written // may have begun before
	<-s.written
	<-s.written
	line.close()
	require.Contains(t, s.text.String(), "looking for a first plan, 0s")
	require.Contains(t, s.text.String(), "\r\x1b[K0.2 USD/h, at least 0.15, gap 25.00%, 0s (Ctrl-C: that is it)")
	require.True(t, bytes.HasSuffix(s.text.Bytes(), []byte("\r\x1b[K")))
}

// TestNoProgress writes nothing of a quick search, and nothing but to a terminal.
func TestNoProgress(t *testing.T) {
	s := &screen{}
	line := newProgress(s, "USD/h", time.Hour, time.Millisecond)
	line.show(binpack.Plan{})
	line.close()
	require.Empty(t, s.text.String())
	require.False(t, isTerminal(s))

	var none *progress
	none.show(binpack.Plan{})
	none.close()
}

// TestBest stops a search at its first plan: what there is is the answer.
func TestBest(t *testing.T) {
	p, err := cli.ReadProblem(problem("c5m5r5-mix-100"))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	s := &stopper{stop: stop}
	s.progress = newProgress(s, "USD/h", 0, time.Millisecond)
	plan, err := best(ctx, solver.Solver{Alternatives: 2, Work: -1}, p, false, s.progress)
	s.progress.close()
	require.NoError(t, err)
	require.Equal(t, binpack.Interrupted, plan.Status)
	require.NoError(t, verify.Plan(t.Context(), p, plan))
	require.NoError(t, verify.Bound(t.Context(), p, plan))
	require.NotEmpty(t, plan.Launches[0].Alternatives)

	_, err = best(ctx, solver.Solver{}, p, false, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// A stopper stops a search once a plan is shown.
type stopper struct {
	progress *progress
	stop     func()
}

func (s *stopper) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("USD/h")) {
		s.stop()
	}
	return len(p), nil
}
