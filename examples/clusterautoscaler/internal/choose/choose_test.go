package choose_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/simulate"
)

func drawn(t *testing.T, seed uint64) (estimate.Setting, *estimate.Model) {
	w, err := simulate.NewWorld(simulate.Draw(seed))
	require.NoError(t, err)
	kinds, _ := estimate.Kinds(w.Pods)
	set := estimate.Setting{Kinds: kinds, Groups: w.Groups, Daemons: w.Problem.DaemonPods}
	m, err := estimate.New(set)
	require.NoError(t, err)
	return set, m
}

func TestNothingToChooseFrom(t *testing.T) {
	set, m := drawn(t, 8)
	var s choose.Session
	_, err := s.Ask(t.Context(), set, nil)
	assert.ErrorIs(t, err, choose.ErrNoOption)
	empty := make([]estimate.Growth, 1)
	empty[0].Pods = make([]int, len(m.Kinds))
	_, err = s.Ask(t.Context(), set, empty)
	assert.ErrorIs(t, err, choose.ErrNoOption)
}

// TestTheSequenceIsTheCheapest holds the look-ahead against all sequences there are.
func TestTheSequenceIsTheCheapest(t *testing.T) {
	for _, seed := range []uint64{8, 19} {
		set, m := drawn(t, seed)
		s := choose.Session{Chooser: choose.Chooser{Work: 300_000}}
		d, err := s.Ask(t.Context(), set, m.Options(m.Start()))
		require.NoError(t, err)
		require.Zero(t, d.Left)
		best := catalog.Price(1) << 60
		all(m, m.Start(), 4, &best)
		assert.Equal(t, best.String(), d.Total.String(), "seed %d", seed)
	}
}

// all follows every sequence of at most rounds rounds.
func all(m *estimate.Model, s *estimate.State, rounds int, best *catalog.Price) {
	if s.Cost >= *best {
		return
	}
	if s.Pending() == 0 {
		*best = s.Cost
		return
	}
	if rounds == 0 {
		return
	}
	options := m.Options(s)
	for i, first := range m.Classes(options) {
		if i == first {
			next := s.Clone()
			m.Step(next, options[i].Group)
			all(m, next, rounds-1, best)
		}
	}
}

func TestTheSameQuestionHasTheSameAnswer(t *testing.T) {
	set, m := drawn(t, 3)
	var first choose.Decision
	for i := range 2 {
		s := choose.Session{Chooser: choose.Chooser{Work: 300_000, Steps: 20_000}}
		d, err := s.Ask(t.Context(), set, m.Options(m.Start()))
		require.NoError(t, err)
		if i == 0 {
			first = d
		}
		assert.Equal(t, first.Path, d.Path)
		assert.Equal(t, first.Total, d.Total)
	}
}

func TestAnAnswerWhenTheContextHasEnded(t *testing.T) {
	set, m := drawn(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var s choose.Session
	options := m.Options(m.Start())
	d, err := s.Ask(ctx, set, options)
	require.NoError(t, err)
	assert.True(t, d.Cut)
	assert.Less(t, d.Option, len(options))
	assert.NotEmpty(t, d.Path)
}

// TestCountsThatDifferFromTheEstimate takes Cluster Autoscaler's word: a group that is at
// its limit is not thought to grow again.
func TestCountsThatDifferFromTheEstimate(t *testing.T) {
	set, m := drawn(t, 8)
	options := m.Options(m.Start())
	for i := range options { // one node each, with one pod
		o := estimate.Growth{Group: options[i].Group, Nodes: 1, Pods: make([]int, len(m.Kinds)), Count: 1, Cost: m.Groups[options[i].Group].Price}
		for k, n := range options[i].Pods {
			if n > 0 {
				o.Pods[k] = 1
				break
			}
		}
		options[i] = o
	}
	var s choose.Session
	d, err := s.Ask(t.Context(), set, options)
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, g := range d.Path {
		assert.False(t, seen[g], "%s grows twice", g)
		seen[g] = true
	}
}
