package binpack_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
)

// TestTemporary: what the market, other pods or time may cure is temporary; what only
// a change to the pod or the pool cures is not.
func TestTemporary(t *testing.T) {
	for _, r := range []binpack.Reason{
		binpack.NoAvailableOffering, binpack.PoolLimit, binpack.QuotaReached, binpack.MinValues, binpack.PoolWeight,
		binpack.PodAffinity, binpack.PodAntiAffinity, binpack.TopologySpread, binpack.Gang, binpack.VolumeZone,
		binpack.SchedulingGated, binpack.NotLaunched,
	} {
		require.True(t, r.Temporary(), r)
	}
	for _, r := range []binpack.Reason{
		binpack.InsufficientResources, binpack.NodeAffinity, binpack.UntoleratedTaint, binpack.HostPort,
		binpack.NotPending, binpack.Unsupported, "",
	} {
		require.False(t, r.Temporary(), r)
	}
}
