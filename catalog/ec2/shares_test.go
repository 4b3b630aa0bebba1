package ec2_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	_ "github.com/stowage/stowage/internal/seed"
)

// Shares of memory and disk are what exact arithmetic says, rounded up: of the
// machine to a MiB, of the kubelet to a byte.
func TestShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const all = int64(100 * catalog.USD)
		share := rapid.Int64Range(0, all).Draw(t, "overhead")   // billionths of a percent
		evict := rapid.Int64Range(0, all-1).Draw(t, "eviction") // 100% would switch it off
		memory := rapid.Int64Range(1, 1<<30).Draw(t, "MiB")
		root := rapid.Int64Range(1, 1<<16).Draw(t, "GiB")
		node := ec2.Node{
			VMOverhead:    catalog.Price(share).String() + "%",
			EvictionHard:  map[string]string{"memory.available": catalog.Price(evict).String() + "%", "nodefs.available": catalog.Price(evict).String() + "%"},
			RootVolumeGiB: root,
		}
		c, err := ec2.Options{Region: "r", Node: node, Facts: []ec2.Type{{Name: "m1.x", Arch: "amd64", VCPUs: 1, MemoryMiB: memory, Pods: 10}}}.Catalog()
		require.NoError(t, err)
		capacity := (memory - ceil(memory, share)) << 20
		require.Equal(t, capacity, c[0].Capacity.Memory().Value())
		require.Equal(t, (255+11*10)<<20+ceil(capacity, evict), c[0].Overhead.Memory().Value())
		disk := c[0].Overhead[corev1.ResourceEphemeralStorage]
		require.Equal(t, 1<<30+ceil(root<<30, evict), disk.Value())
	})
}

// ceil returns n*share/100%, rounded up.
func ceil(n, share int64) int64 {
	quotient, rest := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(n), big.NewInt(share)), big.NewInt(int64(100*catalog.USD)), new(big.Int))
	if rest.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient.Int64()
}
