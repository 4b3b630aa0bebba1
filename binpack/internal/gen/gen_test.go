package gen_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/gen"
)

func TestProblemsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, gen.Problems(gen.Small()).Draw(t, "problem").Validate())
	})
}

func TestMix(t *testing.T) {
	p := gen.Mix(7, 1_003, 50)
	require.NoError(t, p.Validate())
	require.Len(t, p.Catalog, 24)
	require.Len(t, p.Workloads, 50)
	sum := 0
	for _, w := range p.Workloads {
		sum += w.Replicas
	}
	require.Equal(t, 1_003, sum)
	require.Equal(t, p, gen.Mix(7, 1_003, 50))
	require.NotEqual(t, p, gen.Mix(8, 1_003, 50))
}
