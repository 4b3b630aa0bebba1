package scheduler

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/problemfile"
)

var names = flag.String("problems", "c5m5r5-mix-100 constraints-zonespread-100 rules-existing-nodes rules-pool-values rules-taints-tolerations", "problems that are handed over")

func read(t testing.TB, name string) binpack.Problem {
	f, err := os.Open(filepath.Join("../../testdata/problems", name+".json"))
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

// TestHandedOver hands first plans over: where the nodes are there before the scheduler
// begins, no pod is stranded, and what is paid is what was planned; where it tries pods
// all the time, at most one in a hundred is. The Driver binds only what it may.
func TestHandedOver(t *testing.T) {
	for _, name := range strings.Fields(*names) {
		for what, o := range map[string]Options{
			"early": {HandOver: true, Early: true},
			"once":  {HandOver: true, Seed: 1},
			"apart": {HandOver: true, Seed: 2, Apart: 50 * time.Millisecond},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				r, err := Simulate(t.Context(), read(t, name), Stowage(0), o)
				require.NoError(t, err)
				t.Log(r)
				if o.Early {
					require.Zero(t, r.Overfull)
					require.Zero(t, r.Stranded)
					require.Equal(t, r.Planned, r.Paid)
				}
				require.LessOrEqual(t, r.Stranded, r.Pods/100) // one at most, on a machine that is out of breath
				require.LessOrEqual(t, r.Overfull, 1)          // likewise
				for _, pod := range r.Outcome.Pods {
					if pod.Fate == handover.ForRules {
						require.True(t, hasRules(pod), pod.Pod.Name)
					}
				}
			})
		}
	}
}

// hasRules reports whether a pod has required rules between pods.
func hasRules(pod handover.PodOutcome) bool {
	s := pod.Pod.Spec
	if s.Affinity != nil && (s.Affinity.PodAffinity != nil || s.Affinity.PodAntiAffinity != nil) {
		return true
	}
	return len(s.TopologySpreadConstraints) > 0
}

// TestLeftAlone lets the scheduler do as it likes: the same plans strand pods.
func TestLeftAlone(t *testing.T) {
	r, err := Simulate(t.Context(), read(t, "c5m5r5-mix-100"), Stowage(0), Options{Early: true})
	require.NoError(t, err)
	require.Positive(t, r.Stranded)
	require.Greater(t, r.Paid, r.Planned)
}
