package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/model/modeltest"
)

// TestPartial: a gang of several classes is placed in part when some of its pods
// are and some are not, whichever these are.
func TestPartial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := modeltest.DrawWith(t, modeltest.Rules{Gangs: true})
		modeltest.Plans(m, func(nodes []modeltest.Node) bool {
			g := modeltest.SolutionOf(nodes).Partial(m)
			require.Equal(t, modeltest.GangsWhole(m, nodes), g == 0)
			if g > 0 {
				alone := *m // with no gang but the one that is named
				alone.Classes = slices.Clone(m.Classes)
				for c := range alone.Classes {
					if alone.Classes[c].Gang != g {
						alone.Classes[c].Gang = 0
					}
				}
				require.False(t, modeltest.GangsWhole(&alone, nodes))
			}
			return true
		})
	})
}
