package choose_test

import (
	"context"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/simulate"
)

func drawn(t *testing.T, seed uint64) (estimate.Setting, *estimate.Model) {
	w, err := simulate.NewWorld(simulate.Draw(seed))
	require.NoError(t, err)
	set := setting(w)
	m, err := estimate.New(set)
	require.NoError(t, err)
	return set, m
}

func setting(w *simulate.World) estimate.Setting {
	kinds, _ := estimate.Kinds(w.Pods)
	return estimate.Setting{Kinds: kinds, Groups: w.Groups, Daemons: w.Problem.DaemonPods, Limits: w.Limits}
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
	worlds := map[string]binpack.Problem{"drawn-8": simulate.Draw(8), "drawn-19": simulate.Draw(19)}
	for _, name := range []string{"c5m5r5-mix-1000", "c5m5r5-spotmix-1000", "constraints-antiaffinity-100", "rules-daemons", "rules-hostports", "rules-taints-tolerations"} {
		f, err := os.Open("../../../../binpack/testdata/problems/" + name + ".json")
		require.NoError(t, err)
		worlds[name], err = problemfile.Read(f)
		require.NoError(t, errors.Join(err, f.Close()))
	}
	for name, p := range worlds {
		t.Run(name, func(t *testing.T) {
			w, err := simulate.NewWorld(p)
			require.NoError(t, err)
			set := setting(w)
			m, err := estimate.New(set)
			require.NoError(t, err)
			s := choose.Session{Chooser: choose.Chooser{Work: 300_000}}
			d, err := s.Ask(t.Context(), set, m.Options(m.Start()))
			require.NoError(t, err)
			require.Zero(t, d.Left)
			assert.Equal(t, cheapest(m).String(), d.Total.String())
		})
	}
}

// cheapest returns what the cheapest of all sequences costs that leave no pod. States that
// are alike are followed once, by the cheapest way to them.
func cheapest(m *estimate.Model) catalog.Price {
	best := catalog.Price(math.MaxInt64)
	reached := map[string]catalog.Price{}
	level := map[string]*estimate.State{"": m.Start()}
	for len(level) > 0 {
		next := map[string]*estimate.State{}
		for _, s := range level {
			options := m.Options(s)
			for i, first := range m.Classes(options) {
				if i != first {
					continue
				}
				c := s.Clone()
				m.Step(c, options[i].Group)
				m.Settle(c)
				if m.Local() {
					c.Forget()
				}
				old, seen := reached[c.Key()]
				switch {
				case c.Cost >= best, seen && old <= c.Cost:
				case c.Pending() == 0:
					best = c.Cost
				default:
					reached[c.Key()], next[c.Key()] = c.Cost, c
				}
			}
		}
		level = next
	}
	return best
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
