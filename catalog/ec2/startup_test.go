package ec2_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// load is what a program does with all types of a region before it solves.
func load(t testing.TB) catalog.Catalog {
	machines, err := ec2.Options{Region: "us-east-1"}.Catalog()
	require.NoError(t, err)
	list, err := prices.OnDemand("us-east-1")
	require.NoError(t, err)
	priced, unpriced := pricing.ApplyKnown(machines, list)
	require.Len(t, unpriced, 3*18)
	return priced
}

// A program that loads the full catalog takes less than 10 MB for it, garbage
// included.
func TestFullCatalogInLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := load(t)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10e6), "bytes")
	runtime.KeepAlive(c)
}

func BenchmarkFullCatalog(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b)
	}
}
