package solver_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/solver"
)

// BenchmarkMillionPods shows what a large problem takes, at the default work and ten
// times that: time to the first plan, and the most memory that the process holds, the
// Problem included.
func BenchmarkMillionPods(b *testing.B) {
	for _, shapes := range []int{50, 500, 2_000} {
		for _, times := range []int64{1, 10} {
			b.Run(fmt.Sprintf("shapes=%d/work=%d", shapes, times), func(b *testing.B) {
				solver := solver.Solver{Work: times * solver.DefaultWork}
				benchmarkLarge(b, solver, gen.Mix(1, 1_000_000, shapes))
			})
		}
	}
}

func benchmarkLarge(b *testing.B, solver solver.Solver, p binpack.Problem) {
	b.ReportAllocs()
	debug.FreeOSMemory() // what the benchmark before held
	var peak peakMemory
	peak.begin()
	start := time.Now()
	for _, err := range solver.Plans(context.Background(), p) {
		require.NoError(b, err)
		break
	}
	first := time.Since(start)
	var plan binpack.Plan
	for b.Loop() {
		var err error
		plan, err = solver.Solve(context.Background(), p)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(peak.end())/(1<<20), "peak-MiB")
	b.ReportMetric(float64(first.Milliseconds()), "first-ms")
	report(b, plan)
}

// peakMemory watches what memory the process holds.
type peakMemory struct {
	lock  sync.Mutex
	bytes uint64
	ended bool
}

// sampleEvery is how often it looks.
const sampleEvery = 2 * time.Millisecond

func (m *peakMemory) begin() { time.AfterFunc(sampleEvery, m.sample) }

// sample notes what is held now, and looks again later.
func (m *peakMemory) sample() {
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	m.lock.Lock()
	defer m.lock.Unlock()
	m.bytes = max(m.bytes, held[0].Value.Uint64()-held[1].Value.Uint64())
	if !m.ended {
		time.AfterFunc(sampleEvery, m.sample)
	}
}

// end returns the most that was held.
func (m *peakMemory) end() uint64 {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.ended = true
	return m.bytes
}
