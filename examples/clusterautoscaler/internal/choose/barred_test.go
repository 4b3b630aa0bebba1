package choose_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// TestWhatOnlyClusterAutoscalerSees: the options of a model in which a volume keeps a kind
// from half of the groups are told to a session that does not know of it.
func TestWhatOnlyClusterAutoscalerSees(t *testing.T) {
	set, _ := drawn(t, 12)
	known := set
	for g := range set.Groups {
		if g%2 == 0 {
			known.Barred = append(known.Barred, [2]int{0, g})
		}
	}
	m, err := estimate.New(known)
	require.NoError(t, err)
	chooser := choose.Chooser{Work: 200_000, Steps: 20_000}
	told := choose.Session{Chooser: chooser}
	d, err := told.Ask(t.Context(), set, m.Options(m.Start()))
	require.NoError(t, err)
	assert.Zero(t, d.Left)

	knows := choose.Session{Chooser: chooser}
	want, err := knows.Ask(t.Context(), known, m.Options(m.Start()))
	require.NoError(t, err)
	assert.Equal(t, want.Total, d.Total)
	assert.Equal(t, want.Path, d.Path)
}
